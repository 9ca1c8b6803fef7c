// Members and their tokens: the contract's operations bound to their rules.
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { presentMember, presentMemberToken } from './presenter.ts'
import { findMember, listTokens, members, membersMatching, type MemberRow } from './queries.ts'
import { changeRole, createMember, inviteAgain, removeMember, type InvitedMember } from './service.ts'
import { createOwnToken, requireSelf, revokeOwnToken } from './tokens.ts'

/** Far more than anybody keeps; the older ones were revoked long ago. */
const tokensShownMax = 100

const answer = (row: MemberRow) => ({ body: presentMember(row), version: row.version })

const invited = ({ row, invitation }: InvitedMember) => ({
  body: { ...presentMember(row), invitation },
  version: row.version,
})

export const memberRoutes = {
  async 'members.list'({ db, principal }, { query, page }) {
    const { workspaceId } = principal
    const search = searchTerm(query.search)
    const matching = (handle: typeof db.read) => membersMatching(handle, { ids: query.ids, search })
    const { rows, next } = pageOf(await members.list(db.read, workspaceId, matching(db.read), page), page)
    const total = query.count ? await members.count(db.aside, workspaceId, matching(db.aside)) : null
    return { body: rows.map(presentMember), next, total }
  },

  async 'members.get'({ db, principal }, { id }) {
    const member = await findMember(db.read, principal.workspaceId, id)
    if (!member) throw new ApiError('member_not_found')
    return answer(member)
  },

  async 'members.create'(ctx, { body }) {
    return invited(await createMember(ctx, body))
  },

  async 'members.invite'(ctx, { id }) {
    return invited(await inviteAgain(ctx, id))
  },

  async 'members.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeRole(ctx, id, body.role, ifMatch))
  },

  async 'members.delete'(ctx, { id, ifMatch }) {
    await removeMember(ctx, id, ifMatch)
    return { body: { message: 'The member was removed.' } }
  },

  async 'memberTokens.list'(ctx, { id }) {
    const tokens = await listTokens(ctx.db.read, requireSelf(ctx, id), tokensShownMax)
    return { body: tokens.map(presentMemberToken) }
  },

  async 'memberTokens.create'(ctx, { id, body }) {
    const { row, secret } = await createOwnToken(ctx, id, body)
    return { body: { ...presentMemberToken(row), memberToken: secret } }
  },

  async 'memberTokens.revoke'(ctx, { id }) {
    return { body: presentMemberToken(await revokeOwnToken(ctx, id)) }
  },
} satisfies Partial<Handlers>

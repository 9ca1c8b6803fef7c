// External users: the contract's operations bound to their rules.
import type { Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { foldForSearch } from '../../lib/fold-for-search.ts'
import { blockedIds, findBlockedAmong } from '../blocks/queries.ts'
import { listIdentifierRules } from '../channels/queries.ts'
import { authenticateExternalUser } from './authenticate.ts'
import { createExternalUser } from './create.ts'
import { presentExternalUser } from './presenter.ts'
import {
  externalUsers,
  externalUsersMatching,
  type ExternalUserFilter,
  type ExternalUserRow,
  type IdentifierForm,
} from './queries.ts'
import { changeExternalUser, eraseExternalUser, tokenForNew } from './service.ts'

type Query = Input<Operations['externalUsers.list']>['query']

/** A block on the person or the identifier shows without a new version, so `blocked` has its own part of the entity tag. */
async function answer({ db, clock }: Context, user: ExternalUserRow) {
  const blocked = (await findBlockedAmong(db.read, user.workspace_id, [user], clock.now())).has(user.id)
  return { body: presentExternalUser(user, blocked), version: user.version, ...(blocked && { shown: 'blocked' }) }
}

export const externalUserRoutes = {
  async 'externalUsers.authenticate'(ctx, { body }) {
    return { body: await authenticateExternalUser(ctx, body) }
  },

  async 'externalUsers.list'(ctx, { query, page }) {
    const { db, clock, principal } = ctx
    const matching = externalUsersMatching(db.read, await filterOf(ctx, query))
    const listed = await externalUsers.list(db.read, principal.workspaceId, matching, {
      ...page,
      few: asksForFew(query),
    })
    const { rows, next } = pageOf(listed, page)
    const total = query.count ? await externalUsers.count(db.read, principal.workspaceId, matching) : null
    const blocked = await findBlockedAmong(db.read, principal.workspaceId, rows, clock.now())
    return { body: rows.map((row) => presentExternalUser(row, blocked.has(row.id))), next, total }
  },

  async 'externalUsers.create'(ctx, { body }) {
    const user = await createExternalUser(ctx, body)
    const accessToken = await tokenForNew(ctx, user)
    return {
      body: { ...presentExternalUser(user, false), accessToken },
      version: user.version,
      erasedWith: user.id,
    }
  },

  async 'externalUsers.get'(ctx, { id }) {
    const user = await externalUsers.find(ctx.db.read, ctx.principal.workspaceId, id)
    if (!user) throw new ApiError('external_user_not_found')
    return answer(ctx, user)
  },

  async 'externalUsers.update'(ctx, { id, body, ifMatch }) {
    return answer(ctx, await changeExternalUser(ctx, id, body, ifMatch))
  },

  async 'externalUsers.erase'(ctx, { id }) {
    await eraseExternalUser(ctx, id)
    return { body: { message: 'The personal fields of the external user were erased.' } }
  },
} satisfies Partial<Handlers>

/** At most one account a channel has the given key, and a person has few. */
function asksForFew({ externalId, identifier, ids, superIdentityIds }: Query): boolean {
  return (externalId ?? identifier) !== undefined || ids.length > 0 || superIdentityIds.length > 0
}

async function filterOf(ctx: Context, query: Query): Promise<ExternalUserFilter> {
  const { externalId, identifier, search } = query
  // Both are unique per channel only, so they are looked up in every channel's own index.
  const rules = (externalId ?? identifier) ? await listIdentifierRules(ctx.db.read, ctx.principal.workspaceId) : []
  const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))
  return {
    ids: query.ids,
    channelIds: query.channelIds,
    groupIds: query.externalUserGroupIds,
    superIdentityIds: query.superIdentityIds,
    tierIds: query.tierIds,
    externalId: externalId === undefined ? undefined : { value: externalId, channelIds: rules.map((rule) => rule.id) },
    identifierForms: identifier === undefined ? undefined : formsOf(identifier, rules),
    blocked:
      query.blocked === undefined
        ? undefined
        : { wanted: query.blocked, ids: blockedIds(ctx.principal.workspaceId, ctx.clock.now()) },
    neverSeen: query.neverSeen,
    createdAfter: time(query.createdAfter),
    createdBefore: time(query.createdBefore),
    lastSeenAfter: time(query.lastSeenAfter),
    lastSeenBefore: time(query.lastSeenBefore),
    search: search && foldForSearch(search),
  }
}

/** What an identifier is called on each channel. A form that no channel accepts is nobody's. */
function formsOf(identifier: string, rules: Awaited<ReturnType<typeof listIdentifierRules>>): IdentifierForm[] {
  return rules.flatMap(({ id, identifier_kind, default_country }) => {
    const form = canonicalIdentifier(identifier_kind, identifier, default_country)
    return 'canonical' in form ? [{ channelId: id, canonical: form.canonical }] : []
  })
}

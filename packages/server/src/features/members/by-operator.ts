// What an operator does for a member who cannot get in: the operator's word is enough for who somebody is.
import type { Context } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import { findOrCreateVerifiedLogin, joinWorkspace, resetLogin } from './logins.ts'
import { findMemberByEmail, lockLoginByEmail, members, type LoginRow, type MemberRow } from './queries.ts'
import { requireCanonicalEmail } from './service.ts'
import { issueMemberToken, type IssuedToken } from './tokens.ts'

/**
 * A new token for a member of the context's workspace; one who has not joined joins by it. `reset` takes away everything
 * that the person signed in with before, here and in its other workspaces.
 */
export async function issueTokenByOperator(
  ctx: Context,
  { email, reset }: { readonly email: string; readonly reset: boolean },
): Promise<IssuedToken> {
  const address = requireCanonicalEmail(email)
  return ctx.db.write(async (tx) => {
    const found = await findMemberByEmail(tx, ctx.principal.workspaceId, address)
    const known = found && (await members.lock(tx, found.workspace_id, found.id))
    if (!known || known.removed_at !== null) throw new ApiError('member_not_found')
    const member: MemberRow =
      known.joined_at === null
        ? await joinWorkspace(tx, ctx, known, await findOrCreateVerifiedLogin(tx, ctx, known.email))
        : known
    if (reset) {
      const login = (await lockLoginByEmail(tx, address)) as LoginRow
      await resetLogin(tx, ctx, login, ctx.clock.now())
    }
    return issueMemberToken(tx, ctx, member, { name: 'From the operator', expiresAt: null })
  })
}

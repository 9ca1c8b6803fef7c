// Who comes in by single sign-on: whom the provider's own id names, or whoever's address it vouches for.
import type { ConsoleContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { findOrCreateVerifiedLogin, joinWorkspace } from '../members/logins.ts'
import { findLoginByEmail, listMembershipsOf, updateLogin, type LoginRow } from '../members/queries.ts'
import type { Identity } from './identity-provider.ts'
import { lockLoginBySubject, lockPendingMembers } from './queries.ts'
import { beginSession, type BegunSession } from './service.ts'

/** With a verified address pending members of that address join; nobody is made a member by signing in. */
export async function signInByIdentity(ctx: ConsoleContext, identity: Identity): Promise<BegunSession> {
  return ctx.db.write(async (tx) => {
    const address = identity.email === null ? null : canonical(identity.email)
    const known = await lockLoginBySubject(tx, identity.issuer, identity.subject)
    const login = known ?? (address === null ? null : await linkByAddress(tx, ctx, identity, address))
    if (!login) throw new ApiError('sign_in_failed')
    if (login.email_canonical === address) {
      for (const member of await lockPendingMembers(tx, address)) await joinWorkspace(tx, ctx, member, login)
    }
    return beginSession(tx, ctx, login, { by: 'single_sign_on' })
  })
}

/** null for an address that is no member's. */
async function linkByAddress(
  tx: Tx,
  ctx: ConsoleContext,
  { issuer, subject }: Identity,
  address: string,
): Promise<LoginRow | null> {
  const before = await findLoginByEmail(tx, address)
  const isMember = before !== undefined && (await listMembershipsOf(tx, before.id)).length > 0
  if (!isMember && (await lockPendingMembers(tx, address)).length === 0) return null
  const login = await findOrCreateVerifiedLogin(tx, ctx, address)
  // The provider gave the address to somebody else: who held it before may still be somebody here.
  if (login.oidc_issuer === issuer) return null
  return updateLogin(tx, login, { oidc_issuer: issuer, oidc_subject: subject, updated_at: ctx.clock.now() })
}

function canonical(email: string): string | null {
  const form = canonicalIdentifier('email', email, null)
  return 'canonical' in form ? form.canonical : null
}

// Accepting an invitation: whoever holds it joins, as whoever the address belongs to.
import type { ConsoleContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { hashSecret, isWellFormedSecret } from '../../lib/secret.ts'
import { emptyLogin, joinWorkspace, resetLogin } from '../members/logins.ts'
import {
  findLoginByEmail,
  insertLogin,
  listMembershipsOf,
  lockLoginByEmail,
  members,
  updateLogin,
  type LoginRow,
  type MemberRow,
} from '../members/queries.ts'
import { requireUsablePassword } from './own-password.ts'
import { findInvitation } from './queries.ts'
import { beginSession, lockOwnLogin, type BegunSession, type SignInParts } from './service.ts'

/**
 * Somebody new gets a login with the given password. Somebody who is signed in as the holder of the address joins with that
 * login, and gets no other sign-in: null. An invitation is the inviter's word for an address and never opens what another
 * inviter gave to it.
 */
export async function acceptInvitation(
  ctx: ConsoleContext,
  { passwords, tries }: SignInParts,
  given: { readonly invitation: string; readonly password?: string },
): Promise<BegunSession | null> {
  tries.perAddress.take(ctx.from.address)
  const secretHash = hashSecret(given.invitation.trim())
  const member = isWellFormedSecret('nxi', given.invitation.trim()) ? await findInvited(ctx, secretHash) : null
  if (!member) throw new ApiError('invitation_not_found')
  const holder = await findHolder(ctx, member)
  const own = ctx.from.session !== null && holder?.id === ctx.from.session.loginId
  if (holder && !own) throw new ApiError('sign_in_required')
  const passwordHash = own ? null : await newHash(given.password, member, passwords)
  const begun = await ctx.db.write(async (tx) => {
    const invited = await lockInvited(tx, ctx, secretHash, member)
    const login = passwordHash === null ? await lockOwnLogin(tx, ctx) : await loginFor(tx, ctx, invited, passwordHash)
    await joinWorkspace(tx, ctx, invited, login)
    return passwordHash === null ? null : beginSession(tx, ctx, login, { by: 'invitation' })
  })
  tries.perAddress.forgiveOne(ctx.from.address)
  return begun
}

async function newHash(
  password: string | undefined,
  member: MemberRow,
  passwords: SignInParts['passwords'],
): Promise<string> {
  if (password === undefined) throw invalid('password', 'is required: you will sign in with it')
  requireUsablePassword(password, member.email_canonical)
  return passwords.hash(password)
}

/** A look before the work of hashing; what counts is looked at again under the lock. */
async function findInvited(ctx: ConsoleContext, secretHash: string): Promise<MemberRow | null> {
  const invitation = await findInvitation(ctx.db.read, secretHash)
  if (!invitation || invitation.expires_at <= ctx.clock.now()) return null
  return (await members.find(ctx.db.read, invitation.workspace_id, invitation.member_id)) ?? null
}

async function lockInvited(
  tx: Tx,
  ctx: ConsoleContext,
  secretHash: string,
  { workspace_id, id }: MemberRow,
): Promise<MemberRow> {
  const member = await members.lock(tx, workspace_id, id)
  const invitation = await findInvitation(tx, secretHash)
  const stands = invitation !== undefined && invitation.expires_at > ctx.clock.now()
  if (!stands || !member || member.removed_at !== null || member.joined_at !== null)
    throw new ApiError('invitation_not_found')
  return member
}

/** The login of the address, if it opens anything; one that opens nothing any more is anybody's whom a member invites. */
async function findHolder(ctx: ConsoleContext, member: MemberRow): Promise<LoginRow | null> {
  const login = await findLoginByEmail(ctx.db.read, member.email_canonical)
  return login && (await listMembershipsOf(ctx.db.read, login.id)).length > 0 ? login : null
}

async function loginFor(tx: Tx, ctx: ConsoleContext, member: MemberRow, password_hash: string): Promise<LoginRow> {
  const made = await insertLogin(tx, { ...emptyLogin(member.email, ctx.clock.now()), password_hash })
  if (made) return made
  const login = (await lockLoginByEmail(tx, member.email_canonical)) as LoginRow
  if ((await listMembershipsOf(tx, login.id)).length > 0) throw new ApiError('sign_in_required')
  return updateLogin(tx, await resetLogin(tx, ctx, login, null), { password_hash })
}

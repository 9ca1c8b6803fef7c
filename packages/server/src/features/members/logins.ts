// What people sign in with, across workspaces: whose an address is, and what ends when somebody else turns out to hold it.
import { randomUUID } from 'node:crypto'
import { scopesOfRole } from '@narthex/contract'
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { iso } from '../../lib/clock.ts'
import { appendEvent, type Change } from '../events/service.ts'
import {
  deleteInvitations,
  deleteSessionsOf,
  insertLogin,
  listMembershipsOf,
  lockLoginByEmail,
  members,
  updateLogin,
  updateTokensRevokedOfLogin,
  type LoginRow,
  type MemberRow,
} from './queries.ts'
import { requireCanonicalEmail } from './service.ts'

const nothingToSignInBy = {
  password_hash: null,
  totp_secret_encrypted: null,
  totp_confirmed_at: null,
  totp_last_step: null,
  oidc_issuer: null,
  oidc_subject: null,
}

export function emptyLogin(email: string, now: number) {
  return {
    ...nothingToSignInBy,
    id: randomUUID(),
    email,
    email_canonical: requireCanonicalEmail(email),
    email_verified_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  }
}

/**
 * The login of an address whose holder the operator or the identity provider vouches for, made where there is none. One
 * that an invitation made is the inviter's word alone, and may be held by somebody else: all that it is signed in with
 * ends, so that nobody lies in wait for what is given to an address later.
 */
export async function findOrCreateVerifiedLogin(tx: Tx, ctx: AnyContext, email: string): Promise<LoginRow> {
  const now = ctx.clock.now()
  const made = await insertLogin(tx, { ...emptyLogin(email, now), email_verified_at: now })
  if (made) return made
  const login = (await lockLoginByEmail(tx, requireCanonicalEmail(email))) as LoginRow
  return login.email_verified_at === null ? resetLogin(tx, ctx, login, now) : login
}

/** A request to sign in has no principal yet. */
export type AnyContext = Omit<Context, 'principal'> & { readonly principal?: Context['principal'] }

/** Takes away all that a login is signed in with: password, second factor, single sign-on, sign-ins, tokens. */
export async function resetLogin(
  tx: Tx,
  ctx: AnyContext,
  login: LoginRow,
  emailVerifiedAt: number | null,
): Promise<LoginRow> {
  const now = ctx.clock.now()
  await deleteSessionsOf(tx, login.id)
  await updateTokensRevokedOfLogin(tx, login.id, now)
  const change = { ...nothingToSignInBy, email_verified_at: emailVerifiedAt, updated_at: now }
  const reset = await updateLogin(tx, login, change)
  await recordEverywhere(tx, ctx, login.id, { type: 'member.credentials_reset' })
  publish(tx, 'members', login.id)
  return reset
}

/** From here on the login opens the member's workspace. */
export async function joinWorkspace(tx: Tx, ctx: AnyContext, member: MemberRow, login: LoginRow): Promise<MemberRow> {
  const now = ctx.clock.now()
  await deleteInvitations(tx, member)
  const joined = await members.update(tx, member, { login_id: login.id, joined_at: now, updated_at: now })
  const [before, after] = [{ joinedAt: null }, { joinedAt: iso(now) }]
  await recordOf(tx, ctx, joined, { type: 'member.joined', before, after })
  publish(tx, 'members', joined.id)
  return joined
}

/** What happens to a login concerns every workspace that it opens: each has it on record, by the system or the member itself. */
export async function recordEverywhere(
  tx: Tx,
  ctx: AnyContext,
  loginId: string,
  change: Omit<Change, 'subject'>,
): Promise<void> {
  for (const member of await listMembershipsOf(tx, loginId)) await recordOf(tx, ctx, member, change)
}

/** The same in one workspace. */
async function recordOf(tx: Tx, ctx: AnyContext, member: MemberRow, change: Omit<Change, 'subject'>): Promise<void> {
  const { workspace_id: workspaceId } = member
  const principal =
    ctx.principal?.kind === 'system' ? ({ kind: 'system', workspaceId, id: null } as const) : principalOf(member)
  await appendEvent(tx, { ...ctx, principal }, { ...change, subject: member })
}

function principalOf(member: MemberRow): MemberPrincipal {
  const loginId = member.login_id as string
  return {
    ...membershipOf(member),
    kind: 'member',
    scopes: new Set(scopesOfRole[member.role]),
    credentialId: loginId,
    loginId,
    memberships: [membershipOf(member)],
  }
}

/** One of a person's places, as the pipeline knows it. */
export function membershipOf(member: MemberRow): Membership {
  return {
    workspaceId: member.workspace_id,
    id: member.id,
    role: member.role,
    email: member.email,
    emailCanonical: member.email_canonical,
  }
}

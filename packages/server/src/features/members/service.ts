// The rules of members: who may make, change and remove whom, and the tokens that members make for themselves.
import { randomUUID } from 'node:crypto'
import type { Role } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { isoOrNull } from '../../lib/clock.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { hashSecret, makeSecret, secretPrefix } from '../../lib/secret.ts'
import { appendEvent } from '../events/service.ts'
import {
  findLoginByEmail,
  findMemberByEmail,
  insertLogin,
  insertMemberToken,
  members,
  type LoginRow,
  type MemberRow,
  type MemberTokenRow,
} from './queries.ts'

export interface NewMember {
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly role: Role
}

/** The fields of a member that tell who it is. */
export const personalFields = ['email', 'firstname', 'lastname']

export function requireCanonicalEmail(email: string, path = 'email'): string {
  const form = canonicalIdentifier('email', email, null)
  if ('refused' in form) throw invalid(path, form.refused)
  return form.canonical
}

/** `loginId`: it has joined already; null: an invitation has to be accepted first. */
export async function insertMember(
  tx: Tx,
  ctx: Context,
  { email, firstname, lastname, role }: NewMember,
  loginId: string | null,
): Promise<MemberRow> {
  const { workspaceId } = ctx.principal
  const email_canonical = requireCanonicalEmail(email)
  if (await findMemberByEmail(tx, workspaceId, email_canonical)) throw new ApiError('member_exists')
  const now = ctx.clock.now()
  const member = await members.insert(tx, {
    workspace_id: workspaceId,
    id: randomUUID(),
    login_id: loginId,
    email,
    email_canonical,
    firstname,
    lastname,
    role,
    joined_at: loginId === null ? null : now,
    removed_at: null,
    search_text: searchTextOf([`${firstname} ${lastname}`, email]),
    version: 1,
    created_at: now,
    updated_at: now,
  })
  const after = { email, firstname, lastname, role, joinedAt: isoOrNull(member.joined_at) }
  await appendEvent(tx, ctx, { type: 'member.created', subject: member, after, personal: personalFields })
  publish(tx, 'members', member.id)
  return member
}

/** What somebody with this address signs in with; made where there is none. Only for those whose word for it is enough. */
export async function findOrCreateLogin(tx: Tx, ctx: Context, email: string): Promise<LoginRow> {
  const email_canonical = requireCanonicalEmail(email)
  const now = ctx.clock.now()
  const known = await findLoginByEmail(tx, email_canonical)
  return known ?? insertLogin(tx, { ...emptyLogin(now), email, email_canonical })
}

/** A login with nothing to sign in by. */
export function emptyLogin(now: number) {
  return {
    id: randomUUID(),
    password_hash: null,
    totp_secret_encrypted: null,
    totp_confirmed_at: null,
    totp_last_step: null,
    oidc_issuer: null,
    oidc_subject: null,
    version: 1,
    created_at: now,
    updated_at: now,
  }
}

export interface IssuedToken {
  readonly row: MemberTokenRow
  readonly secret: string
}

/** For a member who has joined. */
export async function issueMemberToken(
  tx: Tx,
  ctx: Context,
  member: MemberRow,
  token: { readonly name: string; readonly expiresAt: number | null },
): Promise<IssuedToken> {
  const secret = makeSecret('nxm')
  const row = await insertMemberToken(tx, {
    secret_hash: hashSecret(secret),
    workspace_id: member.workspace_id,
    id: randomUUID(),
    member_id: member.id,
    login_id: member.login_id as string,
    name: token.name,
    prefix: secretPrefix(secret),
    last_used_at: null,
    expires_at: token.expiresAt,
    revoked_at: null,
    created_at: ctx.clock.now(),
  })
  const after = { memberId: member.id, name: row.name, prefix: row.prefix, expiresAt: isoOrNull(row.expires_at) }
  await appendEvent(tx, ctx, { type: 'member_token.created', subject: { id: row.id, version: 1 }, after })
  return { row, secret }
}

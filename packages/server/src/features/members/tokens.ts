// Personal access tokens: what members make for themselves, and nobody for another.
import { randomUUID } from 'node:crypto'
import type { Context, MemberPrincipal } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { isoOrNull } from '../../lib/clock.ts'
import { futureTime } from '../../lib/future-time.ts'
import { hashSecret, makeSecret, secretPrefix } from '../../lib/secret.ts'
import { appendEvent } from '../events/service.ts'
import { insertMemberToken, lockToken, updateTokenRevoked, type MemberRow, type MemberTokenRow } from './queries.ts'
import { lockForChange } from './service.ts'

export interface IssuedToken {
  readonly row: MemberTokenRow
  readonly secret: string
}

/** Other members are to the caller as ids of nothing. */
export function requireSelf({ principal }: Context, id: string): MemberPrincipal {
  if (principal.kind !== 'member') throw new ApiError('member_required')
  if (principal.id !== id) throw new ApiError('member_not_found')
  return principal
}

export async function createOwnToken(
  ctx: Context,
  id: string,
  { name, expiresAt }: { readonly name: string; readonly expiresAt?: string | null },
): Promise<IssuedToken> {
  requireSelf(ctx, id)
  return ctx.db.write(async (tx) => {
    const { actor } = await lockForChange(tx, ctx)
    return issueMemberToken(tx, ctx, actor, { name, expiresAt: futureTime(ctx.clock, expiresAt) })
  })
}

/** Revoking again changes nothing. */
export async function revokeOwnToken(ctx: Context, id: string): Promise<MemberTokenRow> {
  const { principal } = ctx
  if (principal.kind !== 'member') throw new ApiError('member_required')
  return ctx.db.write(async (tx) => {
    const token = await lockToken(tx, principal, id)
    if (!token) throw new ApiError('member_token_not_found')
    if (token.revoked_at !== null) return token
    const revoked = await updateTokenRevoked(tx, id, ctx.clock.now())
    const change = { before: { revokedAt: null }, after: { revokedAt: isoOrNull(revoked.revoked_at) } }
    await appendEvent(tx, ctx, { type: 'member_token.revoked', subject: { id, version: 2 }, ...change })
    publish(tx, 'members', token.member_id)
    return revoked
  })
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

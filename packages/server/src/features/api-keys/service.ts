// The rules of API keys: secrets are shown once, and nobody hands out more than it holds.
import { randomUUID } from 'node:crypto'
import type { Input, Operations, Scope } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { isoOrNull } from '../../lib/clock.ts'
import { futureTime } from '../../lib/future-time.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { hashSecret, makeSecret, secretPrefix } from '../../lib/secret.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { appendEvent } from '../events/service.ts'
import { lockForChange } from '../members/service.ts'
import { apiKeys, insertSecret, updateSecretsForRotation, type ApiKeyRow } from './queries.ts'

type UpdateBody = Input<Operations['apiKeys.update']>['body']

export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: string | null | undefined
}

export interface IssuedKey {
  readonly row: ApiKeyRow
  readonly prefix: string
  readonly secret: string
}

export async function createApiKey(ctx: Context, key: NewApiKey): Promise<IssuedKey> {
  return ctx.db.write((tx) => insertApiKey(tx, ctx, key))
}

/** The same inside the caller's transaction: a workspace is made together with its first key. */
export async function insertApiKey(tx: Tx, ctx: Context, key: NewApiKey): Promise<IssuedKey> {
  requireHeld(ctx, key.scopes)
  await requireLiveCaller(tx, ctx)
  const expires_at = futureTime(ctx.clock, key.expiresAt)
  const now = ctx.clock.now()
  const scopes = [...key.scopes].toSorted()
  const row = await apiKeys.insert(tx, {
    workspace_id: ctx.principal.workspaceId,
    id: randomUUID(),
    name: key.name,
    scopes: JSON.stringify(scopes),
    last_used_at: null,
    expires_at,
    revoked_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  })
  const secret = await addSecret(tx, row, now)
  const after = { name: row.name, scopes, expiresAt: isoOrNull(expires_at), prefix: secretPrefix(secret) }
  await appendEvent(tx, ctx, { type: 'api_key.created', subject: row, after })
  return { row, prefix: secretPrefix(secret), secret }
}

export async function changeApiKey(ctx: Context, id: string, body: UpdateBody, ifMatch: IfMatch): Promise<ApiKeyRow> {
  return ctx.db.write(async (tx) => {
    const key = await requireLocked(tx, ctx, id)
    if (body.expiresAt !== undefined) requireHeld(ctx, scopesOf(key))
    requireMatch(ifMatch, key.version)
    if (key.revoked_at !== null) throw new ApiError('api_key_revoked')
    const name = body.name ?? key.name
    const expires_at = body.expiresAt === undefined ? key.expires_at : futureTime(ctx.clock, body.expiresAt)
    const renamed = name !== key.name
    const redated = expires_at !== key.expires_at
    if (!renamed && !redated) return key
    const updated = await apiKeys.update(tx, key, { name, expires_at, updated_at: ctx.clock.now() })
    const told = (row: ApiKeyRow) => ({
      ...(renamed && { name: row.name }),
      ...(redated && { expiresAt: isoOrNull(row.expires_at) }),
    })
    await appendEvent(tx, ctx, { type: 'api_key.updated', subject: updated, before: told(key), after: told(updated) })
    publish(tx, 'api-keys', id)
    return updated
  })
}

export async function rotateApiKey(ctx: Context, id: string, overlapSeconds: number): Promise<IssuedKey> {
  return ctx.db.write(async (tx) => {
    const key = await requireLocked(tx, ctx, id)
    requireHeld(ctx, scopesOf(key))
    await requireLiveCaller(tx, ctx)
    if (key.revoked_at !== null) throw new ApiError('api_key_revoked')
    const now = ctx.clock.now()
    await updateSecretsForRotation(tx, key, now + overlapSeconds * 1000)
    const secret = await addSecret(tx, key, now)
    const row = await apiKeys.update(tx, key, { updated_at: now })
    const after = { prefix: secretPrefix(secret), overlapSeconds }
    await appendEvent(tx, ctx, { type: 'api_key.rotated', subject: row, after })
    publish(tx, 'api-keys', id)
    return { row, prefix: secretPrefix(secret), secret }
  })
}

/** Revoking again changes nothing, except that `tokens` may follow later. */
export async function revokeApiKey(ctx: Context, id: string, tokens: boolean): Promise<ApiKeyRow> {
  return ctx.db.write(async (tx) => {
    const key = await requireLocked(tx, ctx, id)
    requireHeld(ctx, scopesOf(key))
    if (key.revoked_at !== null && !tokens) return key
    const now = ctx.clock.now()
    if (tokens) await insertCutOff(tx, key.workspace_id, { reach: 'client', subjectId: id, now })
    const row = await apiKeys.update(tx, key, { revoked_at: key.revoked_at ?? now, updated_at: now })
    const before = { revokedAt: isoOrNull(key.revoked_at) }
    const after = { revokedAt: isoOrNull(row.revoked_at), tokens }
    await appendEvent(tx, ctx, { type: 'api_key.revoked', subject: row, before, after })
    publish(tx, 'api-keys', id)
    return row
  })
}

/** Held until the commit, so that a key which is being revoked, perhaps on another node, leaves no key or secret behind. */
async function requireLiveCaller(tx: Tx, ctx: Context): Promise<void> {
  const { principal } = ctx
  if (principal.kind === 'member') {
    const { actor } = await lockForChange(tx, ctx)
    if (actor.role !== principal.role) throw new ApiError('unauthorized')
  }
  if (principal.kind !== 'api_key') return
  const caller = await apiKeys.share(tx, principal.workspaceId, principal.id)
  if (!caller || caller.revoked_at !== null) throw new ApiError('unauthorized')
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<ApiKeyRow> {
  const key = await apiKeys.lock(tx, ctx.principal.workspaceId, id)
  if (!key) throw new ApiError('api_key_not_found')
  return key
}

/** A key may only manage keys whose scopes it holds itself, so that no key can be turned into a stronger one. */
function requireHeld({ principal }: Context, scopes: readonly Scope[]): void {
  if (principal.kind === 'system') return
  if (!('scopes' in principal) || !scopes.every((scope) => principal.scopes.has(scope)))
    throw new ApiError('scope_exceeded')
}

function scopesOf(key: ApiKeyRow): Scope[] {
  return JSON.parse(key.scopes) as Scope[]
}

async function addSecret(tx: Tx, key: ApiKeyRow, now: number): Promise<string> {
  const secret = makeSecret('nxk')
  await insertSecret(tx, {
    secret_hash: hashSecret(secret),
    workspace_id: key.workspace_id,
    api_key_id: key.id,
    prefix: secretPrefix(secret),
    created_at: now,
    expires_at: null,
  })
  return secret
}

// The rules of tiers: what a limit list may hold, and that a tier in use stays.
import { randomUUID } from 'node:crypto'
import type { Operations, Input, Tier } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { difference } from '../../lib/difference.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { appendEvent } from '../events/service.ts'
import { presentTier } from './presenter.ts'
import { countTierUses, tiers, type TierRow, type TierUses } from './queries.ts'

type CreateBody = Input<Operations['tiers.create']>['body']
type UpdateBody = Input<Operations['tiers.update']>['body']

/** The contract's 4 KiB, in bytes of JSON text. */
const metadataBytesMax = 4096

export async function createTier(ctx: Context, body: CreateBody): Promise<TierRow> {
  requireTierRules(body)
  return ctx.db.write((tx) => insertTier(tx, ctx, body))
}

/** The same inside the caller's transaction, with an id of the caller's choice. */
export async function insertTier(tx: Tx, ctx: Context, body: CreateBody, id: string = randomUUID()): Promise<TierRow> {
  const now = ctx.clock.now()
  const tier = await tiers.insert(tx, {
    workspace_id: ctx.principal.workspaceId,
    id,
    name: body.name,
    description: body.description ?? null,
    limits: JSON.stringify(body.limits ?? []),
    token_lifetime_seconds: body.tokenLifetimeSeconds ?? null,
    metadata: JSON.stringify(body.metadata ?? {}),
    search_text: searchText(body.name, body.description ?? null),
    version: 1,
    created_at: now,
    updated_at: now,
  })
  await appendEvent(tx, ctx, { type: 'tier.created', subject: tier, after: settings(presentTier(tier)) })
  return tier
}

export async function changeTier(ctx: Context, id: string, body: UpdateBody, ifMatch: IfMatch): Promise<TierRow> {
  requireTierRules(body)
  return ctx.db.write(async (tx) => {
    const tier = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, tier.version)
    const current = presentTier(tier)
    const change = difference(current, body)
    if (!change) return tier
    const next = { ...current, ...change.after } as Tier
    const updated = await tiers.update(tx, tier, {
      name: next.name,
      description: next.description,
      limits: JSON.stringify(next.limits),
      token_lifetime_seconds: next.tokenLifetimeSeconds,
      metadata: JSON.stringify(next.metadata),
      search_text: searchText(next.name, next.description),
      updated_at: ctx.clock.now(),
    })
    await appendEvent(tx, ctx, { type: 'tier.updated', subject: updated, ...change })
    return updated
  })
}

/** Refused while anything refers to the tier, with the counts. */
export async function removeTier(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const tier = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, tier.version)
    const uses = await countTierUses(tx, tier)
    if (Object.values(uses).some((count) => count > 0)) throw inUse(uses)
    await tiers.remove(tx, tier)
    const subject = { id, version: tier.version + 1 }
    await appendEvent(tx, ctx, { type: 'tier.deleted', subject, before: settings(presentTier(tier)) })
  })
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<TierRow> {
  const tier = await tiers.lock(tx, ctx.principal.workspaceId, id)
  if (!tier) throw new ApiError('tier_not_found')
  return tier
}

function requireTierRules({ limits, metadata }: UpdateBody): void {
  const seen = new Set<string>()
  for (const [i, { metric, windowSeconds }] of (limits ?? []).entries()) {
    const key = `${metric} ${windowSeconds}`
    if (seen.has(key)) throw invalid(`limits.${i}`, 'must not repeat the metric and window of another limit')
    seen.add(key)
  }
  if (metadata && Buffer.byteLength(JSON.stringify(metadata)) > metadataBytesMax) {
    throw invalid('metadata', `must be at most ${metadataBytesMax} bytes of JSON`)
  }
}

function inUse({ externalUsers, groups, channels, workspaces }: TierUses): ApiError {
  const message =
    `The tier is in use by ${externalUsers} external users, ${groups} groups, ${channels} channels ` +
    `and ${workspaces === 0 ? 'not by' : 'by'} the workspace itself.`
  return new ApiError('tier_in_use', { message })
}

function searchText(name: string, description: string | null): string {
  return searchTextOf([name, description])
}

/** What an event tells of a tier: everything that can be set. */
function settings({ name, description, limits, tokenLifetimeSeconds, metadata }: Tier): Record<string, Json> {
  return { name, description, limits: limits as Json, tokenLifetimeSeconds, metadata: metadata as Json }
}

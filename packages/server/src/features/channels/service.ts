// The rules of channels: what stays fixed once people came in, and who may open a door that a reviewer guards.
import { randomUUID } from 'node:crypto'
import type { Channel, Input, Operations } from '@narthex/contract'
import { isSupportedCountry } from 'libphonenumber-js/min'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { difference } from '../../lib/difference.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { extendBlocks } from '../blocks/identifiers.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { appendEvent } from '../events/service.ts'
import { requireGroup } from '../external-user-groups/queries.ts'
import { requireTier } from '../tiers/queries.ts'
import { presentChannel } from './presenter.ts'
import { channels, findChannelNamedBy, type ChannelRow } from './queries.ts'

type CreateBody = Input<Operations['channels.create']>['body']
type UpdateBody = Input<Operations['channels.update']>['body']

export async function createChannel(ctx: Context, body: CreateBody): Promise<ChannelRow> {
  requireCountry(body.defaultCountry)
  return ctx.db.write((tx) => insertChannel(tx, ctx, body))
}

/** The same inside the caller's transaction, with an id of the caller's choice. */
export async function insertChannel(
  tx: Tx,
  ctx: Context,
  body: CreateBody,
  id: string = randomUUID(),
): Promise<ChannelRow> {
  const { workspaceId } = ctx.principal
  const now = ctx.clock.now()
  await requireReferences(tx, workspaceId, body)
  const channel = await channels.insert(tx, {
    workspace_id: workspaceId,
    id,
    ...columns({
      name: body.name,
      kind: body.kind,
      description: body.description ?? null,
      identifierKind: body.identifierKind ?? 'opaque',
      defaultCountry: body.defaultCountry ?? null,
      provisioning: body.provisioning ?? 'automatic',
      admission: body.admission ?? 'open',
      defaultTierId: body.defaultTierId ?? null,
      defaultExternalUserGroupId: body.defaultExternalUserGroupId ?? null,
      tokenLifetimeSeconds: body.tokenLifetimeSeconds ?? null,
    }),
    archived_at: null,
    first_used_at: null,
    version: 1,
    created_at: now,
    updated_at: now,
  })
  await appendEvent(tx, ctx, { type: 'channel.created', subject: channel, after: settings(presentChannel(channel)) })
  await extendBlocks(tx, ctx, channel)
  return channel
}

export async function changeChannel(ctx: Context, id: string, body: UpdateBody, ifMatch: IfMatch): Promise<ChannelRow> {
  requireCountry(body.defaultCountry)
  const now = ctx.clock.now()
  return ctx.db.write(async (tx) => {
    const channel = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, channel.version)
    const current = presentChannel(channel)
    const change = difference(current, body)
    if (!change) return channel
    const next = { ...current, ...change.after } as Channel
    requireAllowed(ctx, channel, next)
    await requireReferences(tx, ctx.principal.workspaceId, change.after as UpdateBody)
    const updated = await channels.update(tx, channel, { ...columns(next), updated_at: now })
    // A door that a reviewer now guards was open when these tokens were issued.
    if (next.admission === 'referral' && current.admission === 'open') await endTokens(tx, channel, now)
    await appendEvent(tx, ctx, { type: 'channel.updated', subject: updated, ...change })
    if ('identifierKind' in change.after || 'defaultCountry' in change.after) await extendBlocks(tx, ctx, updated)
    return updated
  })
}

/** Archiving what is archived changes nothing, and so the other way round. */
export async function setArchived(ctx: Context, id: string, archived: boolean): Promise<ChannelRow> {
  const now = ctx.clock.now()
  return ctx.db.write(async (tx) => {
    const channel = await requireLocked(tx, ctx, id)
    if ((channel.archived_at !== null) === archived) return channel
    const updated = await channels.update(tx, channel, { archived_at: archived ? now : null, updated_at: now })
    if (archived) await endTokens(tx, channel, now)
    await appendEvent(tx, ctx, {
      type: archived ? 'channel.archived' : 'channel.unarchived',
      subject: updated,
      before: { archivedAt: presentChannel(channel).archivedAt },
      after: { archivedAt: presentChannel(updated).archivedAt },
    })
    return updated
  })
}

export async function removeChannel(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const channel = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, channel.version)
    if (channel.first_used_at !== null) throw new ApiError('channel_in_use')
    const namedBy = await findChannelNamedBy(tx, channel)
    if (namedBy)
      throw new ApiError('channel_in_use', {
        message: `A ${namedBy} names this channel; it can be archived, not deleted.`,
      })
    await channels.remove(tx, channel)
    const subject = { id, version: channel.version + 1 }
    await appendEvent(tx, ctx, { type: 'channel.deleted', subject, before: settings(presentChannel(channel)) })
  })
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<ChannelRow> {
  const channel = await channels.lock(tx, ctx.principal.workspaceId, id)
  if (!channel) throw new ApiError('channel_not_found')
  return channel
}

function requireAllowed({ principal }: Context, channel: ChannelRow, next: Channel): void {
  if (next.identifierKind !== channel.identifier_kind && channel.first_used_at !== null) {
    throw new ApiError('identifier_kind_fixed')
  }
  const opened = channel.admission === 'referral' && next.admission === 'open'
  if (opened && principal.kind === 'api_key' && !principal.scopes.has('channels:admission')) {
    throw new ApiError('scope_missing', { message: 'The API key lacks the scope channels:admission.' })
  }
}

async function requireReferences(tx: Tx, workspaceId: string, body: UpdateBody): Promise<void> {
  await requireTier(tx, workspaceId, body.defaultTierId)
  await requireGroup(tx, workspaceId, body.defaultExternalUserGroupId)
}

function requireCountry(country: string | null | undefined): void {
  if (country && !isSupportedCountry(country)) throw invalid('defaultCountry', 'must be a country with a calling code')
}

async function endTokens(tx: Tx, { workspace_id, id }: ChannelRow, now: number): Promise<void> {
  await insertCutOff(tx, workspace_id, { reach: 'channel', subjectId: id, now })
}

type Settings = Omit<Channel, 'id' | 'createdAt' | 'updatedAt' | 'archivedAt' | 'workspaceId'>

function settings(channel: Channel): Settings {
  const { id: _, createdAt: __, updatedAt: ___, archivedAt: ____, workspaceId: _____, ...rest } = channel
  return rest
}

function columns(channel: Settings) {
  return {
    name: channel.name,
    kind: channel.kind,
    description: channel.description,
    identifier_kind: channel.identifierKind,
    default_country: channel.defaultCountry,
    provisioning: channel.provisioning,
    admission: channel.admission,
    default_tier_id: channel.defaultTierId,
    default_external_user_group_id: channel.defaultExternalUserGroupId,
    token_lifetime_seconds: channel.tokenLifetimeSeconds,
    search_text: searchTextOf([channel.name, channel.description]),
  }
}

// The rules of blocks: whom one reaches, that it ends tokens in the same transaction, and how it is lifted.
import { randomUUID } from 'node:crypto'
import type { EventType, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { isoOrNull } from '../../lib/clock.ts'
import { channels } from '../channels/queries.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { appendEvent } from '../events/service.ts'
import { externalUsers } from '../external-users/queries.ts'
import { superIdentities } from '../super-identities/queries.ts'
import { spreadBlock } from './identifiers.ts'
import { blocks, type BlockRow } from './queries.ts'

type CreateBody = Input<Operations['blocks.create']>['body']

export interface NewBlock {
  readonly reach: BlockRow['reach']
  readonly externalUserId?: string | null | undefined
  readonly superIdentityId?: string | null | undefined
  readonly identifier?: string | null | undefined
  readonly channelId?: string | null | undefined
  readonly reason?: string | null | undefined
  readonly endsAt?: number | null | undefined
}

export async function createBlock(ctx: Context, body: CreateBody): Promise<BlockRow> {
  requireSubject(body)
  const endsAt = body.endsAt ? Date.parse(body.endsAt) : null
  if (endsAt !== null && !(endsAt > ctx.clock.now())) throw invalid('endsAt', 'must be in the future')
  return ctx.db.write(async (tx) => {
    const subject = await lockSubject(tx, ctx, body)
    const block = await placeBlock(tx, ctx, { ...body, endsAt })
    await appendBlockEvent(tx, ctx, { block, happened: 'blocked', raised: await subject.raise() })
    return block
  })
}

/** Lifting twice, or what has ended, changes nothing. */
export async function liftBlock(ctx: Context, id: string, reason: string | null): Promise<BlockRow> {
  return ctx.db.write(async (tx) => {
    const block = await blocks.find(tx, ctx.principal.workspaceId, id)
    if (!block) throw new ApiError('block_not_found')
    const now = ctx.clock.now()
    if (block.lifted_at !== null || (block.ends_at !== null && block.ends_at <= now)) return block
    return endBlock(tx, ctx, { block, at: now, reason })
  })
}

/**
 * Records the end of a block, by hand or by its own end date; one that another was faster to lift stays as it is. The
 * subject is locked before the block, as by all who place and lift blocks.
 */
export async function endBlock(
  tx: Tx,
  ctx: Context,
  { block, at, reason }: { block: BlockRow; at: number; reason: string | null },
): Promise<BlockRow> {
  const { kind, id } = ctx.principal
  const subject = await lockSubject(tx, ctx, subjectOf(block))
  const current = (await blocks.lock(tx, block.workspace_id, block.id)) as BlockRow
  if (current.lifted_at !== null) return current
  const lifted = await blocks.update(tx, current, {
    lifted_at: at,
    lifted_by_kind: kind,
    lifted_by_id: id,
    updated_at: ctx.clock.now(),
  })
  await appendBlockEvent(tx, ctx, { block: lifted, happened: 'unblocked', raised: await subject.raise(), reason })
  return lifted
}

/** The whole row of a block that begins now. */
export function newBlock({ clock, principal }: Context, block: NewBlock): BlockRow {
  const { workspaceId, kind, id } = principal
  const now = clock.now()
  return {
    workspace_id: workspaceId,
    id: randomUUID(),
    reach: block.reach,
    external_user_id: block.externalUserId ?? null,
    super_identity_id: block.superIdentityId ?? null,
    identifier: block.identifier ?? null,
    channel_id: block.channelId ?? null,
    reason: block.reason ?? null,
    actor_kind: kind,
    actor_id: id,
    ends_at: block.endsAt ?? null,
    lifted_at: null,
    lifted_by_kind: null,
    lifted_by_id: null,
    version: 1,
    created_at: now,
    updated_at: now,
  }
}

/** Stores the block and ends every token that it reaches. Its event is the caller's. */
export async function placeBlock(tx: Tx, ctx: Context, block: NewBlock): Promise<BlockRow> {
  const { workspaceId } = ctx.principal
  const now = ctx.clock.now()
  const row = await blocks.insert(tx, newBlock(ctx, block))
  const cutOff = (reach: 'account' | 'person', subjectId: string) =>
    insertCutOff(tx, workspaceId, { reach, subjectId, now })
  if (row.external_user_id) await cutOff('account', row.external_user_id)
  if (row.super_identity_id) await cutOff('person', row.super_identity_id)
  if (row.identifier !== null) await spreadBlock(tx, ctx, row)
  return row
}

/** Exactly the subject that the reach names. */
function requireSubject({ reach, externalUserId, superIdentityId, identifier, channelId }: CreateBody): void {
  const wanted = { 'external-user': 'externalUserId', person: 'superIdentityId', identifier: 'identifier' }[reach]
  const given = { externalUserId, superIdentityId, identifier }
  for (const [name, value] of Object.entries(given)) {
    if (name === wanted && !value) throw invalid(name, `is required with the reach ${reach}`)
    if (name !== wanted && value) throw invalid(name, `must not be given with the reach ${reach}`)
  }
  if (channelId && reach !== 'identifier') throw invalid('channelId', 'is for the reach identifier only')
}

type Subject = Pick<NewBlock, 'externalUserId' | 'superIdentityId' | 'channelId'>

function subjectOf(block: BlockRow): Subject {
  return { externalUserId: block.external_user_id, superIdentityId: block.super_identity_id }
}

interface LockedSubject {
  /** The blocked account or person shows another state from now on, so its version rises. Null for an identifier. */
  raise(): Promise<{ id: string; version: number } | null>
}

async function lockSubject(tx: Tx, ctx: Context, subject: Subject): Promise<LockedSubject> {
  const { workspaceId } = ctx.principal
  const updated_at = ctx.clock.now()
  if (subject.externalUserId) {
    const user = await externalUsers.lock(tx, workspaceId, subject.externalUserId)
    if (!user) throw new ApiError('external_user_not_found')
    return { raise: () => externalUsers.update(tx, user, { updated_at }) }
  }
  if (subject.superIdentityId) {
    const person = await superIdentities.lock(tx, workspaceId, subject.superIdentityId)
    if (!person) throw new ApiError('super_identity_not_found')
    return { raise: () => superIdentities.update(tx, person, { updated_at }) }
  }
  if (subject.channelId && !(await channels.share(tx, workspaceId, subject.channelId)))
    throw new ApiError('channel_not_found')
  return { raise: () => Promise.resolve(null) }
}

interface BlockChange {
  readonly block: BlockRow
  readonly happened: 'blocked' | 'unblocked'
  readonly raised: { id: string; version: number } | null
  readonly reason?: string | null
}

/** Named after what is blocked; the block itself is the subject where that is an identifier. */
async function appendBlockEvent(tx: Tx, ctx: Context, { block, happened, raised, reason }: BlockChange): Promise<void> {
  const resource = { 'external-user': 'external_user', person: 'super_identity', identifier: 'identifier' }[block.reach]
  const common = { blockId: block.id, reach: block.reach }
  // Only where the block itself is the subject: an account's own identifier and channel are told by its other events.
  const where = block.reach === 'identifier' ? { identifier: block.identifier, channelId: block.channel_id } : {}
  const after =
    happened === 'blocked'
      ? { ...common, ...where, reason: block.reason, endsAt: isoOrNull(block.ends_at) }
      : { ...common, liftedAt: isoOrNull(block.lifted_at), reason: reason ?? null }
  await appendEvent(tx, ctx, {
    type: `${resource}.${happened}` as EventType,
    subject: raised ?? { id: block.id, version: block.version },
    after,
    personal: ['identifier', 'reason'],
  })
}

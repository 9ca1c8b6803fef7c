// Appending events: no change without one, in the same transaction.
import type { EventType } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { writesAlone } from '../../db/writes-alone.ts'
import { afterCommit } from '../../db/transaction-hooks.ts'
import { canonicalJson, type Json } from '../../lib/canonical-json.ts'
import { newId } from '../../lib/id.ts'
import { takePlace, type EventRow } from './chain.ts'
import { commit } from './commitment.ts'
import { findEndOfChain, insertEvents } from './queries.ts'
import { sealAtOnce } from './sealer.ts'

export interface Change {
  readonly type: EventType
  readonly subject: { readonly id: string; readonly version: number }
  /** The changed fields as they were; null for a creation. */
  readonly before?: Readonly<Record<string, Json>> | null
  /** The changed fields as they are; null for a deletion. */
  readonly after?: Readonly<Record<string, Json>> | null
  /** Names of the fields that erasure must be able to take back. */
  readonly personal?: readonly string[]
  /** Only for history that is brought in; otherwise it is now. */
  readonly occurredAt?: number | undefined
}

/** Who changed something, and what. */
export interface Changed {
  readonly ctx: Context
  readonly change: Change
}

/** Records one change. Its place in the workspace's chain is given after the commit, unless nobody else writes before. */
export async function appendEvent(tx: Tx, ctx: Context, change: Change): Promise<void> {
  await appendEvents(tx, [{ ctx, change }])
}

/** The same for changes that several callers make in one workspace, in their order. */
export async function appendEvents(tx: Tx, changes: readonly Changed[]): Promise<void> {
  const [first] = changes
  if (!first) return
  const events = changes.map(({ ctx, change }) => newEvent(ctx, change))
  let head = writesAlone(tx) ? await findEndOfChain(tx, first.ctx.principal.workspaceId) : null
  if (head) for (const event of events) head = takePlace(event, head)
  else afterCommit(tx, first.ctx.instance.wakeSealer)
  await insertEvents(tx, events)
}

/**
 * The same for history that is brought in by the thousand, of subjects that have none yet: its places are given at once.
 * The events are made by `newEvent`, before the transaction. `meanwhile` stores what else belongs to it: a thread that writes has
 * that to do while the places are worked out here.
 */
export async function appendHistory(
  tx: Tx,
  ctx: Context,
  events: readonly EventRow[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<void> {
  let others: Promise<unknown> | undefined
  const begin = () => {
    others ??= meanwhile()
    // Told below.
    others.catch(() => {})
  }
  const sealed = await sealAtOnce(tx, ctx.clock, events, begin)
  begin()
  await Promise.all([others, insertEvents(tx, events)])
  if (!sealed) afterCommit(tx, ctx.instance.wakeSealer)
}

/** The event of a change, which has no place yet. */
export function newEvent(ctx: Context, change: Change): EventRow {
  const { before, after, openings } = commit(change.before ?? null, change.after ?? null, change.personal ?? [])
  return {
    workspace_id: ctx.principal.workspaceId,
    id: newId(),
    type: change.type,
    actor_kind: ctx.principal.kind,
    actor_id: ctx.principal.id,
    subject_kind: change.type.slice(0, change.type.indexOf('.')),
    subject_id: change.subject.id,
    subject_version: change.subject.version,
    before: before && canonicalJson(before as Json),
    after: after && canonicalJson(after as Json),
    // Plain JSON by its fields; an interface lacks the index signature that the type of JSON asks for.
    openings: openings && canonicalJson(openings as unknown as Json),
    request_id: ctx.requestId,
    occurred_at: change.occurredAt ?? ctx.clock.now(),
    position: null,
    hash: null,
  }
}

// Appending events: no change without one, in the same transaction.
import { randomUUID } from 'node:crypto'
import type { EventType } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { afterCommit } from '../../db/transaction-hooks.ts'
import { canonicalJson, type Json } from '../../lib/canonical-json.ts'
import { commit } from './commitment.ts'
import { insertEvent } from './queries.ts'

export interface Change {
  readonly type: EventType
  readonly subject: { readonly id: string; readonly version: number }
  /** The changed fields as they were; null for a creation. */
  readonly before?: Readonly<Record<string, Json>> | null
  /** The changed fields as they are; null for a deletion. */
  readonly after?: Readonly<Record<string, Json>> | null
  /** Names of the fields that erasure must be able to take back. */
  readonly personal?: readonly string[]
}

/** Records one change. Its place in the workspace's chain is given after the commit. */
export async function appendEvent(tx: Tx, ctx: Context, change: Change): Promise<void> {
  const { before, after, openings } = commit(change.before ?? null, change.after ?? null, change.personal ?? [])
  await insertEvent(tx, {
    workspace_id: ctx.principal.workspaceId,
    id: randomUUID(),
    type: change.type,
    actor_kind: ctx.principal.kind,
    actor_id: ctx.principal.id,
    subject_kind: change.type.slice(0, change.type.indexOf('.')),
    subject_id: change.subject.id,
    subject_version: change.subject.version,
    before: before && canonicalJson(before as Json),
    after: after && canonicalJson(after as Json),
    openings: openings && canonicalJson(openings as unknown as Json),
    request_id: ctx.requestId,
    occurred_at: ctx.clock.now(),
    position: null,
    hash: null,
  })
  afterCommit(tx, ctx.instance.wakeSealer)
}

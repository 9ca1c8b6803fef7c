// The hash chain of a workspace: each event's hash covers its content, its place and the hash before it.
import type { Selectable } from 'kysely'
import type { EventTable } from '../../db/schema.ts'
import { canonicalJson } from '../../lib/canonical-json.ts'
import { sha256 } from '../../lib/encryption.ts'

export type EventRow = Selectable<EventTable>

/** The end of a chain so far. */
export interface ChainHead {
  readonly position: number
  readonly hash: string
}

/** What the first event of a workspace follows. */
export const chainStart: ChainHead = { position: 0, hash: '' }

type Content = Omit<EventRow, 'openings' | 'hash' | 'position'>

/** SHA-256 over the canonical JSON of everything but the openings, so that erasure leaves it standing. */
function eventHash(event: Content, position: number, previous: string): string {
  const content = canonicalJson({
    actor: { id: event.actor_id, kind: event.actor_kind },
    after: event.after,
    before: event.before,
    id: event.id,
    occurredAt: event.occurred_at,
    position,
    previous,
    requestId: event.request_id,
    subject: { id: event.subject_id, kind: event.subject_kind, version: event.subject_version },
    type: event.type,
    workspaceId: event.workspace_id,
  })
  return sha256(content)
}

/** The place that the event has behind the head; it is the new head. */
export function placeBehind(head: ChainHead, event: Content): ChainHead {
  const position = head.position + 1
  return { position, hash: eventHash(event, position, head.hash) }
}

/** Gives the event the place behind the head, and answers it as the new head. */
export function takePlace(event: EventRow, head: ChainHead): ChainHead {
  const place = placeBehind(head, event)
  Object.assign(event, place)
  return place
}

// What something was at a past moment, rebuilt from the record of its changes.
import type { Db } from '../../db/database.ts'
import type { Json } from '../../lib/canonical-json.ts'
import type { EventRow } from '../events/chain.ts'
import type { Openings } from '../events/commitment.ts'
import { listSubjectEvents } from '../events/queries.ts'

export type Fields = Readonly<Record<string, Json>>

/** The fields that events told of a subject up to a moment; null when it did not exist then. */
export async function stateAt(db: Db, workspaceId: string, subjectId: string, at: number): Promise<Fields | null> {
  const events = await listSubjectEvents(db, workspaceId, subjectId, at)
  let state = null as Fields | null
  for (const event of events) state = event.type.endsWith('.deleted') ? null : { ...state, ...told(event) }
  return state
}

/** The event that set the value which a field had at a moment. */
export async function lastTold(
  db: Db,
  workspaceId: string,
  { subjectId, field, at }: { subjectId: string; field: string; at: number },
): Promise<EventRow | undefined> {
  const events = await listSubjectEvents(db, workspaceId, subjectId, at)
  return events.findLast((event) => Object.hasOwn(told(event), field))
}

/** Personal fields are read from the openings; what was erased stays a commitment that tells nothing. */
export function told(event: EventRow): Fields {
  const after = JSON.parse(event.after ?? '{}') as Fields
  const openings = event.openings === null ? null : (JSON.parse(event.openings) as Openings)
  return { ...after, ...openings?.after }
}

// Checking a workspace's chain from its first event: places without gaps, every hash recomputed, every opening true.
import type { Db } from '../../db/database.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { chainStart, placeBehind, type ChainHead, type EventRow } from './chain.ts'
import { commitmentOf, type Openings } from './commitment.ts'
import { listSealedEvents } from './queries.ts'

const batch = 1_000

export interface ChainReport {
  readonly events: number
  /** The first thing that is not as it was sealed, in one sentence; null when the chain holds. */
  readonly broken: string | null
}

export async function verifyChain(
  db: Db,
  workspaceId: string,
  onProgress = (_events: number) => {},
): Promise<ChainReport> {
  let head = chainStart
  for (;;) {
    const events = await listSealedEvents(db, workspaceId, head.position, batch)
    for (const event of events) {
      const place = placeBehind(head, event)
      const broken = faultOf(event, place)
      if (broken) return { events: head.position, broken }
      head = place
    }
    onProgress(head.position)
    if (events.length < batch) return { events: head.position, broken: null }
  }
}

function faultOf(event: EventRow, { position, hash }: ChainHead): string | null {
  if (event.position !== position) return `position ${position} is missing`
  if (event.hash !== hash) return `event ${event.id} at position ${position} does not match its hash`
  if (event.openings !== null && !opens(event, JSON.parse(event.openings) as Openings)) {
    return `the personal values of event ${event.id} do not match their commitments`
  }
  return null
}

function opens(event: EventRow, openings: Openings): boolean {
  return (['before', 'after'] as const).every((side) => {
    const fields = JSON.parse(event[side] ?? '{}') as Record<string, { commitment?: string } | null>
    return Object.entries(openings[side]).every(
      ([key, value]) => fields[key]?.commitment === commitmentOf(key, value as Json, openings.salt),
    )
  })
}

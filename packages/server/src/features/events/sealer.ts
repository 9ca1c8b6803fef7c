// The sealer: gives committed events their place and hash, one process at a time, so that writers never wait for each other.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { endLease, holdLease } from '../../db/lease.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Clock } from '../../lib/clock.ts'
import { chainStart, placeBehind, takePlace, type ChainHead, type EventRow } from './chain.ts'
import {
  countUnsealedEvents,
  findChainHead,
  findUnsealedEvents,
  hasUnsealedEvents,
  updateSeals,
  type Seal,
  type UnsealedEvent,
} from './queries.ts'

/** Events sealed in one transaction: enough to keep up with a full group commit, few enough to stay a short write. */
const batchMax = 512
/** How long events gather, so that those of many commits are given their places in one. */
const gatherMs = 50
/** How long events of other processes may wait unnoticed. */
const pollMs = 250
/** A holder that died is replaced after this; a live one renews it with every batch. */
const leaseMs = 5_000

export interface Sealer {
  /** Events of this process wait for their place. */
  wake(): void
  stop(): Promise<void>
}

export function startSealer({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Sealer {
  const holder = randomUUID()
  let running: Promise<void> | null = null
  let pause: NodeJS.Timeout | undefined
  let again = false
  let stopped = false

  const run = async () => {
    pause = undefined
    again = false
    try {
      while (!stopped && (await sealBatch(db, clock, holder)) === batchMax);
    } catch (error) {
      // The events are safe; their places are given when the database answers again.
      log.debug({ err: error }, 'sealing was put off')
    }
    running = null
    if (again) wake()
  }
  const wake = () => {
    again = running !== null
    if (again || stopped) return
    pause ??= setTimeout(() => (running = run()), gatherMs)
  }
  const timer = setInterval(wake, pollMs)
  timer.unref()
  return {
    wake,
    async stop() {
      stopped = true
      clearInterval(timer)
      clearTimeout(pause)
      await running
    },
  }
}

/** Seals up to `batchMax` events and says how many; 0 also while another process holds the lease. */
export async function sealBatch(db: Database, clock: Clock, holder: string): Promise<number> {
  if (!(await hasUnsealedEvents(db.read))) return 0
  return db.write(async (tx) => {
    if (!(await holdLease(tx, { name: 'sealer', holder, now: clock.now(), leaseMs }))) return 0
    const events = inVersionOrder(await findUnsealedEvents(tx, batchMax))
    if (events.length > 0) await updateSeals(tx, sealsBehind(await findHeads(tx, events), events))
    return events.length
  })
}

/**
 * Returns when no event waits any more: seals them itself, or waits for the process that holds the lease. When nothing
 * moves for longer than a dead holder can stand in the way, the rest is left to the next server.
 */
export async function sealAll(db: Database, clock: Clock, onProgress: (waiting: number) => void): Promise<void> {
  const holder = randomUUID()
  let waiting = await countUnsealedEvents(db.read)
  for (let idleMs = 0; waiting > 0 && idleMs < 3 * leaseMs; idleMs += pollMs) {
    onProgress(waiting)
    const sealed = await sealBatch(db, clock, holder)
    const left = sealed > 0 ? waiting - sealed : await countUnsealedEvents(db.read)
    if (sealed === 0 && left > 0) await sleep(pollMs)
    if (left !== waiting) idleMs = 0
    waiting = left > 0 ? left : await countUnsealedEvents(db.read)
  }
  await db.write((tx) => endLease(tx, 'sealer', holder))
}

/**
 * Gives events their places before they are stored, which spares writing each of them twice. Only for subjects that have no
 * other event; false, with nothing done, while another process gives places. `onHeads` is told when only reckoning is left.
 */
export async function sealAtOnce(
  tx: Tx,
  clock: Clock,
  events: readonly EventRow[],
  onHeads = () => {},
): Promise<boolean> {
  const holder = randomUUID()
  if (!(await holdLease(tx, { name: 'sealer', holder, now: clock.now(), leaseMs }))) return false
  const inOrder = inVersionOrder(events.toSorted((a, b) => a.occurred_at - b.occurred_at))
  const heads = await findHeads(tx, inOrder)
  onHeads()
  for (const event of inOrder) {
    heads.set(event.workspace_id, takePlace(event, heads.get(event.workspace_id) as ChainHead))
  }
  await endLease(tx, 'sealer', holder)
  return true
}

type Versioned = Pick<EventRow, 'workspace_id' | 'subject_id' | 'subject_version'>

/** Keeps the order by time, but hands the places that a subject's events hold to them in the order of its versions. */
export function inVersionOrder<Event extends Versioned>(events: readonly Event[]): Event[] {
  const bySubject = new Map<string, Event[]>()
  for (const event of events) {
    const own = bySubject.get(subjectKey(event))
    if (own) own.push(event)
    else bySubject.set(subjectKey(event), [event])
  }
  for (const own of bySubject.values()) own.sort((a, b) => b.subject_version - a.subject_version)
  return events.map((event) => bySubject.get(subjectKey(event))?.pop() as Event)
}

function subjectKey(event: Versioned): string {
  return `${event.workspace_id} ${event.subject_id}`
}

/** Of each workspace that the events belong to. */
async function findHeads(tx: Tx, events: readonly UnsealedEvent[]): Promise<Map<string, ChainHead>> {
  const heads = new Map<string, ChainHead>()
  for (const workspaceId of new Set(events.map((event) => event.workspace_id))) {
    heads.set(workspaceId, (await findChainHead(tx, workspaceId)) ?? chainStart)
  }
  return heads
}

function sealsBehind(heads: Map<string, ChainHead>, events: readonly UnsealedEvent[]): Seal[] {
  const seals: Seal[] = []
  for (const event of events) {
    const workspaceId = event.workspace_id
    const place = placeBehind(heads.get(workspaceId) as ChainHead, event)
    heads.set(workspaceId, place)
    seals.push({ workspaceId, id: event.id, position: place.position, hash: place.hash })
  }
  return seals
}

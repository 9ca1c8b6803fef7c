// What has to be tidied up from time to time, by one process at a time. Nothing waits for it and no rule depends on it.
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from './db/database.ts'
import { holdLease } from './db/lease.ts'
import { idempotencyRecordsKeptMs } from './http/idempotency.ts'
import type { Clock } from './lib/clock.ts'

const everyMs = 10 * 60_000

export interface Chores {
  stop(): Promise<void>
}

export function startChores({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Chores {
  const holder = randomUUID()
  let running: Promise<void> = Promise.resolve()
  const run = () => {
    running = doChores(db, clock, holder).catch((error: unknown) => log.warn({ err: error }, 'chores were put off'))
  }
  const timer = setInterval(run, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

/** Deletes stored answers that are no longer good. */
export async function doChores(db: Database, clock: Clock, holder: string): Promise<void> {
  const now = clock.now()
  await db.write(async (tx) => {
    if (!(await holdLease(tx, { name: 'chores', holder, now, leaseMs: everyMs }))) return
    await tx
      .deleteFrom('idempotency_records')
      .where('created_at', '<', now - idempotencyRecordsKeptMs)
      .execute()
  })
}

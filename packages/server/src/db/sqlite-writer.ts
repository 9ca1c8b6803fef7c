// Group commit: waiting transactions run one after another, each in a savepoint, and share one durable commit.
import type { Tx } from './database.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'
import type { News } from './news.ts'
import { beginImmediate, rollback } from './sqlite-begin.ts'
import type { SqliteConnection } from './sqlite-driver.ts'
import { sqliteHandles, sqliteTransaction } from './sqlite-handles.ts'
import { refuseSwallowed } from './transaction-connection.ts'
import { closeHooks, openHooks, runHooks, type Hooks } from './transaction-hooks.ts'

export interface WriterLimits {
  /** Works waiting: at some 5,000 a second these are two seconds, more is only a longer wait for a failure. */
  queueMax: number
  /** Works in one commit: beyond a few hundred the cost of the commit no longer shows in the average. */
  batchMax: number
  /** Works settle without returning to the event loop, so a batch stops everything else; this bounds how long. */
  batchMs: number
  /** A work that takes this long awaits something other than the database, and all other writers wait for it. */
  workMs: number
  /** How long to wait for another process that writes. */
  busyMs: number
}

export const WRITER_LIMITS: WriterLimits = {
  queueMax: 10_000,
  batchMax: 512,
  batchMs: 25,
  workMs: 10_000,
  busyMs: 10_000,
}

export interface WriterOptions {
  connection: SqliteConnection
  limits: WriterLimits
  news: News
  onError: (error: unknown) => void
  beforeCommit?: (() => void) | undefined
}

export interface Writer {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  stats(): { writesWaiting: number; transactions: number; commits: number }
  /** Takes no more works, and resolves when those accepted are done. */
  close(): Promise<void>
}

interface Job {
  readonly work: (tx: Tx) => Promise<unknown>
  readonly resolve: (value: any) => void
  readonly reject: (error: unknown) => void
}

export function createWriter(options: WriterOptions): Writer {
  const { connection, limits } = options
  const queue: Job[] = []
  const counts = { transactions: 0, commits: 0 }
  let running: Promise<void> | undefined
  let closed = false

  async function pump() {
    while (queue.length > 0) {
      // Requests of one turn of the event loop share a commit, and others get their turn between two batches.
      await new Promise((resolve) => setImmediate(resolve))
      await runBatch()
    }
    running = undefined
  }

  async function runBatch() {
    const taken: Job[] = []
    try {
      await beginImmediate(connection, limits.busyMs)
      const settle = await runJobs(queue, taken, options)
      options.beforeCommit?.()
      connection.exec('commit')
      counts.transactions += taken.length
      counts.commits += 1
      for (const done of settle) done()
    } catch (error) {
      if (taken.length === 0) taken.push(...queue.splice(0, limits.batchMax))
      giveUp(options)
      for (const job of taken) job.reject(error)
    }
  }

  return {
    write(work) {
      if (closed) return Promise.reject(new DatabaseUnavailable('The database is closed'))
      if (queue.length >= limits.queueMax) return Promise.reject(new DatabaseOverloaded(queue.length))
      return new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject })
        running ??= pump()
      })
    },
    stats: () => ({ writesWaiting: queue.length, ...counts }),
    async close() {
      closed = true
      await running
    },
  }
}

function giveUp({ connection, onError }: WriterOptions): void {
  try {
    rollback(connection)
  } catch (error) {
    // The next BEGIN fails then, and says so to its own batch.
    onError(new Error('Could not roll back', { cause: error }))
  }
}

/** Moves jobs from the queue to `taken`, and returns how each of them settles once they are committed. */
async function runJobs(queue: Job[], taken: Job[], options: WriterOptions): Promise<(() => void)[]> {
  const { batchMax, batchMs, workMs } = options.limits
  const settle: (() => void)[] = []
  const end = performance.now() + batchMs
  const timed = timedWorks(workMs)
  try {
    while (queue.length > 0 && taken.length < batchMax && performance.now() < end) {
      const job = queue.shift()!
      taken.push(job)
      settle.push(await runJob(job, timed.run, options))
    }
  } finally {
    timed.end()
  }
  return settle
}

/**
 * A job that fails is told so only after the commit too: it may have failed over a row of an earlier job of the batch,
 * and that row is not there before the commit. When the commit fails it gets that error instead of its own.
 */
async function runJob(
  { work, resolve, reject }: Job,
  inTime: RunInTime,
  { connection, news, onError }: WriterOptions,
): Promise<() => void> {
  connection.run('savepoint work')
  const statements = sqliteTransaction(connection)
  const tx = sqliteHandles.transaction(statements)
  const hooks: Hooks = openHooks(tx)
  const endHandle = () => {
    closeHooks(tx)
    return statements.end()
  }
  try {
    const value = await inTime(() => work(tx))
    await endHandle()
    refuseSwallowed(statements.failure())
    connection.run('release work')
    return () => {
      runHooks(hooks, news, onError)
      resolve(value)
    }
  } catch (error) {
    await endHandle()
    // A full disk, for one, makes SQLite end the whole transaction: then every job of the batch has failed.
    if (!connection.inTransaction) throw error
    connection.run('rollback to work')
    connection.run('release work')
    return () => reject(error)
  }
}

type RunInTime = <T>(work: () => Promise<T>) => Promise<T>

/** For works one after the other; they share a timer, since setting one for each costs as much as a statement. */
export function timedWorks(workMs: number): { run: RunInTime; end: () => void } {
  let tooLong: (error: Error) => void
  const timer = setTimeout(() => {
    tooLong(new Error(`A transaction took longer than ${workMs} ms: it awaits something foreign`))
  }, workMs)
  return {
    run: <T>(work: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        tooLong = reject
        timer.refresh()
        work().then(resolve, reject)
      }),
    end: () => clearTimeout(timer),
  }
}

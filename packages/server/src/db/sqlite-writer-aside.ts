// Large works on a SQLite file, on a thread of their own: whoever brings rows by the thousand makes the next ones meanwhile.
import type { Tx } from './database.ts'
import { DatabaseUnavailable } from './errors.ts'
import type { News } from './news.ts'
import { sqliteHandles, threadTransaction } from './sqlite-handles.ts'
import { HAS_MARKS, MOVE_MARKS } from './sqlite-search.ts'
import { startThread, type SqliteThread } from './sqlite-thread.ts'
import { timedWorks } from './sqlite-writer.ts'
import { refuseSwallowed } from './transaction-connection.ts'
import { closeHooks, openHooks, runHooks, type Hooks } from './transaction-hooks.ts'

/** Other writers give up waiting long before. A work that takes this long awaits something other than the database. */
const WORK_MS = 60_000

export interface WriterAsideOptions {
  readonly file: string
  /** A script of pragmas. They say how long to wait for somebody else who writes: the thread may. */
  readonly settings: string
  readonly news: News
  readonly onError: (error: unknown) => void
}

export interface WriterAside {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

interface Outcome<T> {
  readonly value: T
  readonly hooks: Hooks
}

/** One work after the other, each in a transaction of its own. The thread starts with the first one. */
export function createWriterAside({ file, settings, news, onError }: WriterAsideOptions): WriterAside {
  const options = { file, settings, readOnly: false, niceness: 0, name: 'large works' }
  let thread: SqliteThread | undefined
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  async function run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    thread ??= startThread(options, () => (thread = undefined))
    const { value, hooks } = await transact(thread, work)
    runHooks(hooks, news, onError)
    return value
  }

  return {
    write<T>(work: (tx: Tx) => Promise<T>) {
      if (closed) return Promise.reject(new DatabaseUnavailable('The database is closed'))
      const done = last.then(() => run(work))
      last = done.catch(() => {})
      return done
    },
    async close() {
      closed = true
      await last
      await thread?.end()
    },
  }
}

async function transact<T>(thread: SqliteThread, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
  await thread.run('begin immediate')
  const statements = threadTransaction(thread)
  const tx = sqliteHandles.transaction(statements)
  const hooks = openHooks(tx)
  const timed = timedWorks(WORK_MS)
  try {
    const value = await timed.run(() => work(tx))
    await statements.end()
    refuseSwallowed(statements.failure())
    if ((await thread.run(HAS_MARKS, [], true)).rows.length > 0) await thread.run(MOVE_MARKS, [], true)
    await thread.run('commit', [], true)
    return { value, hooks }
  } catch (error) {
    await statements.end()
    // When it fails there is nothing left to roll back, or the thread has died and SQLite does it.
    await thread.run('rollback', [], true).catch(() => {})
    throw error
  } finally {
    timed.end()
    closeHooks(tx)
  }
}

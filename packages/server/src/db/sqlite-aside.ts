// Long reads of a SQLite file, on a thread of their own: SQLite answers a statement in one go, and everybody waits meanwhile.
import { Worker } from 'node:worker_threads'
import { bind, type Bound } from './bind.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'
import { sqliteModulePath, translateSqliteError } from './sqlite-driver.ts'

// A long read takes tenths of a second, so the last of these waits as long as a caller may still be there for.
const WAITING_MAX = 100

/** Fewer than the main reader keeps: only lists come here. */
const PREPARED_MAX = 100

/** Where cores are few, everybody else goes first. On Linux a priority is a thread's own, elsewhere it is the whole process's. */
const NICENESS = 10

/**
 * Answers one statement after the other; `null` ends it. Rows are read to the end at once, so no snapshot stays open
 * between two statements and each one sees every earlier commit. The thread's code is text because a file would have one
 * name in the sources and another in the build.
 */
const READ = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require(workerData.module)
  try {
    const { getPriority, setPriority } = require('node:os')
    if (process.platform === 'linux') setPriority(0, Math.min(19, getPriority(0) + workerData.niceness))
  } catch {
    // Where a sandbox forbids it, this thread is as urgent as the others.
  }
  const database = new DatabaseSync(workerData.file, { readOnly: true })
  database.exec(workerData.settings)
  const prepared = new Map()
  function prepare(text) {
    const statement = prepared.get(text) ?? database.prepare(text)
    prepared.delete(text)
    prepared.set(text, statement)
    if (prepared.size > workerData.preparedMax) prepared.delete(prepared.keys().next().value)
    return statement
  }
  function answer({ text, values }) {
    try {
      return { rows: prepare(text).all(...values) }
    } catch ({ message, code, errcode }) {
      // Not every library tells a code of SQLite; one that is not there must not look like one.
      return { failure: errcode === undefined ? { message, code } : { message, code, errcode } }
    }
  }
  parentPort.on('message', (statement) => {
    if (statement) return parentPort.postMessage(answer(statement))
    prepared.clear()
    database.close()
    parentPort.close()
  })
`

export interface Aside {
  /** Rejects with `DatabaseOverloaded` when too many wait already. */
  run(text: string, parameters: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Finishes the statement that runs, refuses those that wait. */
  close(): Promise<void>
}

interface AsideOptions {
  readonly file: string
  /** A script of pragmas. */
  readonly settings: string
  readonly waitingMax?: number
}

interface Statement {
  readonly text: string
  readonly values: readonly Bound[]
  resolve(rows: Record<string, unknown>[]): void
  reject(error: unknown): void
}

interface Failure {
  readonly message: string
  readonly code?: string
  readonly errcode?: number
}

type Reply = { rows: Record<string, unknown>[] } | { failure: Failure }
type Outcome = { rows: Record<string, unknown>[] } | { error: unknown }

/**
 * The thread starts with the first statement, and again with the next one after it died. It is asked to end, never
 * terminated: the package that steps in for Node's own SQLite takes the whole process down when that hits a statement.
 */
export function createAside({ file, settings, waitingMax = WAITING_MAX }: AsideOptions): Aside {
  const workerData = { module: sqliteModulePath(), file, settings, preparedMax: PREPARED_MAX, niceness: NICENESS }
  const waiting: Statement[] = []
  let running: Statement | undefined
  let worker: Worker | undefined
  let closing: Promise<void> | undefined

  function finish(outcome: Outcome): void {
    const done = running
    running = undefined
    // An idle thread keeps no process alive.
    if (!closing) worker?.unref()
    if ('rows' in outcome) done?.resolve(outcome.rows)
    else done?.reject(outcome.error)
    next()
  }

  function ended(fault: unknown): void {
    worker = undefined
    finish({ error: died(fault) })
  }

  function next(): void {
    if (running || closing) return
    running = waiting.shift()
    if (!running) return
    worker ??= startThread(workerData, finish, ended)
    worker.ref()
    const { text, values } = running
    worker.postMessage({ text, values }, [])
  }

  async function end(): Promise<void> {
    for (const statement of waiting.splice(0)) statement.reject(new Error('The database is closed'))
    if (worker) await endThread(worker)
  }

  return {
    async run(text, parameters) {
      if (closing) throw new Error('The database is closed')
      if (waiting.length >= waitingMax) throw new DatabaseOverloaded(waiting.length)
      const values = parameters.map(bind)
      return new Promise((resolve, reject) => {
        waiting.push({ text, values, resolve, reject })
        next()
      })
    },
    close: () => (closing ??= end()),
  }
}

function startThread(
  workerData: object,
  onOutcome: (outcome: Outcome) => void,
  onEnd: (fault: unknown) => void,
): Worker {
  // Without the parent's flags: loaders of a test runner have no business in there.
  const worker = new Worker(READ, { eval: true, workerData, execArgv: [] })
  let fault: unknown
  worker.on('message', (reply: Reply) => onOutcome('rows' in reply ? reply : { error: errorOf(reply.failure) }))
  worker.once('error', (error) => (fault = error))
  worker.once('exit', () => onEnd(fault))
  return worker
}

async function endThread(worker: Worker): Promise<void> {
  worker.ref()
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.postMessage(null, [])
  await ended
}

/** An error loses its codes on the way between threads, so they travel as plain values. */
function errorOf({ message, ...codes }: Failure): unknown {
  return translateSqliteError(Object.assign(new Error(message), codes))
}

function died(fault: unknown): Error {
  return new DatabaseUnavailable('The thread of long reads ended before it answered', { cause: fault })
}

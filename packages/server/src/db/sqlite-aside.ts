// Long reads of a SQLite file, on a thread of their own: SQLite answers a statement in one go, and everybody waits meanwhile.
import { Worker } from 'node:worker_threads'
import { bind, type Bound } from './bind.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'
import { sqliteModulePath, translateSqliteError } from './sqlite-driver.ts'

// A long read takes tenths of a second, so the last of these waits as long as a caller may still be there for.
const WAITING_MAX = 100

/** Fewer than the main reader keeps: only lists come here. */
const PREPARED_MAX = 100

/**
 * Answers one statement after the other; `null` ends it. Rows are read to the end at once, so no snapshot stays open
 * between two statements and each one sees every earlier commit. The thread's code is text because a file would have one
 * name in the sources and another in the build.
 */
const READ = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require(workerData.module)
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
      return { failure: { message, code, errcode } }
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

type Reply = { rows: Record<string, unknown>[] } | { failure: { message: string; code?: string; errcode?: number } }

/** The thread starts with the first statement, and again with the next one after it died. */
export function createAside({ file, settings, waitingMax = WAITING_MAX }: AsideOptions): Aside {
  const workerData = { module: sqliteModulePath(), file, settings, preparedMax: PREPARED_MAX }
  const waiting: Statement[] = []
  let running: Statement | undefined
  let worker: Worker | undefined
  let closing: Promise<void> | undefined

  function start(): Worker {
    // Without the parent's flags: loaders of a test runner have no business in there.
    const started = new Worker(READ, { eval: true, workerData, execArgv: [] })
    let fault: unknown
    started.on('message', (reply: Reply) => {
      if ('rows' in reply) finish((statement) => statement.resolve(reply.rows))
      else finish((statement) => statement.reject(errorOf(reply.failure)))
    })
    started.once('error', (error) => (fault = error))
    started.once('exit', () => {
      worker = undefined
      finish((statement) => statement.reject(died(fault)))
    })
    return started
  }

  function finish(settle: (statement: Statement) => void): void {
    const done = running
    running = undefined
    // An idle thread keeps no process alive.
    if (!closing) worker?.unref()
    if (done) settle(done)
    next()
  }

  function next(): void {
    if (running || closing) return
    running = waiting.shift()
    if (!running) return
    worker ??= start()
    worker.ref()
    const { text, values } = running
    worker.postMessage({ text, values })
  }

  async function end(): Promise<void> {
    for (const statement of waiting.splice(0)) statement.reject(new Error('The database is closed'))
    const last = worker
    if (!last) return
    last.ref()
    const ended = new Promise((resolve) => last.once('exit', resolve))
    last.postMessage(null)
    await ended
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

/** An error loses its codes on the way between threads, so they travel as plain values. */
function errorOf({ message, ...codes }: { message: string; code?: string; errcode?: number }): unknown {
  return translateSqliteError(Object.assign(new Error(message), codes))
}

function died(fault: unknown): Error {
  return new DatabaseUnavailable('The thread of long reads ended before it answered', { cause: fault })
}

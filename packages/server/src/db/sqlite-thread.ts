// A connection to a SQLite file on a thread of its own: SQLite answers a statement in one go, and everybody waits meanwhile.
import { Worker } from 'node:worker_threads'
import { bind } from './bind.ts'
import { DatabaseUnavailable } from './errors.ts'
import { sqliteModulePath, translateSqliteError } from './sqlite-driver.ts'
import { THREAD } from './sqlite-thread-code.ts'

/** Fewer than the connections of requests keep: what comes here is of few kinds. */
const PREPARED_MAX = 100

export interface SqliteThread {
  /** Statements run in the order in which they were given, and none waits for the answer of the one before it. */
  run(text: string, parameters?: readonly unknown[], inTransaction?: boolean): Promise<Answer>
  /** When what was given is done. */
  end(): Promise<void>
}

export interface Answer {
  readonly rows: Record<string, unknown>[]
  readonly changes: number
}

export interface ThreadOptions {
  readonly file: string
  /** A script of pragmas. */
  readonly settings: string
  readonly readOnly: boolean
  readonly niceness: number
  /** What the thread is for, in the error of those whom it left without an answer. */
  readonly name: string
}

interface Failure {
  readonly message: string
  readonly code?: string
  readonly errcode?: number
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * `onEnd` is told when it has died too. It is asked to end, never terminated: the package that steps in for Node's own
 * SQLite takes the whole process down when that hits a statement. An idle thread keeps no process alive.
 */
export function startThread({ name, ...data }: ThreadOptions, onEnd: () => void): SqliteThread {
  const workerData = { ...data, module: sqliteModulePath(), preparedMax: PREPARED_MAX }
  // Without the parent's flags: loaders of a test runner have no business in there.
  const worker = new Worker(THREAD, { eval: true, workerData, execArgv: [] })
  const waiting: Waiting[] = []
  let ending = false
  let fault: unknown
  let died: DatabaseUnavailable | undefined
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.on('message', (reply: Answer | { failure: Failure }) => {
    const asked = waiting.shift()
    if (waiting.length === 0 && !ending) worker.unref()
    if ('failure' in reply) asked?.reject(errorOf(reply.failure))
    else asked?.resolve(reply)
  })
  worker.once('error', (error) => (fault = error))
  worker.once('exit', () => {
    died = new DatabaseUnavailable(`The thread of ${name} ended before it answered`, { cause: fault })
    onEnd()
    for (const { reject } of waiting.splice(0)) reject(died)
  })
  return {
    run(text, parameters = [], inTransaction = false) {
      return new Promise((resolve, reject) => {
        if (died) throw died
        const values = parameters.map(bind)
        waiting.push({ resolve, reject })
        worker.ref()
        worker.postMessage({ text, values, inTransaction }, [])
      })
    },
    end() {
      ending = true
      worker.ref()
      worker.postMessage(null, [])
      return ended
    },
  }
}

/** An error loses its codes on the way between threads, so they travel as plain values. */
function errorOf({ message, ...codes }: Failure): unknown {
  return translateSqliteError(Object.assign(new Error(message), codes))
}

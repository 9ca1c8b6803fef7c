// Long reads of a SQLite file, on a thread of their own, so that nobody else waits for them.
import { DatabaseOverloaded } from './errors.ts'
import { startThread, type Answer, type SqliteThread, type ThreadOptions } from './sqlite-thread.ts'

// A long read takes tenths of a second, so the last of these waits as long as a caller may still be there for.
const WAITING_MAX = 100

/** Where cores are few, everybody else goes first. On Linux a priority is a thread's own, elsewhere it is the whole process's. */
const NICENESS = 10

export interface Aside {
  /**
   * Rejects with `DatabaseOverloaded` when too many wait already. Rows are read to the end at once, so no snapshot stays
   * open between two statements and each one sees every earlier commit.
   */
  run(text: string, parameters: readonly unknown[]): Promise<Answer['rows']>
  /** Finishes the statement that runs, refuses those that wait. */
  close(): Promise<void>
}

type AsideOptions = Pick<ThreadOptions, 'file' | 'settings'> & { readonly waitingMax?: number }

interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
  resolve(rows: Answer['rows']): void
  reject(error: unknown): void
}

/** The thread starts with the first statement, and again with the next one after it died. */
export function createAside({ file, settings, waitingMax = WAITING_MAX }: AsideOptions): Aside {
  const options = { file, settings, readOnly: true, niceness: NICENESS, name: 'long reads' }
  const waiting: Statement[] = []
  let running = false
  let thread: SqliteThread | undefined
  let closing: Promise<void> | undefined

  function next(): void {
    const statement = running || closing ? undefined : waiting.shift()
    if (!statement) return
    running = true
    const { text, parameters, resolve, reject } = statement
    thread ??= startThread(options, () => (thread = undefined))
    thread
      .run(text, parameters)
      .then(({ rows }) => resolve(rows), reject)
      .finally(() => {
        running = false
        next()
      })
  }

  async function end(): Promise<void> {
    for (const statement of waiting.splice(0)) statement.reject(new Error('The database is closed'))
    await thread?.end()
  }

  return {
    async run(text, parameters) {
      if (closing) throw new Error('The database is closed')
      if (waiting.length >= waitingMax) throw new DatabaseOverloaded(waiting.length)
      return new Promise((resolve, reject) => {
        waiting.push({ text, parameters, resolve, reject })
        next()
      })
    },
    close: () => (closing ??= end()),
  }
}

// Connections to PostgreSQL: how many, with which settings, and which of them may be used again.
import pg from 'pg'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'
import { translatePostgresError } from './postgres-errors.ts'
import { valueTypes } from './postgres-statements.ts'

// The default of PostgreSQL is 100 connections for all its clients, so several processes fit.
const POOL_SIZE = 10
// Ten connections work these off in a second or so; more is only a longer wait for a failure.
const WAITING_MAX = 1000
const CONNECT_MS = 5000
// No statement of a request may take this long: lists are paged and migrations have connections of their own.
const STATEMENT_MS = 15_000
// For a server that is gone without a word: a little more than it gives itself.
const SILENCE_MS = 20_000
const IDLE_IN_TRANSACTION_MS = 15_000

export interface Pool {
  /** Runs `use` with a connection of its own, which is dropped when it broke or when `use` says so by `drop`. */
  withClient<T>(use: (client: pg.ClientBase, drop: () => void) => Promise<T>): Promise<T>
  readonly waiting: number
  readonly size: number
  close(): Promise<void>
}

export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types: valueTypes,
    application_name: 'narthex',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  }
}

export function createPool(url: string, size: number = POOL_SIZE, onError: (error: unknown) => void): Pool {
  // The type of the options does not know `onConnect` yet.
  const config: pg.PoolConfig & { onConnect: (client: pg.ClientBase) => Promise<void> } = {
    ...clientConfig(url),
    max: size,
    query_timeout: SILENCE_MS,
    onConnect: prepareSession,
  }
  const pool = new pg.Pool(config)
  // Without a listener an idle connection that breaks ends the process.
  pool.on('error', onError)
  let inUse = 0
  let closing: Promise<void> | undefined
  let allReturned: (() => void) | undefined

  async function close() {
    if (inUse > 0) await new Promise<void>((resolve) => (allReturned = resolve))
    await pool.end()
  }

  return {
    async withClient(use) {
      let dropped = false
      inUse += 1
      try {
        if (closing) throw new DatabaseUnavailable('The database is closed')
        const client = await take(pool)
        try {
          return await use(client, () => (dropped = true))
        } catch (error) {
          dropped ||= error instanceof DatabaseUnavailable
          throw error
        } finally {
          client.release(dropped)
        }
      } finally {
        inUse -= 1
        if (inUse === 0) allReturned?.()
      }
    },
    get waiting() {
      return pool.waitingCount
    },
    size,
    close: () => (closing ??= close()),
  }
}

async function take(pool: pg.Pool): Promise<pg.PoolClient> {
  if (pool.waitingCount >= WAITING_MAX) throw new DatabaseOverloaded(pool.waitingCount)
  try {
    return await pool.connect()
  } catch (error) {
    throw translatePostgresError(error)
  }
}

/** Read-only by default, so that a write outside of `Database.write` is refused by the server, as SQLite refuses it. */
async function prepareSession(client: pg.ClientBase): Promise<void> {
  // Nor may one that breaks in use end it: its statement fails, which is all that is needed.
  client.on('error', () => {})
  await client.query(`
    set default_transaction_read_only = on;
    set statement_timeout = ${STATEMENT_MS};
    set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}
  `)
}

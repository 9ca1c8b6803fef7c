// A PostgreSQL database as a Database: pooled connections, repeated transactions, news over LISTEN and NOTIFY.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CompiledQuery, DatabaseConnection } from 'kysely'
import pg from 'pg'
import type { Database, Tx } from './database.ts'
import { DatabaseUnavailable } from './errors.ts'
import { applyMigrations, type Migrations } from './migrate.ts'
import { migrations as released } from './migrations/index.ts'
import { createNews } from './news.ts'
import type { DatabaseOptions } from './options.ts'
import { isRepeatable, isStalePlan, translatePostgresError } from './postgres-errors.ts'
import { openNewsFeed } from './postgres-news.ts'
import { clientConfig, createPool, type Pool } from './postgres-pool.ts'
import { createStatements, migratingConnection, postgresHandles, type Statements } from './postgres-statements.ts'
import { attemptTransaction } from './postgres-transaction.ts'
import { noStreams } from './transaction-connection.ts'
import { runHooks } from './transaction-hooks.ts'

// Each loser of a collision waits longer by chance, so five are enough unless everybody writes the same row.
const ATTEMPTS_MAX = 5
const PAUSE_MS = 10

export async function openPostgresDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const onError = options.onError ?? (() => {})
  const origin = randomUUID()
  const news = createNews(onError)
  const pool = createPool(url, options.poolSize, onError)
  const statements = createStatements(options.onStatement)
  const read = postgresHandles.reading(readingConnection(pool, statements))
  // Every statement has a connection of its own anyway. What callers filter by makes statements of endless variety, which
  // would use up the names of those that are asked all the time.
  const aside = postgresHandles.reading(readingConnection(pool, createStatements(options.onStatement, 0)))
  const feed = await openNewsFeed(url, origin, news, onError)
  const counts = { transactions: 0, commits: 0 }
  let closing: Promise<void> | undefined

  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { value, hooks } = await repeating(() => {
      return pool.withClient((client, drop) => {
        counts.transactions += 1
        return attemptTransaction({ client, drop, statements, origin }, work)
      })
    })
    counts.commits += 1
    runHooks(hooks, news, onError)
    return value
  }

  return {
    read,
    aside,
    write,
    writeAside: write,
    subscribe: news.subscribe,
    get listening() {
      return feed.listening
    },
    get busy() {
      return pool.waiting >= pool.size
    },
    migrate: () => migratePostgres(url, options.migrations ?? released),
    settle: () => settlePostgres(url),
    ping: () => ping(pool),
    backup: () =>
      Promise.reject(new Error('PostgreSQL is backed up with pg_dump, or with the backups of its provider')),
    stats: () => ({ writesWaiting: pool.waiting, ...counts }),
    close: () => (closing ??= Promise.all([feed.close(), pool.close()]).then(() => {})),
  }
}

function readingConnection(pool: Pool, statements: Statements): DatabaseConnection {
  const executeQuery = <R>(query: CompiledQuery) => {
    const run = () => pool.withClient((client) => statements.run<R>(client, query))
    // The second run prepares the statement afresh.
    return run().catch((error: unknown) => (isStalePlan(error) ? run() : Promise.reject(error)))
  }
  return { executeQuery, streamQuery: noStreams }
}

async function repeating<T>(attempt: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isRepeatable(error)) throw error
      if (attempts === ATTEMPTS_MAX) {
        throw new DatabaseUnavailable(`The transaction collided with others ${attempts} times`, { cause: error })
      }
    }
    await sleep(PAUSE_MS * 2 ** attempts * Math.random())
  }
}

async function ping(pool: Pool): Promise<void> {
  await pool.withClient(async (client) => {
    await client.query('select 1').catch((error: unknown) => Promise.reject(translatePostgresError(error)))
  })
}

/** On a connection of its own: it may take longer than a statement of a request ever may. */
async function migratePostgres(url: string, migrations: Migrations): Promise<string[]> {
  const client = new pg.Client(clientConfig(url))
  client.on('error', () => {})
  try {
    await client.connect()
    // Held until the transaction ends: another starting process waits here, and then finds nothing left to do.
    await client.query("begin; select pg_advisory_xact_lock(hashtext('narthex'), hashtext('migrations'))")
    const db = postgresHandles.migrating(migratingConnection(client))
    const applied = await applyMigrations(db, 'postgres', migrations)
    await client.query('commit')
    return applied
  } catch (error) {
    throw translatePostgresError(error)
  } finally {
    // Ends an open transaction too.
    await client.end().catch(() => {})
  }
}

/** The visibility of new rows, pending entries of the text indexes and the statistics. On a connection of its own, as migrations are. */
async function settlePostgres(url: string): Promise<void> {
  const client = new pg.Client(clientConfig(url))
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('vacuum (analyze)')
  } catch (error) {
    throw translatePostgresError(error)
  } finally {
    await client.end().catch(() => {})
  }
}

// A SQLite file as a Database: one connection that writes, one that reads, one that reads aside, durable and guarded.
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Database, OnStatement } from './database.ts'
import { applyMigrations, type Migrations } from './migrate.ts'
import { migrations as released } from './migrations/index.ts'
import { createNews, type News } from './news.ts'
import type { DatabaseOptions } from './options.ts'
import { createAside } from './sqlite-aside.ts'
import { backupSqlite } from './sqlite-backup.ts'
import { beginImmediate, BUSY_TIMEOUT_MS, rollback, whenFree } from './sqlite-begin.ts'
import { openSqlite, type SqliteConnection } from './sqlite-driver.ts'
import { asideConnection, migratingConnection, readingConnection, sqliteHandles } from './sqlite-handles.ts'
import { textIndexer } from './sqlite-search.ts'
import { createWriter, WRITER_LIMITS } from './sqlite-writer.ts'

// Readers do not wait for a writer; the timeout is for the rare moments of recovery, which are short.
const READING = `
  pragma busy_timeout = 5000;
  pragma cache_size = -65536;
  pragma mmap_size = 0;
  pragma temp_store = memory;
`
const OPEN_MS = 10_000
// Another process's migration may rebuild a large table; this one waits for it rather than fail to start.
const MIGRATION_MS = 300_000
const OTHER_PROCESSES_MS = 250

export async function openSqliteDatabase(file: string, options: DatabaseOptions = {}): Promise<Database> {
  if (file === '' || file.startsWith(':'))
    throw new Error('SQLite needs a file: transactions and reads use two connections')
  // Absolute, so that a later change of the working directory does not lead backups to another file.
  const path = resolve(file)
  const onError = options.onError ?? (() => {})
  const news = createNews(onError)
  const { onStatement } = options
  const connection = await openWriting(path, onStatement)
  const reader = await openReading(path, onStatement).catch((error: unknown) => {
    connection.close()
    throw error
  })
  const limits = { ...WRITER_LIMITS, ...options.limits }
  const indexTexts = textIndexer(connection)
  const beforeCommit = () => {
    indexTexts()
    options.beforeCommit?.()
  }
  const writer = createWriter({ connection, limits, news, onError, beforeCommit })
  const read = sqliteHandles.reading(readingConnection(reader))
  const aside = createAside({ file: path, settings: READING })
  const stopWatching = watchOtherProcesses(connection, news, onError)
  let closing: Promise<void> | undefined

  async function close() {
    stopWatching()
    await writer.close()
    // Before the connection that writes: the last one to close tidies the files up, which a reader cannot.
    await aside.close()
    reader.close()
    connection.close()
  }

  return {
    read,
    aside: sqliteHandles.reading(asideConnection(aside, onStatement)),
    write: writer.write,
    subscribe: news.subscribe,
    listening: true,
    get busy() {
      return writer.stats().writesWaiting >= limits.batchMax
    },
    migrate: () => migrateSqlite(path, options.migrations ?? released),
    ping: async () => void reader.run('select name from sqlite_schema limit 1'),
    backup: (to) => backupSqlite(path, to),
    stats: writer.stats,
    close: () => (closing ??= close()),
  }
}

async function openWriting(path: string, onStatement: OnStatement | undefined): Promise<SqliteConnection> {
  createPrivate(path)
  const connection = await openSqlite(path, { onStatement })
  try {
    connection.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
    // Switching to WAL needs the file for itself, and several processes may start at once.
    await whenFree(OPEN_MS, () => connection.exec('pragma journal_mode = wal'))
    const mode = connection.run('pragma journal_mode').rows[0]?.journal_mode
    if (mode !== 'wal') throw new Error(`SQLite could not switch to write-ahead logging, it stays with ${mode}`)
    // FULL syncs the log at each commit. The default of a WAL database may be NORMAL, which loses commits in a power cut.
    // Secure deletion writes zeros over what is removed, so that what erasure takes back cannot be read in the file.
    connection.exec(`
      pragma synchronous = full;
      pragma secure_delete = on;
      pragma foreign_keys = on;
      pragma journal_size_limit = 67108864;
      pragma cache_size = -65536;
      pragma mmap_size = 0;
      pragma temp_store = memory;
    `)
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Only the owner may read it; SQLite gives the files beside it the same mode. An existing file must not even be opened:
 * closing it again would drop the locks that another connection of this process holds on it.
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

async function openReading(path: string, onStatement: OnStatement | undefined): Promise<SqliteConnection> {
  const connection = await openSqlite(path, { readOnly: true, onStatement })
  connection.exec(READING)
  return connection
}

/** Asked on the writing connection the number changes by commits of others only, never by its own. */
function watchOtherProcesses(connection: SqliteConnection, news: News, onError: (error: unknown) => void): () => void {
  const version = () => connection.run('pragma data_version').rows[0]?.data_version
  let seen = version()
  const timer = setInterval(() => {
    try {
      const now = version()
      if (now === seen) return
      seen = now
    } catch (error) {
      onError(error)
    }
    news.tellMissed()
  }, OTHER_PROCESSES_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * On a connection of its own: rebuilding a table, which SQLite's ALTER TABLE needs, is only possible while foreign keys
 * are not enforced, and that cannot be switched inside a transaction. They are checked before the commit instead.
 */
async function migrateSqlite(path: string, migrations: Migrations): Promise<string[]> {
  const connection = await openSqlite(path)
  try {
    connection.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma foreign_keys = off; pragma synchronous = full`)
    await beginImmediate(connection, MIGRATION_MS)
    const applied = await applyMigrations(
      sqliteHandles.migrating(migratingConnection(connection)),
      'sqlite',
      migrations,
    )
    if (applied.length > 0) refuseBrokenReferences(connection)
    connection.exec('commit')
    return applied
  } finally {
    rollback(connection)
    connection.close()
  }
}

function refuseBrokenReferences(connection: SqliteConnection): void {
  const [broken] = connection.run('pragma foreign_key_check').rows
  if (broken) throw new Error(`A migration broke a reference of ${broken.table} to ${broken.parent}`)
}

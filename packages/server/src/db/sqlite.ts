// A SQLite file as a Database: a connection that writes, one that reads, and one of each on a thread of its own; durable and guarded.
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Database, OnStatement } from './database.ts'
import { migrations as released } from './migrations/index.ts'
import { createNews, type News } from './news.ts'
import type { DatabaseOptions } from './options.ts'
import { createAside } from './sqlite-aside.ts'
import { backupSqlite } from './sqlite-backup.ts'
import { BUSY_TIMEOUT_MS, whenFree } from './sqlite-begin.ts'
import { openSqlite, type SqliteConnection } from './sqlite-driver.ts'
import { asideConnection, readingConnection, sqliteHandles } from './sqlite-handles.ts'
import { migrateSqlite } from './sqlite-migrate.ts'
import { READING, WRITING, WRITING_ASIDE } from './sqlite-settings.ts'
import { textIndexer } from './sqlite-search.ts'
import { createWriter, WRITER_LIMITS } from './sqlite-writer.ts'
import { createWriterAside } from './sqlite-writer-aside.ts'

const OPEN_MS = 10_000
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
  const writer = createWriter({ connection, limits, news, onError, beforeCommit: beforeCommits(connection, options) })
  const read = sqliteHandles.reading(readingConnection(reader))
  const aside = createAside({ file: path, settings: READING })
  const writerAside = createWriterAside({ file: path, settings: WRITING_ASIDE, news, onError })
  const stopWatching = watchOtherProcesses(connection, news, onError)
  let closing: Promise<void> | undefined

  async function close() {
    stopWatching()
    await writer.close()
    // Before the connection that writes: the last one to close tidies the files up, which a reader cannot.
    await Promise.all([aside.close(), writerAside.close()])
    reader.close()
    connection.close()
  }

  return {
    read,
    aside: sqliteHandles.reading(asideConnection(aside, onStatement)),
    write: writer.write,
    writeAside: writerAside.write,
    subscribe: news.subscribe,
    listening: true,
    get busy() {
      return writer.stats().writesWaiting >= limits.batchMax
    },
    migrate: () => migrateSqlite(path, options.migrations ?? released),
    // Plans follow from the indexes alone, and the log is written back as it grows.
    settle: async () => {},
    ping: async () => void reader.run('select name from sqlite_schema limit 1'),
    backup: (to) => backupSqlite(path, to),
    stats: writer.stats,
    close: () => (closing ??= close()),
  }
}

function beforeCommits(connection: SqliteConnection, options: DatabaseOptions): () => void {
  const indexTexts = textIndexer(connection)
  return () => {
    indexTexts()
    options.beforeCommit?.()
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
    connection.exec(WRITING)
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

// Lets Kysely, and so better-auth, use the SQLite library that Narthex uses. Statements stay prepared, as they do in Narthex.
import { DatabaseSync } from '@photostructure/sqlite'
import { SqliteDialect } from 'kysely'

/** @param {string} file */
export function openSqlite(file) {
  const database = new DatabaseSync(file)
  // As safe as Narthex's own: a write that was answered survives a power cut.
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  return database
}

/** @param {import('@photostructure/sqlite').DatabaseSyncInstance} database */
export function sqliteDialect(database) {
  /** @type {Map<string, import('kysely').SqliteStatement>} */
  const prepared = new Map()
  return new SqliteDialect({
    database: {
      prepare(text) {
        const known = prepared.get(text) ?? statementOf(database, text)
        prepared.set(text, known)
        return known
      },
      close: () => database.close(),
    },
  })
}

/**
 * @param {import('@photostructure/sqlite').DatabaseSyncInstance} database
 * @param {string} text
 * @returns {import('kysely').SqliteStatement}
 */
function statementOf(database, text) {
  const statement = database.prepare(text)
  const bound = (/** @type {readonly unknown[]} */ values) => /** @type {any[]} */ (values)
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...bound(values)),
    run: (values) => statement.run(...bound(values)),
    iterate: (values) => /** @type {any} */ (statement.iterate(...bound(values))),
  }
}

// Migrations of a SQLite file.
import { applyMigrations, type Migrations } from './migrate.ts'
import { beginImmediate, BUSY_TIMEOUT_MS, rollback } from './sqlite-begin.ts'
import { openSqlite, type SqliteConnection } from './sqlite-driver.ts'
import { migratingConnection, sqliteHandles } from './sqlite-handles.ts'

// Another process's migration may rebuild a large table; this one waits for it rather than fail to start.
const MIGRATION_MS = 300_000

/**
 * On a connection of its own: rebuilding a table, which SQLite's ALTER TABLE needs, is only possible while foreign keys
 * are not enforced, and that cannot be switched inside a transaction. They are checked before the commit instead.
 */
export async function migrateSqlite(path: string, migrations: Migrations): Promise<string[]> {
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

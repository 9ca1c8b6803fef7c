// Runs the migrations that a database has not seen yet, inside a transaction that the caller holds a lock in.
import { Migrator, type Kysely, type Migration } from 'kysely'
import { hasTable } from './has-table.ts'

/** By name, in the order of the names. */
export type Migrations = Record<string, (dialect: 'sqlite' | 'postgres') => Migration>

// Names of their own, so that another application's migrations in the same PostgreSQL database are not mistaken for ours.
const TABLE = 'narthex_migrations'
const LOCK_TABLE = 'narthex_migrations_lock'

/** Returns the names applied. `db` writes inside one transaction, which must be rolled back when this rejects. */
export async function applyMigrations(
  db: Kysely<any>,
  dialect: 'sqlite' | 'postgres',
  migrations: Migrations,
): Promise<string[]> {
  const applied = await appliedNames(db)
  refuseNewerDatabase(applied, migrations)
  // Most starts find everything done. The library would look at every table to tell.
  if (applied.length === Object.keys(migrations).length) return []
  const provided = Object.entries(migrations).map(([name, migration]) => [name, migration(dialect)] as const)
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(provided)) },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
    // The caller's transaction is around everything, the bookkeeping tables included.
    disableTransactions: true,
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return (results ?? []).map((result) => result.migrationName)
}

async function appliedNames(db: Kysely<any>): Promise<string[]> {
  if (!(await hasTable(db, TABLE))) return []
  const applied: { name: string }[] = await db.selectFrom(TABLE).select('name').execute()
  return applied.map(({ name }) => name)
}

/** An older version would misread a newer schema, so it must not start; the names tell which version is needed. */
function refuseNewerDatabase(applied: readonly string[], migrations: Migrations): void {
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name))
  if (unknown.length === 0) return
  throw new Error(
    `The database was brought up to a newer version: it holds ${unknown.toSorted().join(', ')}, which this version does not ` +
      'know. Start that version again, or restore a backup made before it',
  )
}

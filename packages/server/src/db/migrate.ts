// Runs the migrations that a database has not seen yet, inside a transaction that the caller holds a lock in.
import { Migrator, type Kysely, type Migration } from 'kysely'

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
  await refuseNewerDatabase(db, migrations)
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

/** An older version would misread a newer schema, so it must not start; the names tell which version is needed. */
async function refuseNewerDatabase(db: Kysely<any>, migrations: Migrations): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === TABLE)) return
  const applied: { name: string }[] = await db.selectFrom(TABLE).select('name').execute()
  const unknown = applied.map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name))
  if (unknown.length === 0) return
  throw new Error(
    `The database was brought up to a newer version: it holds ${unknown.sort().join(', ')}, which this version does not ` +
      'know. Start that version again, or restore a backup made before it',
  )
}

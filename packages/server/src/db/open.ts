// From the address of a database to the database.
import type { Database } from './database.ts'
import type { DatabaseOptions } from './options.ts'

/** `sqlite:PATH` or `postgres://…`. PostgreSQL need not be reachable yet; a SQLite file is created when missing. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  // Only the driver in use is loaded: a start takes as long as what it reads.
  if (url.startsWith('sqlite:')) {
    const { openSqliteDatabase } = await import('./sqlite.ts')
    return await openSqliteDatabase(url.slice('sqlite:'.length), options)
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgresDatabase } = await import('./postgres.ts')
    return await openPostgresDatabase(url, options)
  }
  // Without the address itself, which may hold a password.
  throw new Error('The address of the database must begin with sqlite: or postgres://')
}

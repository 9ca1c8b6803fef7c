// From the address of a database to the database.
import type { Database } from './database.ts'
import type { DatabaseOptions } from './options.ts'
import { openPostgresDatabase } from './postgres.ts'
import { openSqliteDatabase } from './sqlite.ts'

/** `sqlite:PATH` or `postgres://…`. PostgreSQL need not be reachable yet; a SQLite file is created when missing. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  if (url.startsWith('sqlite:')) return await openSqliteDatabase(url.slice('sqlite:'.length), options)
  if (/^postgres(ql)?:\/\//.test(url)) return await openPostgresDatabase(url, options)
  // Without the address itself, which may hold a password.
  throw new Error('The address of the database must begin with sqlite: or postgres://')
}

// Many rows in few statements, for whoever writes thousands at once.
import type { CompiledQuery, Insertable } from 'kysely'
import type { Db, Tx } from './database.ts'
import type { Schema } from './schema.ts'

/** A power of two. 1,024 rows of the widest table are 28,672 values; SQLite takes 32,766 and PostgreSQL 65,535. */
const rowsMax = 1024

/**
 * Splits by powers of two, so that lists of every length share eleven prepared statements a table. All rows have the
 * columns of the first, in any order.
 */
export async function insertMany<T extends keyof Schema>(tx: Tx, table: T, rows: readonly Insertable<Schema[T]>[]) {
  const columns = Object.keys(rows[0] ?? {})
  for (let done = 0; done < rows.length;) {
    const length = Math.min(rowsMax, 2 ** Math.floor(Math.log2(rows.length - done)))
    const parameters: unknown[] = []
    for (const row of rows.slice(done, done + length) as Record<string, unknown>[]) {
      for (const column of columns) parameters.push(row[column])
    }
    await tx.executeQuery({ ...insertOf(tx, table, columns, length), parameters })
    done += length
  }
}

const kept = new WeakMap<object, Map<string, CompiledQuery>>()

/** Compiling a statement of a thousand rows takes as long as running it, so it is done once for each kind of database. */
function insertOf(db: Db, table: string, columns: readonly string[], length: number): CompiledQuery {
  const { adapter } = db.getExecutor()
  const ofDatabase = kept.get(adapter) ?? new Map<string, CompiledQuery>()
  kept.set(adapter, ofDatabase)
  const key = `${table} ${length} ${columns.join()}`
  const known = ofDatabase.get(key)
  if (known) return known
  const row = Object.fromEntries(columns.map((column) => [column, '']))
  const values = Array.from({ length }, () => row)
  const compiled = db
    .insertInto(table as any)
    .values(values as any)
    .compile() // eslint-disable-line -- a builder cannot follow a table name that is a parameter
  ofDatabase.set(key, compiled)
  return compiled
}

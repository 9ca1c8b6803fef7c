// Many rows in few statements, for whoever writes thousands at once.
import type { Insertable } from 'kysely'
import type { Tx } from './database.ts'
import { insertOf } from './insert-statements.ts'
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

// Many rows in few statements, for whoever writes thousands at once.
import type { Insertable } from 'kysely'
import type { Tx } from './database.ts'
import { insertOne } from './insert-one.ts'
import type { Schema } from './schema.ts'

/** A power of two. 128 rows of the widest table are 3,900 values; both databases take eight times as many. */
const rowsMax = 128

/** Splits by powers of two, so that lists of every length share eight prepared statements a table. */
export async function insertMany<T extends keyof Schema>(tx: Tx, table: T, rows: readonly Insertable<Schema[T]>[]) {
  if (rows.length === 1) return insertOne(tx, table, rows[0] as Insertable<Schema[T]>)
  for (let done = 0; done < rows.length;) {
    const length = Math.min(rowsMax, 2 ** Math.floor(Math.log2(rows.length - done)))
    const part = rows.slice(done, done + length)
    await tx
      .insertInto(table as any)
      .values(part as any)
      .execute() // eslint-disable-line -- a builder cannot follow a table name that is a parameter
    done += length
  }
}

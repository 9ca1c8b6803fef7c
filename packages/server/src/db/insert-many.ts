// Many rows in few statements, for whoever writes thousands at once.
import type { Insertable } from 'kysely'
import type { Tx } from './database.ts'
import { insertOfJson, rowsAsJson, takesJson } from './insert-json.ts'
import { insertOf } from './insert-statements.ts'
import type { Schema } from './schema.ts'

/** A power of two. 1,024 rows of the widest table are 28,672 values; SQLite takes 32,766 and PostgreSQL 65,535. */
const rowsMax = 1024

interface Many<T extends keyof Schema> {
  readonly table: T
  /** All with the columns of the first, in any order. */
  readonly rows: readonly Insertable<Schema[T]>[]
  /** Rows whose place is taken are left out. */
  readonly untaken?: boolean
}

/** Answers how many were inserted. */
async function insertRows<T extends keyof Schema>(tx: Tx, { table, rows, untaken = false }: Many<T>): Promise<number> {
  const columns = Object.keys(rows[0] ?? {})
  const asJson = takesJson(tx)
  const inserting: ReturnType<Tx['executeQuery']>[] = []
  for (let done = 0; done < rows.length;) {
    // By powers of two, so that lists of every length share eleven prepared statements a table.
    const length = Math.min(rowsMax, asJson ? rows.length - done : 2 ** Math.floor(Math.log2(rows.length - done)))
    const part = rows.slice(done, done + length) as Record<string, unknown>[]
    const statement = asJson
      ? { ...insertOfJson(tx, table, columns, untaken), parameters: [rowsAsJson(part)] }
      : { ...insertOf(tx, { table, columns, length, untaken }), parameters: valuesOf(part, columns) }
    inserting.push(tx.executeQuery(statement))
    done += length
  }
  const results = await Promise.all(inserting)
  return results.reduce((sum, { numAffectedRows }) => sum + Number(numAffectedRows), 0)
}

function valuesOf(rows: readonly Record<string, unknown>[], columns: readonly string[]): unknown[] {
  const values: unknown[] = []
  for (const row of rows) for (const column of columns) values.push(row[column])
  return values
}

export async function insertMany<T extends keyof Schema>(tx: Tx, table: T, rows: readonly Insertable<Schema[T]>[]) {
  await insertRows(tx, { table, rows })
}

/** The same for rows that others may stand in the way of. Answers how many were inserted. */
export function insertUntaken<T extends keyof Schema>(tx: Tx, table: T, rows: readonly Insertable<Schema[T]>[]) {
  return insertRows(tx, { table, rows, untaken: true })
}

// One row, inserted by a statement that is kept for its table and columns.
import type { Insertable } from 'kysely'
import type { Tx } from './database.ts'
import { prepared } from './prepared.ts'
import type { Schema } from './schema.ts'

type Insert = (tx: Tx, row: Readonly<Record<string, unknown>>) => Promise<unknown[]>

/** A table's rows come with the same columns from wherever they are made, so there are hardly more of these than tables. */
const inserts = new Map<string, Insert>()

export async function insertOne<T extends keyof Schema>(tx: Tx, table: T, row: Insertable<Schema[T]>): Promise<void> {
  const columns = Object.keys(row)
  const name = `${table} ${columns.join()}`
  let insert = inserts.get(name)
  if (!insert) inserts.set(name, (insert = insertInto(table, columns)))
  await insert(tx, row)
}

function insertInto(table: keyof Schema, columns: readonly string[]): Insert {
  return prepared((values: Readonly<Record<string, unknown>>, db) => {
    const row = Object.fromEntries(columns.map((column) => [column, values[column]]))
    return db.insertInto(table as any).values(row as any) // eslint-disable-line -- a builder cannot follow a table name that is a parameter
  })
}

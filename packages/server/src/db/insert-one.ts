// One row, inserted by a statement that is kept for its table and columns.
import type { Insertable } from 'kysely'
import type { Tx } from './database.ts'
import { insertOf } from './insert-statements.ts'
import type { Schema } from './schema.ts'

export async function insertOne<T extends keyof Schema>(tx: Tx, table: T, row: Insertable<Schema[T]>): Promise<void> {
  await tx.executeQuery({
    ...insertOf(tx, { table, columns: Object.keys(row), length: 1 }),
    parameters: Object.values(row),
  })
}

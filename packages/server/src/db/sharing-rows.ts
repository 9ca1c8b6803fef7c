// What `sharing` does to a query, at the end of a statement in SQL.
import { SqliteAdapter, sql, type RawBuilder } from 'kysely'
import type { Db } from './database.ts'

/** Keeps the rows of the tables of these names from being removed or locked until the transaction ends. */
export function sharingRows(db: Db, ...names: readonly string[]): RawBuilder<unknown> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) return sql``
  return sql`for key share of ${sql.join(names.map((name) => sql.id(name)))}`
}

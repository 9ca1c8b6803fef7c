// Rows as one JSON text: on PostgreSQL handing over each value for itself costs three times as much, and takes a statement for each
// number of rows.
import { PostgresAdapter, sql, type CompiledQuery } from 'kysely'
import { bind } from './bind.ts'
import type { Db } from './database.ts'

export function takesJson(db: Db): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}

const kept = new Map<string, CompiledQuery>()

/** Columns that are not among these keep their defaults. */
export function insertOfJson(db: Db, table: string, columns: readonly string[], untaken: boolean): CompiledQuery {
  const key = `${untaken} ${table} ${columns.join()}`
  let statement = kept.get(key)
  if (!statement) {
    const names = sql.join(columns.map((name) => sql.id(name)))
    const rows = sql`json_populate_recordset(null::${sql.table(table)}, ${''}::json)`
    const query = sql`insert into ${sql.table(table)} (${names}) select ${names} from ${rows}`
    statement = (untaken ? sql`${query} on conflict do nothing` : query).compile(db)
    kept.set(key, statement)
  }
  return statement
}

/** Refuses what would mean something else in JSON than as a value of its own. */
export function rowsAsJson(rows: readonly object[]): string {
  for (const row of rows) {
    for (const value of Object.values(row)) {
      const bound = bind(value)
      if (bound !== value || typeof bound === 'bigint' || bound instanceof Uint8Array) {
        throw new TypeError(`Cannot insert a ${typeof value} with many rows: pass text, a number or null`)
      }
    }
  }
  return JSON.stringify(rows)
}

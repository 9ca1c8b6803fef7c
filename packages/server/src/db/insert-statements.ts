// The statements that insert rows, kept for their table, columns and number of rows.
import type { CompiledQuery } from 'kysely'
import type { Db } from './database.ts'

/** One for each list of columns that a table's rows come with, which hardly ever are two. */
interface Inserts {
  readonly columns: readonly string[]
  readonly byLength: Map<number, CompiledQuery>
}

const kept = new WeakMap<object, Map<string, Inserts[]>>()

interface Insert {
  readonly table: string
  readonly columns: readonly string[]
  /** How many rows. */
  readonly length: number
  /** Rows whose place is taken are left out. */
  readonly untaken?: boolean
}

/** Compiling a statement of a thousand rows takes as long as running it, so it is done once for each kind of database. */
export function insertOf(db: Db, insert: Insert): CompiledQuery {
  const { table, columns, length, untaken } = insert
  const { byLength } = insertsOf(db, insert)
  const known = byLength.get(length)
  if (known) return known
  const row = Object.fromEntries(columns.map((column) => [column, '']))
  const values = Array.from({ length }, () => row)
  const compiled = db
    .insertInto(table as any)
    .values(values as any) // eslint-disable-line -- a builder cannot follow a table name that is a parameter
    .$if(untaken === true, (q) => q.onConflict((c) => c.doNothing()))
    .compile()
  byLength.set(length, compiled)
  return compiled
}

/** Found by comparing the columns: a key made of their names would have to be made for each row. */
function insertsOf(db: Db, { table, columns, untaken }: Insert): Inserts {
  const { adapter } = db.getExecutor()
  let ofDatabase = kept.get(adapter)
  if (!ofDatabase) kept.set(adapter, (ofDatabase = new Map()))
  const key = untaken ? `${table} untaken` : table
  let ofTable = ofDatabase.get(key)
  if (!ofTable) ofDatabase.set(key, (ofTable = []))
  let found = ofTable.find(
    (known) => known.columns.length === columns.length && known.columns.every((name, i) => name === columns[i]),
  )
  if (!found) ofTable.push((found = { columns, byLength: new Map() }))
  return found
}

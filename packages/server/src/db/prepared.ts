// Statements whose text never changes: built and compiled once for each kind of database, then only given their values.
import { PostgresAdapter, sql, type CompiledQuery, type RawBuilder } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Db } from './database.ts'

/** A builder's query as well as one written in SQL. */
interface Query<Row> {
  compile(db: Db): CompiledQuery<Row>
}

type Prepared<Row> = (values: Readonly<Record<string, unknown>>) => CompiledQuery<Row>

/** Stands in the query for a value that comes with each call. */
class Slot {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** A text that depended on a value would be the first caller's for everybody. */
  [Symbol.toPrimitive](): never {
    throw new TypeError(`The value ${this.name} of a prepared statement is not known while it is built`)
  }
}

const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) })

/**
 * Building and compiling a query costs several times what the database takes for a row of it. `build` is therefore called
 * once: its `values` are stand-ins that may only be handed to the query, never looked at.
 */
export function prepared<Values extends object, Row>(
  build: (values: Values, db: Db) => Query<Row>,
): (db: Db, values: Values) => Promise<Row[]> {
  const kept = new WeakMap<object, Prepared<Row>>()
  return async (db, values) => {
    const { adapter } = db.getExecutor()
    let statement = kept.get(adapter)
    if (!statement) {
      statement = filling(build(slots as Values, db).compile(db))
      kept.set(adapter, statement)
    }
    return (await db.executeQuery(statement(values as Readonly<Record<string, unknown>>))).rows
  }
}

/**
 * The same for rows of many texts and whole numbers: PostgreSQL hands each over as one JSON text, because reading forty values from
 * its protocol costs more than everything else that a request does with them.
 */
export function preparedWide<Values extends object, Row>(
  build: (values: Values, db: Db) => RawBuilder<Row>,
): (db: Db, values: Values) => Promise<Row[]> {
  const plain = prepared(build)
  const asJson = prepared(
    (values: Values, db) =>
      sql<{ row: string }>`select row_to_json(wide)::text as row from (${build(values, db)}) wide`,
  )
  return async (db, values) =>
    db.getExecutor().adapter instanceof PostgresAdapter
      ? (await asJson(db, values)).map(({ row }) => JSON.parse(row) as Row)
      : plain(db, values)
}

function filling<Row>(query: CompiledQuery<Row>): Prepared<Row> {
  const { parameters } = query
  return (values) => ({
    ...query,
    parameters: parameters.map((parameter) => (parameter instanceof Slot ? values[parameter.name] : parameter)),
  })
}

/** Callers may combine filters as they like; the shapes in use are few. */
const shapesMax = 200

/**
 * The same for a query that depends on which of its values are given: one statement is kept for each shape. Texts and
 * numbers are stand-ins for `build`; what is absent, null, true or false, and the lengths of lists, are the shape.
 */
export function preparedByShape<Values extends object, Row>(
  build: (values: Values, db: Db) => Query<Row>,
): (db: Db, values: Values) => Promise<Row[]> {
  const kept = new LRUCache<string, (db: Db, values: object) => Promise<Row[]>>({ max: shapesMax })
  return (db, values) => {
    const given: unknown[] = []
    const shape = JSON.stringify(values, (_, value: unknown) => {
      if (typeof value !== 'string' && typeof value !== 'number') return value
      return `$${given.push(value)}`
    })
    let statement = kept.get(shape)
    if (!statement) {
      const standIns = JSON.parse(shape, (_, value: unknown) =>
        typeof value === 'string' ? new Slot(String(Number(value.slice(1)) - 1)) : value,
      ) as Values
      statement = prepared((_, ofDb) => build(standIns, ofDb))
      kept.set(shape, statement)
    }
    return statement(db, given)
  }
}

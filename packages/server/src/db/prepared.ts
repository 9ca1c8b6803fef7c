// Statements whose text never changes: built and compiled once for each kind of database, then only given their values.
import type { CompiledQuery } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Db } from './database.ts'
import { StandIn } from './stand-in.ts'

/** A builder's query as well as one written in SQL. */
interface Query<Row> {
  compile(db: Db): CompiledQuery<Row>
}

const standIns = new Proxy({}, { get: (_, name) => new StandIn(String(name)) })

type Values = Readonly<Record<string, unknown>>

/**
 * Building and compiling a query costs several times what the database takes for a row of it. `build` is therefore called
 * once: its `values` are stand-ins that may only be handed to the query, never looked at.
 */
export function prepared<Given extends object, Row>(
  build: (values: Given, db: Db) => Query<Row>,
): (db: Db, values: Given) => Promise<Row[]> {
  const compiled = compiledOnce((db) => build(standIns as Given, db))
  return async (db, values) => (await db.executeQuery(filled(compiled(db), values as Values))).rows
}

/** One for each kind of database. */
function compiledOnce<Row>(build: (db: Db) => Query<Row>): (db: Db) => CompiledQuery<Row> {
  const kept = new WeakMap<object, CompiledQuery<Row>>()
  return (db) => {
    const { adapter } = db.getExecutor()
    let query = kept.get(adapter)
    if (!query) {
      query = build(db).compile(db)
      kept.set(adapter, query)
    }
    return query
  }
}

/** What `values` do not name stays a stand-in. */
function filled<Row>(query: CompiledQuery<Row>, values: Values): CompiledQuery<Row> {
  const valueOf = (parameter: unknown) =>
    parameter instanceof StandIn && parameter.name in values ? values[parameter.name] : parameter
  return { ...query, parameters: query.parameters.map(valueOf) }
}

/** Callers may combine filters as they like; the shapes in use are few. */
const shapesMax = 200

/** A statement that has its values but for the time. */
type Bound<Row> = (db: Db, now: number) => Promise<Row[]>

/**
 * The same for a query that depends on which of its values are given: one statement is kept for each shape. Texts and
 * numbers are stand-ins for `build`; what is absent, null, true or false, and the lengths of lists, are the shape. Whoever
 * asks the same again at another time keeps the statement that it was given.
 */
export function preparedByShape<Given extends object, Row>(
  build: (values: Given, now: number, db: Db) => Query<Row>,
): (values: Given) => Bound<Row> {
  const kept = new LRUCache<string, (db: Db) => CompiledQuery<Row>>({ max: shapesMax })
  return (values) => {
    const given: unknown[] = []
    const shape = shapeOf(values, given)
    let compiled = kept.get(shape)
    if (!compiled) {
      const named = standInsOf(values, { count: 0 }) as Given
      compiled = compiledOnce((db) => build(named, new StandIn('now') as unknown as number, db))
      kept.set(shape, compiled)
    }
    return bound(compiled, given as unknown as Values)
  }
}

function bound<Row>(compiled: (db: Db) => CompiledQuery<Row>, given: Values): Bound<Row> {
  let last: { readonly query: CompiledQuery<Row>; readonly given: CompiledQuery<Row> } | undefined
  return async (db, now) => {
    const query = compiled(db)
    if (last?.query !== query) last = { query, given: filled(query, given) }
    return (await db.executeQuery(filled(last.given, { now }))).rows
  }
}

/** What distinguishes the statements of two values; the texts and numbers in them go into `given`. Faster than JSON by far. */
function shapeOf(value: unknown, given: unknown[]): string {
  if (typeof value === 'string' || typeof value === 'number') {
    given.push(value)
    return '$'
  }
  if (typeof value !== 'object' || value === null) return String(value)
  let shape = Array.isArray(value) ? '[' : '{'
  // Names of fields are ours, and none has a colon or a comma.
  for (const name in value) shape += `${name}:${shapeOf((value as Values)[name], given)},`
  return `${shape}}`
}

/** The same with a stand-in for each of them, in the same order. */
function standInsOf(value: unknown, given: { count: number }): unknown {
  if (typeof value === 'string' || typeof value === 'number') return new StandIn(String(given.count++))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => standInsOf(one, given))
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, standInsOf(one, given)]))
}

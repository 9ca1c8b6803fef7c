// Look-ups that answer with one wide row, as a busy request needs them: all of an account that decides about it, in one statement.
import { PostgresAdapter, sql, type RawBuilder } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'
import { together } from './together.ts'

type Build<Values, Row> = (values: Values, db: Db) => RawBuilder<Row>
type LookUp<Values, Row> = (db: Db, values: Values) => Promise<Row[]>

/** So few that several connections share the work of a busy turn, and enough that a round trip is an eighth of itself. */
const togetherMax = 8

/**
 * Like `prepared`, for rows of many texts and whole numbers asked for by texts and whole numbers. Reading forty values from
 * PostgreSQL's protocol costs more than all else that a request does with them, so each row comes as one JSON text there; and what
 * is asked in one turn of the event loop outside of transactions is asked together.
 */
export function preparedWide<Values extends object, Row>(build: Build<Values, Row>): LookUp<Values, Row> {
  const plain = prepared(build)
  const alone = aloneAsJson(build)
  const inOneTurn = askedTogether(build, alone)
  return (db, values) => {
    if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return plain(db, values)
    return db.isTransaction ? alone(db, values) : inOneTurn(db, values)
  }
}

function aloneAsJson<Values extends object, Row>(build: Build<Values, Row>): LookUp<Values, Row> {
  const statement = prepared(
    (values: Values, db) =>
      sql<{ row: string }>`select row_to_json(wide)::text as row from (${build(values, db)}) wide`,
  )
  return async (db, values) => (await statement(db, values)).map(({ row }) => JSON.parse(row) as Row)
}

interface Ask<Values> {
  readonly db: Db
  readonly values: Values
}

function askedTogether<Values extends object, Row>(
  build: Build<Values, Row>,
  alone: LookUp<Values, Row>,
): LookUp<Values, Row> {
  let statement: LookUp<{ asked: string }, { place: number; row: string }> | undefined

  async function many(asks: readonly Ask<Values>[]): Promise<(Row[] | undefined)[]> {
    const [{ db, values: example }] = asks as [Ask<Values>]
    if (asks.length === 1) return [undefined]
    statement ??= statementForMany(build, example)
    const asked = JSON.stringify(asks.map(({ values }, place) => ({ ...values, place })))
    const rows: Row[][] = asks.map(() => [])
    for (const { place, row } of await statement(db, { asked })) rows[place]?.push(JSON.parse(row) as Row)
    return rows
  }

  const ask = together({ max: togetherMax, many, alone: ({ db, values }: Ask<Values>) => alone(db, values) })
  return (db, values) => ask(db, '', { db, values })
}

/** The same statement once for each object of a JSON list, told apart by its place there. */
function statementForMany<Values extends object, Row>(build: Build<Values, Row>, example: Values) {
  const types = Object.entries(example).map(
    ([name, value]) => sql`${sql.id(name)} ${sql.raw(typeof value === 'number' ? 'bigint' : 'text')}`,
  )
  const columns = sql.join([sql`place integer`, ...types])
  const references = Object.fromEntries(Object.keys(example).map((name) => [name, sql.ref(`asked.${name}`)]))
  return prepared(
    ({ asked }: { asked: string }, db) => sql<{ place: number; row: string }>`
      select asked.place, row_to_json(wide)::text as row
      from json_to_recordset(${asked}::json) as asked(${columns})
        cross join lateral (${build(references as Values, db)}) wide`,
  )
}

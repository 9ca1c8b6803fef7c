// A page in an order that an index has but for its ties.
import { sql, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import { count, idsWhere, met } from './ordered-parts.ts'
import { inOrder, type Order, type Rows, type Window } from './ordered-rows.ts'

/**
 * For an order whose ties no index has in the order of ids, and there may be a million of them: first the values of the
 * page, then the rows with the first of these, with those in between and with the last.
 */
export async function listIdsByValue<F extends string>(
  db: Db,
  rows: Rows<F>,
  order: Order<F>,
  { size, offset }: Window,
): Promise<string[]> {
  const column = sql.ref(rows.columns.nameOf(order.field))
  const [direction, before, after] = order.descending ? (['desc', '>', '<'] as const) : (['asc', '<', '>'] as const)
  const page = await sql<{ value: string | number }>`select ${column} as value from ${sql.table(rows.table)}
    where ${met(rows, [sql<SqlBool>`${column} is not null`])}
    order by ${column} ${sql.raw(direction)} limit ${size} offset ${offset}`.execute(db)
  const values = page.rows.map(({ value }) => value)
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined) return []
  const where = (...parts: [sign: string, value: unknown][]) =>
    met(
      rows,
      parts.map(([sign, value]) => sql<SqlBool>`${column} ${sql.raw(sign)} ${value}`),
    )
  const numberOf = (value: unknown) => values.filter((each) => each === value).length
  const skipped = offset === 0 ? 0 : offset - (await count(db, rows, where([before, first])))
  const byId = inOrder(rows, [])
  const ids = await idsWhere(db, rows, where(['=', first]), { order: byId, size: numberOf(first), offset: skipped })
  if (first === last) return ids
  const between = values.length - numberOf(first) - numberOf(last)
  if (between > 0) {
    const window = { order: inOrder(rows, [order], order.field), size: between, offset: 0 }
    ids.push(...(await idsWhere(db, rows, where([after, first], [before, last]), window)))
  }
  return [...ids, ...(await idsWhere(db, rows, where(['=', last]), { order: byId, size: numberOf(last), offset: 0 }))]
}

// The ids of a page in any order, over a table however large, in two ways.
import { sql, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import { listIdsByValue } from './ordered-by-value.ts'
import { count, found, idsOf, idsWhere, met } from './ordered-parts.ts'
import { inOrder, isIndexOrder, type Order, type Rows, type Totals, type Window } from './ordered-rows.ts'

/** For few: they are found by their conditions, and then sorted. */
export async function listIdsFound<F extends string>(
  db: Db,
  rows: Rows<F>,
  orders: readonly Order<F>[],
  { size, offset }: Window,
): Promise<string[]> {
  const columns = orders
    .filter(({ field }) => field !== 'id')
    .map(({ field }) => {
      const column = sql.ref(rows.columns.nameOf(field))
      const computed = rows.columns.computed?.(field)
      return computed ? sql`${computed} as ${column}` : column
    })
  return idsOf(
    db,
    sql`with found as materialized (
        select ${sql.join([sql`id`, ...columns])} from ${sql.table(rows.table)} where ${found(rows)}
      ) select id from found order by ${inOrder(rows, orders)} limit ${size} offset ${offset}`,
  )
}

/** For many: they are met in the order of the first field, those without it after all others. */
export async function listIdsMet<F extends string>(
  db: Db,
  rows: Rows<F>,
  orders: readonly Order<F>[],
  { size, offset }: Window,
): Promise<string[]> {
  const [first, ...rest] = orders as [Order<F>, ...Order<F>[]]
  const { columns } = rows
  const column = sql.ref(columns.nameOf(first.field))
  const isPresent = columns.mayBeAbsent(first.field) ? [sql<SqlBool>`${column} is not null`] : []
  const present =
    rest.length > 0 || isIndexOrder(rows, first)
      ? await idsWhere(db, rows, met(rows, isPresent), { order: inOrder(rows, orders, first.field), size, offset })
      : await listIdsByValue(db, rows, first, { size, offset })
  if (present.length === size || isPresent.length === 0) return present
  // Named although it is the same in all of them, as the index has it: then this is read in its order too.
  const direction = sql.raw(columns.isLatestFirst(first.field) ? 'desc' : 'asc')
  const order = sql<SqlBool>`${column} ${direction}, ${inOrder(rows, rest)}`
  const skipped = present.length > 0 || offset === 0 ? offset : await count(db, rows, met(rows, isPresent))
  const window = { size: size - present.length, offset: offset - skipped }
  const missing = met(rows, [sql<SqlBool>`${column} is null`])
  return [...present, ...(await idsWhere(db, rows, missing, { order, ...window }))]
}

/** Meeting a page takes as many rows as the matching ones are rare; finding all of them takes as many as they are. */
export function fewMatch({ matching, all }: Totals, { size, offset }: Window): boolean {
  return matching * matching <= (offset + size) * all
}

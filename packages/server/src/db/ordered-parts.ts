// What every statement of such a list is made of. It reads only ids and what it sorts by, which an index holds as well.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import type { Part, Rows, Window } from './ordered-rows.ts'

export function and(parts: readonly Part[]): Part {
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

/** Keeps a database from looking it up in an index. */
export function unindexed(part: Part): Part {
  return sql<SqlBool>`(${part}) is true`
}

/**
 * Found by the conditions. Of several values asked for, the one that the fewest rows are likely to have is looked up: a
 * database without statistics takes any.
 */
export function found<F extends string>({ workspaceId, parts }: Rows<F>): Part {
  const best = Math.min(...parts.map(({ rank }) => rank))
  const isLeft = best === Infinity
  return and([
    sql<SqlBool>`workspace_id = ${workspaceId}`,
    ...parts.map(({ part, rank, ofRow }) => (isLeft || rank === best ? part : unindexed(ofRow ?? part))),
  ])
}

/** The same met on the way through an index. */
export function met<F extends string>({ workspaceId, parts }: Rows<F>, more: readonly Part[]): Part {
  const conditions = parts.map(({ part, ofRow }) => unindexed(ofRow ?? part))
  return and([sql<SqlBool>`workspace_id = ${workspaceId}`, ...more, ...conditions])
}

export async function countFound<F extends string>(db: Db, rows: Rows<F>): Promise<number> {
  return count(db, rows, found(rows))
}

export async function count<F extends string>(db: Db, { table }: Pick<Rows<F>, 'table'>, where: Part): Promise<number> {
  const statement = sql<{ count: number }>`select count(*) as "count" from ${sql.table(table)} where ${where}`
  const { rows } = await statement.execute(db)
  return (rows[0] as { count: number }).count
}

/** The ids of those that satisfy a condition, in an order. */
export function idsWhere<F extends string>(
  db: Db,
  { table }: Rows<F>,
  where: Part,
  { order, size, offset }: Window & { readonly order: Part },
): Promise<string[]> {
  return idsOf(
    db,
    sql`select id from ${sql.table(table)} where ${where} order by ${order} limit ${size} offset ${offset}`,
  )
}

export async function idsOf(db: Db, statement: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await (statement as RawBuilder<{ id: string }>).execute(db)
  return rows.map(({ id }) => id)
}

// Statements that tell which referrals a page holds. They read ids and what they sort by, which an index holds as well.
import type { Condition } from '@narthex/contract'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Db } from '../../db/database.ts'
import { conditionSql, type ColumnOf } from '../../db/filter.ts'
import { listed } from '../../db/page.ts'
import type { Row } from '../../db/resource-table.ts'
import {
  columnNameOf,
  columnOf,
  fieldRank,
  indexDirection,
  isIndexOrder,
  mayBeAbsent,
  statusAtSql,
  type Order,
  type OwnField,
} from './list-columns.ts'

/** Which referrals of a workspace. */
export interface Selection {
  readonly workspaceId: string
  /** null: whoever referred. */
  readonly referrerIds: readonly string[] | null
  readonly personId: string | undefined
  readonly condition: Condition
  /** Now, where some admission is over and stored as if it were not; else null. */
  readonly dueAt: number | null
}

export interface Window {
  readonly size: number
  readonly offset: number
}

/** A choice that an index begins with: all rows with one value in one column. */
export interface Branch {
  readonly field: 'status' | 'referrerUser.userId'
  readonly value: string
}

type Part = RawBuilder<SqlBool>

/** What a row satisfies; the lower its rank, the fewer rows do. */
interface Ranked {
  readonly part: Part
  readonly rank: number
}

function rankedParts(db: Db, { referrerIds, personId, condition, dueAt }: Selection): Ranked[] {
  const column: ColumnOf = (field) => (field === 'status' && dueAt !== null ? statusAtSql(dueAt) : columnOf(field))
  const conditions = condition.op === 'and' ? condition.of : [condition]
  return [
    ...conditions.map((each) => ({ part: conditionSql(db, each, column), rank: rankOf(each) })),
    ...(personId === undefined
      ? []
      : [{ part: sql<SqlBool>`super_identity_id = ${personId}`, rank: fieldRank('referredUser.userId') }]),
    ...(referrerIds
      ? [
          {
            part: sql<SqlBool>`referrer_id in (${sql.join(listed(referrerIds))})`,
            rank: fieldRank('referrerUser.userId'),
          },
        ]
      : []),
  ]
}

function rankOf(condition: Condition): number {
  return condition.op === 'equal' ? fieldRank(condition.field) : Infinity
}

function and(parts: readonly Part[]): Part {
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

/** Keeps a database from looking it up in an index. */
function unindexed(part: Part): Part {
  return sql<SqlBool>`(${part}) is true`
}

const inWorkspace = ({ workspaceId }: Selection) => sql<SqlBool>`workspace_id = ${workspaceId}`

/**
 * The rows of a selection, found by the conditions. Of several values asked for, the one that the fewest rows are likely to
 * have is looked up: a database without statistics takes any.
 */
function found(db: Db, selection: Selection): Part {
  const parts = rankedParts(db, selection)
  const best = Math.min(...parts.map(({ rank }) => rank))
  const isLeft = best === Infinity
  return and([
    inWorkspace(selection),
    ...parts.map(({ part, rank }) => (isLeft || rank === best ? part : unindexed(part))),
  ])
}

/** The same met on the way through an index. */
function met(db: Db, selection: Selection, more: readonly Part[]): Part {
  const conditions = rankedParts(db, selection).map(({ part }) => unindexed(part))
  return and([inWorkspace(selection), ...more, ...conditions])
}

export async function countMatching(db: Db, selection: Selection): Promise<number> {
  return count(db, found(db, selection))
}

async function count(db: Db, where: Part): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as "count" from referrals where ${where}`.execute(db)
  return (rows[0] as { count: number }).count
}

/** For few: they are found by their conditions, and then sorted. */
export async function listIdsFound(
  db: Db,
  selection: Selection,
  orders: readonly Order[],
  { size, offset }: Window,
): Promise<string[]> {
  const columns = orders
    .filter(({ field }) => field !== 'id')
    .map(({ field }) =>
      field === 'status' && selection.dueAt !== null
        ? sql`${statusAtSql(selection.dueAt)} as status`
        : sql`${columnOf(field)}`,
    )
  return idsOf(
    db,
    sql`with found as materialized (
        select ${sql.join([sql`id`, ...columns])} from referrals where ${found(db, selection)}
      ) select id from found order by ${inOrder(orders)} limit ${size} offset ${offset}`,
  )
}

/** For many: they are met in the order of the first field, those without it after all others. */
export async function listIdsMet(
  db: Db,
  selection: Selection,
  orders: readonly Order[],
  { size, offset }: Window,
): Promise<string[]> {
  const [first, ...rest] = orders as [Order, ...Order[]]
  const column = columnOf(first.field)
  const isPresent = mayBeAbsent(first.field) ? [sql<SqlBool>`${column} is not null`] : []
  const present =
    rest.length > 0 || isIndexOrder(first)
      ? await idsWhere(db, met(db, selection, isPresent), inOrder(orders, first.field), { size, offset })
      : await listIdsByValue(db, selection, first, { size, offset })
  if (present.length === size || isPresent.length === 0) return present
  // Named although it is the same in all of them, as the index has it: then this is read in its order too.
  const order = sql<SqlBool>`${column} ${sql.raw(indexDirection(first.field))}, ${inOrder(rest)}`
  const skipped = present.length > 0 || offset === 0 ? offset : await count(db, met(db, selection, isPresent))
  const window = { size: size - present.length, offset: offset - skipped }
  return [...present, ...(await idsWhere(db, met(db, selection, [sql<SqlBool>`${column} is null`]), order, window))]
}

/** The same by time of referral, where an index begins with the choices: each is read by itself as far as it may matter. */
export async function listIdsOfBranches(
  db: Db,
  selection: Selection,
  { branches, descending }: { readonly branches: readonly Branch[]; readonly descending: boolean },
  { size, offset }: Window,
): Promise<string[]> {
  const order = inOrder([{ field: 'referredAt', descending }])
  const each = branches.map(({ field, value }) => {
    const where = met(db, selection, [sql<SqlBool>`${columnOf(field)} = ${value}`])
    return sql`select id, referred_at from referrals where ${where} order by ${order}`
  })
  const [only] = each
  if (each.length === 1) return idsOf(db, sql`${only} limit ${size} offset ${offset}`)
  const firsts = each.map((one, i) => sql`select * from (${one} limit ${offset + size}) ${sql.ref(`branch${i}`)}`)
  return idsOf(
    db,
    sql`select id from (${sql.join(firsts, sql` union all `)}) branches order by ${order} limit ${size} offset ${offset}`,
  )
}

/**
 * For an order whose ties no index has in the order of ids, and there may be a million of them: first the values of the
 * page, then the rows with the first of these, with those in between and with the last.
 */
async function listIdsByValue(db: Db, selection: Selection, order: Order, { size, offset }: Window): Promise<string[]> {
  const column = columnOf(order.field)
  const [direction, before, after] = order.descending ? (['desc', '>', '<'] as const) : (['asc', '<', '>'] as const)
  const { rows } = await sql<{ value: string | number }>`select ${column} as value from referrals
    where ${met(db, selection, [sql<SqlBool>`${column} is not null`])}
    order by ${column} ${sql.raw(direction)} limit ${size} offset ${offset}`.execute(db)
  const values = rows.map(({ value }) => value)
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined) return []
  const where = (...parts: [sign: string, value: unknown][]) =>
    met(
      db,
      selection,
      parts.map(([sign, value]) => sql<SqlBool>`${column} ${sql.raw(sign)} ${value}`),
    )
  const numberOf = (value: unknown) => values.filter((each) => each === value).length
  const skipped = offset === 0 ? 0 : offset - (await count(db, where([before, first])))
  const byId = inOrder([])
  const ids = await idsWhere(db, where(['=', first]), byId, { size: numberOf(first), offset: skipped })
  if (first === last) return ids
  const between = values.length - numberOf(first) - numberOf(last)
  if (between > 0) {
    const rest = where([after, first], [before, last])
    ids.push(...(await idsWhere(db, rest, inOrder([order], order.field), { size: between, offset: 0 })))
  }
  return [...ids, ...(await idsWhere(db, where(['=', last]), byId, { size: numberOf(last), offset: 0 }))]
}

function idsWhere(db: Db, where: Part, order: Part, { size, offset }: Window): Promise<string[]> {
  return idsOf(db, sql`select id from referrals where ${where} order by ${order} limit ${size} offset ${offset}`)
}

/** Missing values last in both directions, ties by id; `present` is known to be there. */
function inOrder(orders: readonly Order[], present?: OwnField): Part {
  const terms = orders.map(({ field, descending }) => {
    const nulls = field === present || !mayBeAbsent(field) ? sql`` : sql` nulls last`
    return sql`${sql.ref(columnNameOf(field))} ${sql.raw(descending ? 'desc' : 'asc')}${nulls}`
  })
  const ties = orders.some(({ field }) => field === 'id') ? [] : [sql`id`]
  return sql<SqlBool>`${sql.join([...terms, ...ties])}`
}

async function idsOf(db: Db, statement: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await (statement as RawBuilder<{ id: string }>).execute(db)
  return rows.map(({ id }) => id)
}

/** The rows in the order of their ids here. */
export async function findInOrder(db: Db, workspaceId: string, ids: readonly string[]): Promise<Row<'referrals'>[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('referrals')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', listed(ids))
    .execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** How many admissions are over and stored as if they were not: those of which the chore has not heard yet. */
export async function countDue(db: Db, workspaceId: string, now: number): Promise<number> {
  return count(
    db,
    // Written as it stands in the index, because a database uses a partial one only where it reads the same condition.
    and([
      sql<SqlBool>`status = 'ADMITTED' and admitted_until <= ${now}`,
      unindexed(sql<SqlBool>`workspace_id = ${workspaceId}`),
    ]),
  )
}

export interface StatusCount {
  readonly referrer_id: string
  readonly status: string
  readonly count: number
}

/** How many there are of each status, kept with every change, by referrer. */
export async function listCounts(db: Db, workspaceId: string): Promise<StatusCount[]> {
  return db
    .selectFrom('referral_counts')
    .select(['referrer_id', 'status', 'count'])
    .where('workspace_id', '=', workspaceId)
    .execute()
}

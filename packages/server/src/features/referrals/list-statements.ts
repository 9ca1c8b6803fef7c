// Statements that tell which referrals a page holds, and how many there are.
import type { Condition } from '@narthex/contract'
import { sql, type SqlBool } from 'kysely'
import type { Db } from '../../db/database.ts'
import { conditionSql, type ColumnOf } from '../../db/filter.ts'
import { listIdsFound as idsFound, listIdsMet as idsMet } from '../../db/ordered-ids.ts'
import { and, count, countFound, idsOf, met, unindexed } from '../../db/ordered-parts.ts'
import { inOrder, type Order as OrderBy, type Ranked, type Rows, type Window } from '../../db/ordered-rows.ts'
import { listed } from '../../db/page.ts'
import type { Row } from '../../db/resource-table.ts'
import { columnOf, columnsAt, fieldRank, type OwnField } from './list-columns.ts'

export type Order = OrderBy<OwnField>

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

/** A choice that an index begins with: all rows with one value in one column. */
export interface Branch {
  readonly field: 'status' | 'referrerUser.userId'
  readonly value: string
}

function rowsOf(db: Db, selection: Selection): Rows<OwnField> {
  const { workspaceId, referrerIds, personId, condition, dueAt } = selection
  const columns = columnsAt(dueAt)
  const column: ColumnOf = (field) => columns.computed?.(field as OwnField) ?? columnOf(field)
  const conditions = condition.op === 'and' ? condition.of : [condition]
  const parts: Ranked[] = conditions.map((each) => ({ part: conditionSql(db, each, column), rank: rankOf(each) }))
  if (personId !== undefined) {
    parts.push({ part: sql<SqlBool>`super_identity_id = ${personId}`, rank: fieldRank('referredUser.userId') })
  }
  if (referrerIds) {
    const part = sql<SqlBool>`referrer_id in (${sql.join(listed(referrerIds))})`
    parts.push({ part, rank: fieldRank('referrerUser.userId') })
  }
  return { table: 'referrals', workspaceId, parts, columns }
}

function rankOf(condition: Condition): number {
  return condition.op === 'equal' ? fieldRank(condition.field) : Infinity
}

export async function countMatching(db: Db, selection: Selection): Promise<number> {
  return countFound(db, rowsOf(db, selection))
}

/** For few: they are found by their conditions, and then sorted. */
export async function listIdsFound(
  db: Db,
  selection: Selection,
  orders: readonly Order[],
  window: Window,
): Promise<string[]> {
  return idsFound(db, rowsOf(db, selection), orders, window)
}

/** For many: they are met in the order of the first field. */
export async function listIdsMet(
  db: Db,
  selection: Selection,
  orders: readonly Order[],
  window: Window,
): Promise<string[]> {
  return idsMet(db, rowsOf(db, selection), orders, window)
}

/** The same by time of referral, where an index begins with the choices: each is read by itself as far as it may matter. */
export async function listIdsOfBranches(
  db: Db,
  selection: Selection,
  { branches, descending }: { readonly branches: readonly Branch[]; readonly descending: boolean },
  { size, offset }: Window,
): Promise<string[]> {
  const rows = rowsOf(db, selection)
  const order = inOrder(rows, [{ field: 'referredAt', descending }])
  const each = branches.map(({ field, value }) => {
    const where = met(rows, [sql<SqlBool>`${columnOf(field)} = ${value}`])
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
    { table: 'referrals' },
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

// A page of referrals and how many there are: which statements answer it, and on which thread.
import type { Condition, ReferralStatus, SortKey } from '@narthex/contract'
import { referralStatuses } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { fewMatch } from '../../db/ordered-ids.ts'
import type { Totals, Window } from '../../db/ordered-rows.ts'
import { sha256 } from '../../lib/encryption.ts'
import { always, fold, isAlways, type FieldValue } from '../../lib/filter.ts'
import type { WorkspaceRow } from '../workspaces/queries.ts'
import type { OwnField } from './list-columns.ts'
import {
  countDue,
  countMatching,
  findInOrder,
  listCounts,
  listIdsFound,
  listIdsMet,
  listIdsOfBranches,
  type Branch,
  type Order,
  type Selection,
} from './list-statements.ts'
import type { ReferralRow } from './queries.ts'
import type { Sight } from './sight.ts'
import { statusesOf, withStatuses } from './statuses.ts'
import { remembered } from './totals.ts'

/** An index gives so many places in about a millisecond; what is further on is read beside the event loop. */
const quickPlacesMax = 1_000

export interface ListOptions extends Window {
  /** The referred person, if only its referrals are asked for. */
  readonly personId: string | undefined
  readonly condition: Condition
  readonly keys: readonly SortKey[]
}

/** What is known of a list before its page is read. */
interface List {
  readonly selection: Selection
  /** The statuses asked for, where nothing but the status is; else null. */
  readonly statuses: readonly ReferralStatus[] | null
  readonly orders: readonly Order[]
  readonly window: Window
}

export async function listReferrals(
  { db, clock }: Context,
  { organization, referrerIds }: Sight,
  { personId, condition, keys, ...window }: ListOptions,
): Promise<{ rows: ReferralRow[]; total: number }> {
  const now = clock.now()
  const due = await countDue(db.read, organization.id, now)
  const selection: Selection = {
    workspaceId: organization.id,
    referrerIds,
    personId: personId?.toLowerCase(),
    condition: withStatuses(fold(condition, valuesOf(organization))),
    dueAt: due > 0 ? now : null,
  }
  const list: List = { selection, statuses: statusesOf(selection.condition), orders: ordersOf(keys), window }
  const totals = await totalsOf(db, list, `${organization.referral_revision}.${due}`)
  if (window.offset >= totals.matching) return { rows: [], total: totals.matching }
  const ids = await idsOf(db, list, totals)
  return { rows: await findInOrder(db.read, organization.id, ids), total: totals.matching }
}

/** What all referrals of an organization have in common. */
function valuesOf({ id, name, parent_id }: WorkspaceRow): (field: string) => FieldValue | undefined {
  const values = new Map<string, FieldValue>([
    ['organizationId', id],
    ['organizationName', name],
    ['name', name],
    ['parentId', parent_id],
  ])
  return (field) => values.get(field)
}

/** Without what is the same in every row, and without what follows the id, which decides. */
function ordersOf(keys: readonly SortKey[]): Order[] {
  const common = new Set(['organizationId', 'organizationName', 'name', 'parentId'])
  const own = keys.filter(({ field }) => !common.has(field)) as (SortKey & { readonly field: OwnField })[]
  const decided = own.findIndex(({ field }) => field === 'id')
  const orders = decided < 0 ? own : own.slice(0, decided + 1)
  return orders.length === 0 ? [{ field: 'id', descending: false }] : orders
}

async function totalsOf(db: Database, { selection, statuses }: List, stamp: string): Promise<Totals> {
  const { workspaceId, referrerIds, personId, condition } = selection
  const sight = `${workspaceId} ${referrerIds?.join() ?? '*'}`
  const kept = await remembered(db, { key: sight, stamp }, () => keptTotals(db, workspaceId, referrerIds))
  const isKept = statuses !== null && (selection.dueAt === null || isAlways(condition))
  if (personId === undefined && isKept) {
    return { all: kept.all, matching: statuses.reduce((sum, status) => sum + (kept.byStatus.get(status) ?? 0), 0) }
  }
  if (personId !== undefined && statuses !== null) {
    return { all: kept.all, matching: await countMatching(db.read, selection) }
  }
  const key = sha256(JSON.stringify([sight, personId, condition]))
  return { all: kept.all, matching: await remembered(db, { key, stamp }, () => countMatching(db.aside, selection)) }
}

/** Sums of what is kept with every change: a handful of rows for each member who refers. */
async function keptTotals(db: Database, workspaceId: string, referrerIds: readonly string[] | null) {
  const byStatus = new Map<string, number>()
  let all = 0
  for (const { referrer_id, status, count } of await listCounts(db.read, workspaceId)) {
    all += count
    if (referrerIds === null || referrerIds.includes(referrer_id))
      byStatus.set(status, (byStatus.get(status) ?? 0) + count)
  }
  return { all, byStatus }
}

async function idsOf(db: Database, list: List, totals: Totals): Promise<string[]> {
  const { selection, statuses, orders, window } = list
  const isNear = window.offset + window.size <= quickPlacesMax
  // Nobody is referred often.
  if (selection.personId !== undefined)
    return listIdsFound(statuses === null ? db.aside : db.read, selection, orders, window)
  // No index knows which admissions are over by now.
  if (selection.dueAt !== null && orders.some(({ field }) => field === 'status'))
    return listIdsFound(db.aside, selection, orders, window)
  const branches = branchesOf(list)
  if (branches) {
    const { descending } = orders[0] as Order
    const reader = isNear && descending && selection.dueAt === null ? db.read : db.aside
    return listIdsOfBranches(reader, branches.selection, { branches: branches.branches, descending }, window)
  }
  const isWhole = selection.referrerIds === null && isAlways(selection.condition)
  if (!isWhole && fewMatch(totals, window)) return listIdsFound(db.aside, selection, orders, window)
  const reader = isWhole && isNear && orders.length === 1 ? db.read : db.aside
  return listIdsMet(reader, selection, orders, window)
}

/** The parts of an index that hold the list in its order, where there are such: the queue, and a referrer's own. */
function branchesOf({ selection, statuses, orders }: List): { selection: Selection; branches: Branch[] } | null {
  const { referrerIds, dueAt, condition } = selection
  if (orders.length > 1 || orders[0]?.field !== 'referredAt' || statuses === null) return null
  if (referrerIds !== null) {
    if (!isAlways(condition)) return null
    const branches = referrerIds.map((value) => ({ field: 'referrerUser.userId', value }) as const)
    return { selection: { ...selection, referrerIds: null }, branches }
  }
  if (statuses.length === referralStatuses.length) return null
  // What is over by now is stored as admitted, and tells itself from what is not by the condition.
  const stored =
    dueAt !== null && statuses.includes('EXPIRED') ? [...new Set([...statuses, 'ADMITTED' as const])] : statuses
  const branches = stored.map((value) => ({ field: 'status', value }) as const)
  return { selection: dueAt === null ? { ...selection, condition: always } : selection, branches }
}

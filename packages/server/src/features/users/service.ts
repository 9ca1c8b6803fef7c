// Who sees which users: members see the members and the persons their role lets them see, a partner itself and its own.
import type { Condition, SortKey, UserKind } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { fewMatch } from '../../db/ordered-ids.ts'
import type { Totals, Window } from '../../db/ordered-rows.ts'
import { ApiError } from '../../lib/api-error.ts'
import { sha256 } from '../../lib/encryption.ts'
import { always, fold, isAlways, isNever, mapLeaves, never, type FieldValue } from '../../lib/filter.ts'
import { listSights, requireSight, type Sight } from '../referrals/sight.ts'
import { remembered } from '../referrals/totals.ts'
import { countUsers, findTotals, findUsers, listUserIdsFound, listUserIdsMet, type UserRow } from './queries.ts'
import type { Order, OwnField, UserScope, UserSelection } from './selection.ts'

/** An index gives so many places in about a millisecond; what is further on is read beside the event loop. */
const quickPlacesMax = 1_000

export interface ListOptions extends Window {
  readonly condition: Condition
  readonly keys: readonly SortKey[]
}

/** How many there are is remembered, pages are read in the order of an index, as with referrals. */
export async function listUsersSeen(
  ctx: Context,
  organizationId: string,
  { condition, keys, ...window }: ListOptions,
): Promise<{ rows: UserRow[]; total: number; organizationId: string }> {
  const sight = await requireSight(ctx, organizationId)
  const scope = scopeOf(ctx, sight)
  const selection: UserSelection = { scope, condition: ownCondition(scope, condition) }
  const totals = await totalsOf(ctx.db, selection, sight.organization.referral_revision)
  const answer = { total: totals.matching, organizationId: sight.organization.id }
  if (window.offset >= totals.matching) return { ...answer, rows: [] }
  const ids = await idsOf(ctx.db, selection, { orders: ordersOf(keys), window, totals })
  return { ...answer, rows: await findUsers(ctx.db.read, scope, ids) }
}

/** The condition on what differs between the users of a list. */
function ownCondition({ organizationId }: UserScope, condition: Condition): Condition {
  const common = (field: string): FieldValue | undefined => (field === 'organizationId' ? organizationId : undefined)
  const own = mapLeaves(fold(condition, common), (leaf) => (leaf.field === 'userId' ? { ...leaf, field: 'id' } : leaf))
  // What is the same of both kinds says nothing of the kind, and what neither satisfies nobody does.
  const [ofMembers, ofPersons] = [ofKind(own, 'MEMBER'), ofKind(own, 'PERSON')]
  if (isAlways(ofMembers) && isAlways(ofPersons)) return always
  return isNever(ofMembers) && isNever(ofPersons) ? never : own
}

function ofKind(condition: Condition, kind: UserKind): Condition {
  return fold(condition, (field) => (field === 'kind' ? kind : undefined))
}

async function totalsOf(db: Database, selection: UserSelection, referralRevision: number): Promise<Totals> {
  const { scope, condition } = selection
  const { organizationId, places, referrerIds } = scope
  const { revision, ...kept } = await findTotals(db.read, organizationId)
  const all = kept.MEMBER + kept.PERSON
  const kinds = (['MEMBER', 'PERSON'] as const).map((kind) => ({ kind, condition: ofKind(condition, kind) }))
  if (kinds.every((each) => isNever(each.condition))) return { all, matching: 0 }
  const areKept = kinds.every((each) => isAlways(each.condition) || isNever(each.condition))
  if (referrerIds === null && areKept) {
    const asked = kinds.filter((each) => isAlways(each.condition))
    return { all, matching: asked.reduce((sum, { kind }) => sum + kept[kind], 0) }
  }
  const key = `users ${sha256(JSON.stringify([organizationId, places, referrerIds, condition]))}`
  // Whom somebody referred, only referrals tell.
  const stamp = referrerIds === null ? `${revision}` : `${revision}.${referralRevision}`
  return { all, matching: await remembered(db, { key, stamp }, () => countUsers(db.aside, selection)) }
}

interface Paging {
  readonly orders: readonly Order[]
  readonly window: Window
  readonly totals: Totals
}

async function idsOf(db: Database, selection: UserSelection, { orders, window, totals }: Paging): Promise<string[]> {
  const { scope, condition } = selection
  const isWhole = scope.referrerIds === null && isAlways(condition)
  if (scope.places !== null || (!isWhole && fewMatch(totals, window)))
    return listUserIdsFound(db.aside, selection, orders, window)
  const isNear = window.offset + window.size <= quickPlacesMax
  const reader = isWhole && isNear && orders.length === 1 ? db.read : db.aside
  return listUserIdsMet(reader, selection, orders, window)
}

/** Without what is the same in every row, and without what follows the id, which decides. */
function ordersOf(keys: readonly SortKey[]): Order[] {
  const own = keys
    .filter(({ field }) => field !== 'organizationId')
    .map(({ field, descending }) => ({ field: (field === 'userId' ? 'id' : field) as OwnField, descending }))
  const decided = own.findIndex(({ field }) => field === 'id')
  const orders = decided < 0 ? own : own.slice(0, decided + 1)
  return orders.length === 0 ? [{ field: 'id', descending: false }] : orders
}

export interface UserSeen {
  readonly row: UserRow
  readonly organizationId: string
}

/** In the caller's own organizations first: a member of one is not shown as the partner of another. */
export async function requireUser(ctx: Context, id: string): Promise<UserSeen> {
  const condition: Condition = { op: 'equal', field: 'id', values: [id.toLowerCase()] }
  const orders: Order[] = [{ field: 'id', descending: false }]
  const scopes = (await listSights(ctx)).map((sight) => scopeOf(ctx, sight))
  for (const scope of scopes.toSorted((a, b) => Number(a.places !== null) - Number(b.places !== null))) {
    const ids = await listUserIdsFound(ctx.db.read, { scope, condition }, orders, { size: 1, offset: 0 })
    const [row] = await findUsers(ctx.db.read, scope, ids)
    if (row) return { row, organizationId: scope.organizationId }
  }
  throw new ApiError('user_not_found')
}

function scopeOf({ principal }: Context, { organization, membership, referrerIds }: Sight): UserScope {
  const isPartner = membership !== null && membership.workspaceId !== organization.id
  const own = principal.kind === 'member' ? principal.memberships : []
  const places = isPartner ? own.filter(({ id }) => referrerIds?.includes(id)) : null
  return { organizationId: organization.id, places, referrerIds }
}

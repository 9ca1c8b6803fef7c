// Who sees which users: members see the members and the persons their role lets them see, a partner itself and its own.
import type { Condition, SortKey } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalEmail } from '../../lib/canonical-email.ts'
import { requiredValues } from '../../lib/filter.ts'
import { listSights, requireSight, type Sight } from '../referrals/sight.ts'
import { countUsers, listUsers, type UserRow, type UserScope, type UserSelection } from './queries.ts'

export interface ListOptions {
  readonly condition: Condition
  readonly keys: readonly SortKey[]
  readonly size: number
  readonly offset: number
}

/** Beside the event loop: names and addresses of persons have no order of their own. */
export async function listUsersSeen(
  ctx: Context,
  organizationId: string,
  { condition, ...page }: ListOptions,
): Promise<{ rows: UserRow[]; total: number; organizationId: string }> {
  const sight = await requireSight(ctx, organizationId)
  const selection: UserSelection = { scope: scopeOf(ctx, sight), condition, emails: emailsOf(condition) }
  const { aside } = ctx.db
  const total = await countUsers(aside, selection)
  const rows = page.offset < total ? await listUsers(aside, selection, page) : []
  return { rows, total, organizationId: sight.organization.id }
}

/** An address that is none is nobody's. */
function emailsOf(condition: Condition): string[] | null {
  const values = requiredValues(condition, 'email')
  return (
    values?.flatMap((value) => {
      const form = canonicalEmail(String(value))
      return 'canonical' in form ? [form.canonical] : []
    }) ?? null
  )
}

export interface UserSeen {
  readonly row: UserRow
  readonly organizationId: string
}

/** In the caller's own organizations first: a member of one is not shown as the partner of another. */
export async function requireUser(ctx: Context, id: string): Promise<UserSeen> {
  const condition: Condition = { op: 'equal', field: 'id', values: [id] }
  const scopes = (await listSights(ctx)).map((sight) => scopeOf(ctx, sight))
  for (const scope of scopes.toSorted((a, b) => Number(a.places !== null) - Number(b.places !== null))) {
    const [row] = await listUsers(ctx.db.read, { scope, condition, emails: null }, { keys: [], size: 1, offset: 0 })
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

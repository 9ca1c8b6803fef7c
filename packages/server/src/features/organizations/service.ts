// The organizations that a caller sees. They are few, and known before any statement could be asked for them.
import type { Condition, OrganizationField, SortKey } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { fold, isAlways } from '../../lib/filter.ts'
import { listSights, requireSight } from '../referrals/sight.ts'
import type { OrganizationRow } from './presenter.ts'

export interface ListOptions {
  readonly condition: Condition
  readonly keys: readonly SortKey[]
  readonly size: number
  readonly offset: number
}

export async function listOrganizations(
  ctx: Context,
  { condition, keys, size, offset }: ListOptions,
): Promise<{ rows: OrganizationRow[]; total: number }> {
  const seen = (await listSights(ctx)).map(({ organization }) => organization)
  const matching = seen.filter((row) => isAlways(fold(condition, (field) => valueOf(row, field))))
  const order = [...keys, { field: 'id', descending: false }]
  matching.sort((a, b) => {
    for (const { field, descending } of order) {
      const difference = compared(valueOf(a, field), valueOf(b, field), descending)
      if (difference !== 0) return difference
    }
    return 0
  })
  return { rows: matching.slice(offset, offset + size), total: matching.length }
}

export async function requireOrganization(ctx: Context, id: string): Promise<OrganizationRow> {
  return (await requireSight(ctx, id)).organization
}

const fields: Record<OrganizationField, 'id' | 'name' | 'parent_id'> = {
  id: 'id',
  organizationId: 'id',
  name: 'name',
  organizationName: 'name',
  parentId: 'parent_id',
}

function valueOf(row: OrganizationRow, field: string): string | null {
  return row[fields[field as OrganizationField]]
}

/** By code point, as both databases do; what is missing comes last in both directions. */
function compared(a: string | null, b: string | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  const difference = Buffer.compare(Buffer.from(a), Buffer.from(b))
  return descending ? -difference : difference
}

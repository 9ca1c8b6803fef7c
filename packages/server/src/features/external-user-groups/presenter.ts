// An external user group as the contract shows it.
import type { ExternalUserGroup } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { GroupRow } from './queries.ts'

export function presentGroup(row: GroupRow): ExternalUserGroup {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    externalId: row.external_id,
    name: row.name,
    tierId: row.tier_id,
    workspaceId: row.workspace_id,
  }
}

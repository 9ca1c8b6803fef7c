// A workspace as the contract shows it.
import type { Workspace } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import { policiesOf } from './policies.ts'
import type { WorkspaceRow } from './queries.ts'

export function presentWorkspace(row: WorkspaceRow, tokenAudience: string): Workspace {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    name: row.name,
    parentId: row.parent_id,
    tokenAudience,
    tokenLifetimeSeconds: row.token_lifetime_seconds,
    defaultTierId: row.default_tier_id,
    policies: policiesOf(row.policies),
  }
}

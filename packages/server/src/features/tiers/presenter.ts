// A tier as the contract shows it.
import type { Limit, Tier } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { TierRow } from './queries.ts'

export function presentTier(row: TierRow): Tier {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    name: row.name,
    description: row.description,
    limits: JSON.parse(row.limits) as Limit[],
    tokenLifetimeSeconds: row.token_lifetime_seconds,
    metadata: JSON.parse(row.metadata) as Tier['metadata'],
    workspaceId: row.workspace_id,
  }
}

// Statements on tiers.
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, sought } from '../../db/search.ts'
import { ApiError } from '../../lib/api-error.ts'

export type TierRow = Row<'tiers'>

export const tiers = resourceTable('tiers')

export interface TierFilter {
  readonly ids: readonly string[]
  /** Folded. */
  readonly search: string | undefined
}

export function tiersMatching(db: Db, { ids, search }: TierFilter): Conditions<'tiers'> {
  return (eb) => [
    ...(ids.length > 0 ? [eb('id', 'in', listed(ids))] : []),
    ...(search === undefined ? [] : [contains(db, eb, 'tiers', sought(search))]),
  ]
}

export interface TierUses {
  readonly externalUsers: number
  readonly groups: number
  readonly channels: number
  readonly workspaces: number
}

/** How often a tier is referred to, by what. */
export async function countTierUses(tx: Tx, { workspace_id, id }: TierRow): Promise<TierUses> {
  const uses = await sql<TierUses>`select
    (select count(*) from external_users where workspace_id = ${workspace_id} and tier_id = ${id}) as "externalUsers",
    (select count(*) from external_user_groups where workspace_id = ${workspace_id} and tier_id = ${id}) as "groups",
    (select count(*) from channels where workspace_id = ${workspace_id} and default_tier_id = ${id}) as "channels",
    (select count(*) from workspaces where id = ${workspace_id} and (default_tier_id = ${id} or provisional_tier_id = ${id})) as "workspaces"`.execute(
    tx,
  )
  return uses.rows[0] as TierUses
}

/** For services whose rows refer to a tier: it exists, and stays until the transaction ends. */
export async function requireTier(tx: Tx, workspaceId: string, id: string | null | undefined): Promise<void> {
  if (id && !(await tiers.share(tx, workspaceId, id))) throw new ApiError('tier_not_found')
}

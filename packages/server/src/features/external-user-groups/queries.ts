// Statements on external user groups.
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, sought } from '../../db/search.ts'
import { ApiError } from '../../lib/api-error.ts'

export type GroupRow = Row<'external_user_groups'>

export const groups = resourceTable('external_user_groups')

export interface GroupFilter {
  readonly ids: readonly string[]
  readonly tierIds: readonly string[]
  readonly externalId: string | undefined
  /** Folded. */
  readonly search: string | undefined
}

export function groupsMatching(db: Db, filter: GroupFilter): Conditions<'external_user_groups'> {
  const { ids, tierIds, externalId, search } = filter
  return (eb) => [
    ...(ids.length > 0 ? [eb('id', 'in', listed(ids))] : []),
    ...(tierIds.length > 0 ? [eb('tier_id', 'in', listed(tierIds))] : []),
    ...(externalId === undefined ? [] : [eb('external_id', '=', externalId)]),
    ...(search === undefined ? [] : [contains(db, eb, 'external_user_groups', sought(search))]),
  ]
}

/** Takes everything out of a group that is about to be deleted; says how much that was. */
export async function clearGroup(tx: Tx, { workspace_id, id }: GroupRow, now: number) {
  const users = await tx
    .updateTable('external_users')
    .set((eb) => ({ external_user_group_id: null, updated_at: now, version: eb('version', '+', 1) }))
    .where('workspace_id', '=', workspace_id)
    .where('external_user_group_id', '=', id)
    .executeTakeFirstOrThrow()
  const channels = await tx
    .updateTable('channels')
    .set((eb) => ({ default_external_user_group_id: null, updated_at: now, version: eb('version', '+', 1) }))
    .where('workspace_id', '=', workspace_id)
    .where('default_external_user_group_id', '=', id)
    .executeTakeFirstOrThrow()
  return { externalUsers: Number(users.numUpdatedRows), channels: Number(channels.numUpdatedRows) }
}

/** For services whose rows refer to a group: it exists, and stays until the transaction ends. */
export async function requireGroup(tx: Tx, workspaceId: string, id: string | null | undefined): Promise<void> {
  if (id && !(await groups.share(tx, workspaceId, id))) throw new ApiError('external_user_group_not_found')
}

// Whether a block reaches the external user `u`, as a condition of a statement.
import { sql, type SqlBool } from 'kysely'

/** Whether the workspace blocks persons or identifiers at all: asked once for all rows. */
export function blocksAny(workspaceId: string, reach: 'person' | 'identifier') {
  return sql<SqlBool>`exists (select 1 from blocks any_block
    where any_block.workspace_id = ${workspaceId} and any_block.reach = ${sql.lit(reach)} and any_block.lifted_at is null)`
}

/** Whether a block in force is placed on the external user `u` itself. One raises its version, so at the first there is none. */
export function blockedItself(workspaceId: string, now: number) {
  return sql<SqlBool>`u.version > 1 and exists (select 1 from blocks b where b.workspace_id = ${workspaceId}
    and b.external_user_id = u.id and ${inForce(now)})`
}

/** What `blockedNow` reads of the account beside id and version. */
export const reachColumns = ['workspace_id', 'channel_id', 'super_identity_id', 'identifier_fingerprint'] as const

/** Whether a block in force reaches the external user `u`. Not looked for where there can be none. */
export function blockedNow(workspaceId: string, now: number) {
  return sql<SqlBool>`(
    ${blockedItself(workspaceId, now)}
    or ${blocksAny(workspaceId, 'person')} and exists (select 1 from blocks b where b.workspace_id = u.workspace_id
      and b.super_identity_id = u.super_identity_id and ${inForce(now)})
    or ${blocksAny(workspaceId, 'identifier')} and exists (select 1 from block_fingerprints f cross join blocks b
      where f.workspace_id = u.workspace_id and f.fingerprint = u.identifier_fingerprint
        and b.workspace_id = f.workspace_id and b.id = f.block_id and ${inForce(now)}
        and (b.channel_id is null or b.channel_id = u.channel_id))
  )`
}

function inForce(now: number) {
  return sql`b.lifted_at is null and (b.ends_at is null or b.ends_at > ${now})`
}

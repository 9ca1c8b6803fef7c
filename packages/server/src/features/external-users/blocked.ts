// Whether a block reaches the external user `u`, as a condition of a statement, and whom blocks reach.
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

/**
 * The ids of all external users of the workspace that a block in force reaches: a subquery for lists. It begins with the
 * blocks that are not lifted, of which there are few; not every database joins in the written order unless told `cross`.
 */
export function blockedIds(workspaceId: string, now: number) {
  const live = sql`b.workspace_id = ${workspaceId} and ${inForce(now)}`
  return sql<string>`(
    select b.external_user_id from blocks b where ${live} and b.reach = 'external-user'
    union all
    select p.id from blocks b
      join external_users p on p.workspace_id = b.workspace_id and p.super_identity_id = b.super_identity_id
      where ${live} and b.reach = 'person'
    union all
    select i.id from blocks b cross join block_fingerprints f cross join external_users i
      where ${live} and b.reach = 'identifier'
        and f.workspace_id = b.workspace_id and f.block_id = b.id
        and i.workspace_id = f.workspace_id and i.identifier_fingerprint = f.fingerprint
        and (b.channel_id is null or b.channel_id = i.channel_id)
  )`
}

function inForce(now: number) {
  return sql`b.lifted_at is null and (b.ends_at is null or b.ends_at > ${now})`
}

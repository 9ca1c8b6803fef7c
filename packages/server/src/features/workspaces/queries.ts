// Statements on workspaces and on the instance that holds them.
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed, locking, sharing } from '../../db/page.ts'
import type { WorkspaceTable } from '../../db/schema.ts'

export type WorkspaceRow = Selectable<WorkspaceTable>

export async function findWorkspace(db: Db, id: string): Promise<WorkspaceRow | undefined> {
  return db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function lockWorkspace(tx: Tx, id: string): Promise<WorkspaceRow | undefined> {
  return tx.selectFrom('workspaces').selectAll().where('id', '=', id).$call(locking(tx)).executeTakeFirst()
}

/** Waits for a block of an identifier that is being placed, and lets none begin until the transaction ends. */
export async function shareWorkspace(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom('workspaces').select('id').where('id', '=', id).$call(sharing(tx)).execute()
}

export async function listWorkspaces(db: Db): Promise<WorkspaceRow[]> {
  return db.selectFrom('workspaces').selectAll().orderBy('created_at').orderBy('id').execute()
}

export async function insertWorkspace(tx: Tx, workspace: Insertable<WorkspaceTable>): Promise<WorkspaceRow> {
  return tx.insertInto('workspaces').values(workspace).returningAll().executeTakeFirstOrThrow()
}

export async function updateWorkspace(
  tx: Tx,
  workspace: WorkspaceRow,
  change: Updateable<WorkspaceTable>,
): Promise<WorkspaceRow> {
  return tx
    .updateTable('workspaces')
    .set({ ...change, version: workspace.version + 1 })
    .where('id', '=', workspace.id)
    .where('version', '=', workspace.version)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Those of the given workspaces that exist. */
export async function findWorkspaces(db: Db, ids: readonly string[]): Promise<WorkspaceRow[]> {
  if (ids.length === 0) return []
  return db.selectFrom('workspaces').selectAll().where('id', 'in', listed(ids)).execute()
}

/** The workspaces that take referrals from members of these. */
export async function listPartnersOf(
  db: Db,
  ids: readonly string[],
): Promise<{ workspace_id: string; partner_id: string }[]> {
  if (ids.length === 0) return []
  return db.selectFrom('partner_organizations').selectAll().where('partner_id', 'in', listed(ids)).execute()
}

export async function replacePartners(tx: Tx, workspaceId: string, partnerIds: readonly string[]): Promise<void> {
  await tx.deleteFrom('partner_organizations').where('workspace_id', '=', workspaceId).execute()
  if (partnerIds.length === 0) return
  const rows = partnerIds.map((partner_id) => ({ partner_id, workspace_id: workspaceId }))
  await tx.insertInto('partner_organizations').values(rows).execute()
}

/** The first workspace of the instance; undefined before it is initialised. */
export async function findFirstWorkspaceId(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('instance').select('first_workspace_id').executeTakeFirst()
  return row?.first_workspace_id
}

/** For changes that concern the whole instance: one at a time, on however many nodes. */
export async function lockInstance(tx: Tx): Promise<void> {
  await tx.selectFrom('instance').select('id').$call(locking(tx)).execute()
}

/** The primary key lets this happen once, whoever else tries at the same time. */
export async function insertInstance(tx: Tx, firstWorkspaceId: string, now: number): Promise<void> {
  await tx.insertInto('instance').values({ id: 1, first_workspace_id: firstWorkspaceId, created_at: now }).execute()
}

/** False when it is, or ever was, another workspace's. */
export async function claimAudience(tx: Tx, workspaceId: string, audience: string): Promise<boolean> {
  await tx
    .insertInto('token_audiences')
    .values({ audience, workspace_id: workspaceId })
    .onConflict((c) => c.doNothing())
    .execute()
  const holder = await tx
    .selectFrom('token_audiences')
    .select('workspace_id')
    .where('audience', '=', audience)
    .executeTakeFirstOrThrow()
  return holder.workspace_id === workspaceId
}

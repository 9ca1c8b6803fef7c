// Statements on external users.
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { insertUntaken } from '../../db/insert-many.ts'
import { listed, sharing } from '../../db/page.ts'
import { prepared } from '../../db/prepared.ts'
import { resourceTable, type Row } from '../../db/resource-table.ts'
import { preparedWide } from '../../db/wide-rows.ts'
import { accountText } from './account-text.ts'
import { blockedNow } from './blocked.ts'

export type ExternalUserRow = Row<'external_users'>

export const externalUsers = resourceTable('external_users')

/** What is shown of an account. */
export type ShownRow = Pick<
  ExternalUserRow,
  | 'workspace_id'
  | 'id'
  | 'channel_id'
  | 'super_identity_id'
  | 'external_user_group_id'
  | 'tier_id'
  | 'external_id'
  | 'identifier'
  | 'name'
  | 'version'
  | 'created_at'
  | 'updated_at'
>

interface Shown {
  /** As the presenter spells it. */
  readonly json: string
  readonly version: number
}

const asShown = preparedWide(
  ({ workspaceId, id, now }: { workspaceId: string; id: string; now: number }, db) => sql<Shown>`
    select ${accountText(db, blockedNow(workspaceId, now))} as json, u.version
    from external_users u where u.workspace_id = ${workspaceId} and u.id = ${id}`,
)

/** One external user as it is shown now. */
export async function findShown(db: Db, workspaceId: string, id: string, now: number): Promise<Shown | undefined> {
  return (await asShown(db, { workspaceId, id, now }))[0]
}

/** Those of the rows that nobody stood in the way of; the others are not inserted. */
export async function insertUntakenUsers(
  tx: Tx,
  rows: readonly ExternalUserRow[],
): Promise<readonly ExternalUserRow[]> {
  const [first] = rows
  if (!first) return []
  // In one order everywhere: two nodes that are given the same people would otherwise wait for each other crosswise.
  const inOrder = rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if ((await insertUntaken(tx, 'external_users', inOrder)) === rows.length) return rows
  const ids = rows.map(({ id }) => id)
  const made = await listPresentIds(tx, first.workspace_id, ids)
  return rows.filter(({ id }) => made.has(id))
}

function nameOf({ identifier_canonical, external_id }: ExternalUserRow): string {
  return (identifier_canonical ?? external_id) as string
}

export async function listPresentIds(db: Db, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', listed(ids))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The accounts of a person, in the order of their ids: until the transaction ends nobody changes or blocks one of them. */
export async function shareAccountsOf(tx: Tx, workspaceId: string, superIdentityId: string): Promise<void> {
  await tx
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .orderBy('id')
    .$call(sharing(tx))
    .execute()
}

const lastSeen = prepared(
  ({ workspaceId, id, now }: { workspaceId: string; id: string; now: number }) => sql`
    update external_users set last_seen_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and (last_seen_at is null or last_seen_at < ${now})`,
)

/** Not a change of the account: no version, no event. */
export async function updateLastSeen(tx: Tx, workspaceId: string, id: string, now: number): Promise<void> {
  await lastSeen(tx, { workspaceId, id, now })
}

/** Whether another live account of the person came in with the same address by a channel that vouches for it. */
export async function hasOtherHolder(tx: Tx, user: ExternalUserRow): Promise<boolean> {
  const other = await tx
    .selectFrom('external_users as u')
    .innerJoin('channels as c', (j) =>
      j.onRef('c.workspace_id', '=', 'u.workspace_id').onRef('c.id', '=', 'u.channel_id'),
    )
    .select('u.id')
    .where('u.workspace_id', '=', user.workspace_id)
    .where('u.super_identity_id', '=', user.super_identity_id)
    .where('u.id', '<>', user.id)
    .where('u.identifier_canonical', '=', user.identifier_canonical)
    .where('c.identifier_kind', '=', 'email')
    .where('c.admission', '=', 'referral')
    .executeTakeFirst()
  return other !== undefined
}

/** `but` is left out of account. */
export async function hasLiveAccount(tx: Tx, workspaceId: string, personId: string, but = ''): Promise<boolean> {
  const other = await tx
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', personId)
    .where('id', '<>', but)
    .where('erased_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

/** Stored answers of retried creations hold the person's fields too. */
export async function deleteIdempotencyRecords(tx: Tx, workspaceId: string, erasedId: string): Promise<void> {
  await tx
    .deleteFrom('idempotency_records')
    .where('workspace_id', '=', workspaceId)
    .where('external_user_id', '=', erasedId)
    .execute()
}

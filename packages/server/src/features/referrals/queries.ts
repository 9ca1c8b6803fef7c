// Statements on referrals, their decisions, and what is kept beside them with every change: counts and copies of names.
import { sql, type Insertable, type Selectable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Row } from '../../db/resource-table.ts'
import type { ReferralCountTable, ReferralDecisionTable, ReferralTable } from '../../db/schema.ts'

export type ReferralRow = Row<'referrals'>
export type Status = ReferralTable['status']

export const referrals = resourceTable('referrals')

/** Written as it stands in the indexes, because a database uses a partial one only where it reads the same condition. */
const live = sql<boolean>`status in ('REFERRED', 'ADMITTED')`
const admitted = sql<boolean>`status = 'ADMITTED'`

/** Ids are unique in a workspace only, so the row is one of several that the caller may see. */
export async function findReferral(
  db: Db,
  workspaceIds: readonly string[],
  id: string,
): Promise<ReferralRow | undefined> {
  if (workspaceIds.length === 0) return undefined
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', 'in', listed(workspaceIds))
    .executeTakeFirst()
}

/** Which of these there are. */
export async function listPresentReferrals(db: Db, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('referrals')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', listed(ids))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The one referral of a person that is open or admitted, by what is stored: its end may have come. */
export async function findLive(db: Db, workspaceId: string, superIdentityId: string): Promise<ReferralRow | undefined> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .where(live)
    .executeTakeFirst()
}

/** Whether the person was referred before, by anybody or by one of these members. */
export async function wasReferred(
  db: Db,
  workspaceId: string,
  superIdentityId: string,
  referrerIds: readonly string[] | null = null,
): Promise<boolean> {
  const row = await db
    .selectFrom('referrals')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .$if(referrerIds !== null, (q) => q.where('referrer_id', 'in', listed(referrerIds as readonly string[])))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The persons who may come in before their first decision, by the policy. No policy gives them more than a day. */
export async function listProvisional(db: Db, workspaceId: string, now: number): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select('super_identity_id')
    .where('workspace_id', '=', workspaceId)
    .where('status', '=', 'REFERRED')
    .where('referred_at', '>', now - 24 * 60 * 60 * 1000)
    .where('provisional_until', '>', now)
    .execute()
  return rows.map(({ super_identity_id }) => super_identity_id)
}

/** Admissions whose end has come and is not recorded yet, of all workspaces. */
export async function listDue(db: Db, now: number, limit: number): Promise<ReferralRow[]> {
  return db
    .selectFrom('referrals')
    .selectAll()
    .where(admitted)
    .where('admitted_until', '<=', now)
    .orderBy('admitted_until')
    .limit(limit)
    .execute()
}

export async function insertDecision(tx: Tx, decision: Insertable<ReferralDecisionTable>): Promise<void> {
  await tx.insertInto('referral_decisions').values(decision).execute()
}

/** A decision with the names of whoever made it, removed or not. */
export interface DecisionRow extends Selectable<ReferralDecisionTable> {
  readonly firstname: string | null
  readonly lastname: string | null
  readonly email: string | null
}

export async function listDecisions(db: Db, { workspace_id, id }: ReferralRow): Promise<DecisionRow[]> {
  return db
    .selectFrom('referral_decisions as d')
    .leftJoin('members as m', (j) =>
      j.onRef('m.workspace_id', '=', 'd.member_workspace_id').onRef('m.id', '=', 'd.member_id'),
    )
    .selectAll('d')
    .select(['m.firstname', 'm.lastname', 'm.email'])
    .where('d.workspace_id', '=', workspace_id)
    .where('d.referral_id', '=', id)
    .orderBy('d.number')
    .execute()
}

export interface Counted {
  /** null for a referral that is new. */
  readonly from: Status | null
  readonly to: Status
  readonly row: Pick<ReferralRow, 'workspace_id' | 'referrer_id'>
}

/**
 * Call it in every transaction that writes a referral, after the referral itself. The workspace's row comes first: whoever
 * counts in one workspace waits here, so that nobody waits for two counts in another order.
 */
export async function countReferral(tx: Tx, { from, to, row }: Counted): Promise<void> {
  const { workspace_id, referrer_id } = row
  await raiseRevision(tx, workspace_id)
  if (from !== null) {
    await tx
      .updateTable('referral_counts')
      .set((eb) => ({ count: eb('count', '-', 1) }))
      .where('workspace_id', '=', workspace_id)
      .where('referrer_id', '=', referrer_id)
      .where('status', '=', from)
      .execute()
  }
  await tx
    .insertInto('referral_counts')
    .values({ workspace_id, referrer_id, status: to, count: 1 })
    .onConflict((c) =>
      c.columns(['workspace_id', 'referrer_id', 'status']).doUpdateSet((eb) => ({
        count: eb('referral_counts.count', '+', 1),
      })),
    )
    .execute()
}

/** The same for many referrals that are new, each referrer and status once. */
export async function countReferrals(
  tx: Tx,
  workspaceId: string,
  counts: readonly ReferralCountTable[],
): Promise<void> {
  await raiseRevision(tx, workspaceId)
  await tx
    .insertInto('referral_counts')
    .values([...counts])
    .onConflict((c) =>
      c.columns(['workspace_id', 'referrer_id', 'status']).doUpdateSet((eb) => ({
        count: eb('referral_counts.count', '+', eb.ref('excluded.count')),
      })),
    )
    .execute()
}

async function raiseRevision(tx: Tx, workspaceId: string): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set((eb) => ({ referral_revision: eb('referral_revision', '+', 1) }))
    .where('id', '=', workspaceId)
    .execute()
}

/** What was written about a person goes, as far as it can be told who that is: in its referrals and their decisions. */
export async function deleteComments(tx: Tx, workspaceId: string, superIdentityId: string): Promise<string[]> {
  const rows = await tx
    .updateTable('referrals')
    .set({ referrer_comment: null, reviewer_comment: null })
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .returning('id')
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return ids
  await tx
    .updateTable('referral_decisions')
    .set({ comment: null })
    .where('workspace_id', '=', workspaceId)
    .where('referral_id', 'in', listed(ids))
    .execute()
  return ids
}

/**
 * Call it wherever the person is recognised by something else from now on, with the person locked: a decision that was meant
 * for whoever it was before is then for a version that is no more.
 */
export async function raiseReferralsOf(tx: Tx, workspaceId: string, superIdentityId: string): Promise<void> {
  await tx
    .updateTable('referrals')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .execute()
}

/** What of a person its referrals show. */
export interface ReferredPerson {
  readonly workspace_id: string
  readonly id: string
  readonly firstname: string | null
  readonly lastname: string | null
  /** The address that it is shown with. */
  readonly email: string | null
}

/**
 * Call it wherever a person's names or held addresses have changed, with the person locked. No version of a referral rises:
 * entity tags hold what is shown beside it.
 */
export async function updateReferredPerson(tx: Tx, person: ReferredPerson): Promise<void> {
  const { workspace_id, id, firstname, lastname, email } = person
  const updated = await tx
    .updateTable('referrals')
    .set({ referred_firstname: firstname, referred_lastname: lastname, referred_email: email })
    .where('workspace_id', '=', workspace_id)
    .where('super_identity_id', '=', id)
    .returning('id')
    .execute()
  if (updated.length > 0) await raiseRevision(tx, workspace_id)
}

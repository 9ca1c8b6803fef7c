// Referrals put into the database as they are, many at once: what reading needs, and no rule of referring checks.
import { randomUUID } from 'node:crypto'
import { sql, type Insertable } from 'kysely'
import type { Database } from '../src/db/database.ts'
import { insertMany } from '../src/db/insert-many.ts'
import type { ReferralTable } from '../src/db/schema.ts'

export type ReferralFields = Partial<Insertable<ReferralTable>>

export interface Place {
  readonly workspaceId: string
  /** Who referred, where a referral names nobody. */
  readonly referrerId: string
}

/** Each of a person of its own, with the names that the referral shows; counts and revision are kept as every write keeps them. */
export async function insertReferrals(
  db: Database,
  place: Place,
  referrals: readonly ReferralFields[],
): Promise<Insertable<ReferralTable>[]> {
  const rows = referrals.map((fields) => rowOf(place, fields))
  await db.write(async (tx) => {
    const persons = rows.map((row) => ({
      workspace_id: row.workspace_id,
      id: row.super_identity_id,
      firstname: row.referred_firstname ?? null,
      lastname: row.referred_lastname ?? null,
      merged_into_id: null,
      search_text: '',
      version: 1,
      created_at: row.created_at,
      updated_at: row.created_at,
    }))
    await insertMany(tx, 'super_identities', persons)
    await insertMany(tx, 'referrals', rows)
    await sql`delete from referral_counts where workspace_id = ${place.workspaceId}`.execute(tx)
    await sql`insert into referral_counts (workspace_id, referrer_id, status, count)
      select workspace_id, referrer_id, status, count(*) from referrals
      where workspace_id = ${place.workspaceId} group by workspace_id, referrer_id, status`.execute(tx)
    await tx
      .updateTable('workspaces')
      .set((eb) => ({ referral_revision: eb('referral_revision', '+', 1) }))
      .where('id', '=', place.workspaceId)
      .execute()
  })
  return rows
}

function rowOf({ workspaceId, referrerId }: Place, fields: ReferralFields): Insertable<ReferralTable> {
  const at = fields.referred_at ?? Date.parse('2026-03-03T09:30:00.000Z')
  return {
    workspace_id: workspaceId,
    id: randomUUID(),
    status: 'REFERRED',
    super_identity_id: randomUUID(),
    referred_firstname: null,
    referred_lastname: null,
    referred_email: null,
    referrer_workspace_id: workspaceId,
    referrer_id: referrerId,
    referrer_firstname: null,
    referrer_lastname: null,
    referrer_email: null,
    referrer_comment: null,
    referred_at: at,
    proposed_until: null,
    provisional_until: null,
    reviewer_id: null,
    reviewer_firstname: null,
    reviewer_lastname: null,
    reviewer_email: null,
    reviewer_comment: null,
    reviewed_at: null,
    admitted_at: null,
    admitted_until: null,
    decision_count: 0,
    version: 1,
    created_at: at,
    updated_at: at,
    ...fields,
  }
}

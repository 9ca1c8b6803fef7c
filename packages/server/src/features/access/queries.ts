// What the record knows of a person's referrals, for explaining access.
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import type { ReferralTable } from '../../db/schema.ts'

/** More than anybody is ever referred; whoever makes more of them to slow things down stops being told here. */
const referralsMax = 1_000

export interface PastReferral {
  readonly id: string
  readonly referred_at: number
  readonly provisional_until: number | null
  readonly referrer_id: string
  readonly referrer_firstname: string | null
  readonly referrer_lastname: string | null
}

export interface PastDecision {
  readonly referral_id: string
  readonly from_status: ReferralTable['status']
  readonly to_status: ReferralTable['status']
  readonly member_id: string | null
  readonly firstname: string | null
  readonly lastname: string | null
  readonly admitted_until: number | null
  readonly overridden_at: number | null
  readonly decided_at: number
}

/** Made until then, the latest first; `until` null takes all that is stored. */
export async function listReferralsOf(
  db: Db,
  workspaceId: string,
  superIdentityId: string,
  until: number | null,
): Promise<PastReferral[]> {
  const { rows } = await sql<PastReferral>`
    select id, referred_at, provisional_until, referrer_id, referrer_firstname, referrer_lastname from referrals
    where workspace_id = ${workspaceId} and super_identity_id = ${superIdentityId}
      ${until === null ? sql`` : sql`and referred_at + 0 <= ${until}`}
    order by referred_at + 0 desc, id limit ${referralsMax}
  `.execute(db)
  return rows
}

/** Decisions are append-only and outlive an erasure. Each referral's own are in their order. */
export async function listDecisionsOn(
  db: Db,
  workspaceId: string,
  referralIds: readonly string[],
  until: number | null,
): Promise<PastDecision[]> {
  if (referralIds.length === 0) return []
  return db
    .selectFrom('referral_decisions as d')
    .leftJoin('members as m', (j) =>
      j.onRef('m.workspace_id', '=', 'd.member_workspace_id').onRef('m.id', '=', 'd.member_id'),
    )
    .select(['d.referral_id', 'd.from_status', 'd.to_status', 'd.member_id', 'm.firstname', 'm.lastname'])
    .select(['d.admitted_until', 'd.overridden_at', 'd.decided_at'])
    .where('d.workspace_id', '=', workspaceId)
    .where('d.referral_id', 'in', listed(referralIds))
    .$if(until !== null, (q) => q.where('d.decided_at', '<=', until as number))
    .orderBy('d.referral_id')
    .orderBy('d.number')
    .execute()
}

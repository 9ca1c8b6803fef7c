// A referral as the contract shows it.
import type { Referral, ReferralDecision, ReferralStatus, ReferralUser } from '@narthex/contract'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { versionOf } from '../../lib/shown-version.ts'
import type { DecisionRow, ReferralRow } from './queries.ts'

/** What of the organization stands in a referral. */
interface Organization {
  readonly id: string
  readonly name: string
}

/** The status at this moment: an admission whose end has come is over, whether or not that is on record yet. */
export function statusAt(row: ReferralRow, now: number): ReferralStatus {
  const over = row.status === 'ADMITTED' && row.admitted_until !== null && row.admitted_until <= now
  return over ? 'EXPIRED' : row.status
}

export function presentReferral(row: ReferralRow, { id, name }: Organization, now: number): Referral {
  const shown = {
    id: row.id,
    organizationId: id,
    organizationName: name,
    referredUser: userOf(row.super_identity_id, row.referred_firstname, row.referred_lastname, row.referred_email),
    status: statusAt(row, now),
    referredAt: iso(row.referred_at),
    referrerUser: userOf(row.referrer_id, row.referrer_firstname, row.referrer_lastname, row.referrer_email),
    ...(row.reviewer_id !== null && {
      reviewerUser: userOf(row.reviewer_id, row.reviewer_firstname, row.reviewer_lastname, row.reviewer_email),
    }),
    ...(row.referrer_comment !== null && { referrerComment: row.referrer_comment }),
    ...(row.reviewer_comment !== null && { reviewerComment: row.reviewer_comment }),
    ...(row.reviewed_at !== null && { reviewedAt: iso(row.reviewed_at) }),
  }
  return { ...shown, meta: { version: versionOf(row.version, shown) } }
}

export function presentDecision(row: DecisionRow): ReferralDecision {
  return {
    from: row.from_status,
    to: row.to_status,
    by: row.member_id === null ? null : userOf(row.member_id, row.firstname, row.lastname, row.email),
    comment: row.comment,
    admittedUntil: isoOrNull(row.admitted_until),
    override: row.overridden_at !== null,
    at: iso(row.decided_at),
  }
}

/** What is not known is absent. */
export function userOf(
  userId: string,
  firstname: string | null,
  lastname: string | null,
  email: string | null,
): ReferralUser {
  return {
    userId,
    ...(firstname !== null && { firstname }),
    ...(lastname !== null && { lastname }),
    ...(email !== null && { email }),
  }
}

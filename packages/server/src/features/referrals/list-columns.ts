// Which column holds a field of a referral, and in which direction an index has it.
import type { ReferralField } from '@narthex/contract'
import { sql, type Expression } from 'kysely'
import type { Columns } from '../../db/ordered-rows.ts'
import type { ReferralTable } from '../../db/schema.ts'

/** Fields that differ between the referrals of one organization. */
export type OwnField = Exclude<ReferralField, 'organizationId' | 'organizationName' | 'name' | 'parentId'>

/** Each has an index of workspace, column and id. */
const columns: Record<OwnField, keyof ReferralTable> = {
  id: 'id',
  status: 'status',
  referredAt: 'referred_at',
  reviewedAt: 'reviewed_at',
  referrerComment: 'referrer_comment',
  reviewerComment: 'reviewer_comment',
  'referredUser.userId': 'super_identity_id',
  'referredUser.firstname': 'referred_firstname',
  'referredUser.lastname': 'referred_lastname',
  'referredUser.email': 'referred_email',
  'referrerUser.userId': 'referrer_id',
  'referrerUser.firstname': 'referrer_firstname',
  'referrerUser.lastname': 'referrer_lastname',
  'referrerUser.email': 'referrer_email',
  'reviewerUser.userId': 'reviewer_id',
  'reviewerUser.firstname': 'reviewer_firstname',
  'reviewerUser.lastname': 'reviewer_lastname',
  'reviewerUser.email': 'reviewer_email',
}

const neverAbsent: ReadonlySet<string> = new Set<OwnField>([
  'id',
  'status',
  'referredAt',
  'referredUser.userId',
  'referrerUser.userId',
])

/** Their indexes begin with the latest; those of texts with the first. */
const latestFirst: ReadonlySet<string> = new Set<OwnField>(['referredAt', 'reviewedAt'])

export function columnOf(field: string): Expression<unknown> {
  return sql.ref(columns[field as OwnField])
}

/** By how few rows are likely to have one value of it; infinite for times, of which ranges are asked for. */
const selective: readonly OwnField[] = [
  'id',
  'referredUser.userId',
  'referredUser.email',
  'referrerComment',
  'reviewerComment',
  'referredUser.lastname',
  'referredUser.firstname',
  'referrerUser.userId',
  'referrerUser.email',
  'reviewerUser.userId',
  'reviewerUser.email',
  'referrerUser.lastname',
  'referrerUser.firstname',
  'reviewerUser.lastname',
  'reviewerUser.firstname',
  'status',
]

export function fieldRank(field: string): number {
  const rank = selective.indexOf(field as OwnField)
  return rank < 0 ? Infinity : rank
}

/** `dueAt`: now, where some admission is over and stored as if it were not; else null. */
export function columnsAt(dueAt: number | null): Columns<OwnField> {
  return {
    nameOf: (field) => columns[field],
    mayBeAbsent: (field) => !neverAbsent.has(field),
    isLatestFirst: (field) => latestFirst.has(field),
    computed: (field) => (field === 'status' && dueAt !== null ? statusAtSql(dueAt) : undefined),
  }
}

/** The status as it is at a moment, for a workspace where that differs from what is stored. */
function statusAtSql(now: number): Expression<unknown> {
  return sql`case when status = 'ADMITTED' and admitted_until <= ${now} then 'EXPIRED' else status end`
}

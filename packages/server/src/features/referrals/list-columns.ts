// Which column holds a field of a referral, and in which direction an index has it.
import type { ReferralField } from '@narthex/contract'
import { sql, type Expression } from 'kysely'
import type { ReferralTable } from '../../db/schema.ts'

/** Fields that differ between the referrals of one organization. */
export type OwnField = Exclude<ReferralField, 'organizationId' | 'organizationName' | 'name' | 'parentId'>

export interface Order {
  readonly field: OwnField
  readonly descending: boolean
}

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

export function columnNameOf(field: OwnField): string {
  return columns[field]
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

export function mayBeAbsent(field: OwnField): boolean {
  return !neverAbsent.has(field)
}

/** Whether an index holds exactly this order, ties by ascending id included. */
export function isIndexOrder({ field, descending }: Order): boolean {
  return field === 'id' || descending === latestFirst.has(field)
}

/** The direction in which the index of a field has its values. */
export function indexDirection(field: OwnField): 'asc' | 'desc' {
  return latestFirst.has(field) ? 'desc' : 'asc'
}

/** The status as it is at a moment, for a workspace where that differs from what is stored. */
export function statusAtSql(now: number): Expression<unknown> {
  return sql`case when status = 'ADMITTED' and admitted_until <= ${now} then 'EXPIRED' else status end`
}

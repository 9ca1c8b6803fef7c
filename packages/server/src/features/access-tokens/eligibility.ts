// The one decision on whether an external user may come in. Every path to a token asks it, and nothing else decides.
import type { ErrorCode } from '@narthex/contract'

/** What is known of an external user, its person and its channel at the moment of asking. */
export interface Standing {
  readonly blockedAt: number | null
  readonly channelAdmission: 'open' | 'referral'
  readonly channelArchivedAt: number | null
  readonly erasedAt: number | null
}

export interface Reason {
  readonly code: Extract<
    ErrorCode,
    'channel_not_found' | 'external_user_not_found' | 'external_user_blocked' | 'admission_required'
  >
}

export interface Eligibility {
  readonly allowed: boolean
  /** Why not, the gravest first; empty when allowed. */
  readonly reasons: readonly Reason[]
}

/** A moment in the future has not come yet: the clock of the caller decides. */
export function eligibility(standing: Standing, at: number): Eligibility {
  const since = (moment: number | null) => moment !== null && moment <= at
  const reasons: Reason[] = []
  if (since(standing.channelArchivedAt)) reasons.push({ code: 'channel_not_found' })
  if (since(standing.erasedAt)) reasons.push({ code: 'external_user_not_found' })
  if (since(standing.blockedAt)) reasons.push({ code: 'external_user_blocked' })
  // Nobody holds an admission before persons can be referred.
  if (standing.channelAdmission === 'referral') reasons.push({ code: 'admission_required' })
  return { allowed: reasons.length === 0, reasons }
}

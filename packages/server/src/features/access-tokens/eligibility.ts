// The one decision on whether an external user may come in. Every path to a token asks it, and nothing else decides.
import type { ErrorCode } from '@narthex/contract'

/** What is known of an external user, its person and its channel. */
export interface Standing {
  readonly channelAdmission: 'open' | 'referral'
  readonly channelArchivedAt: number | null
  readonly erasedAt: number | null
  /** Until when a block reaches the account, its person, its identifier; null without one. */
  readonly blockedUntil: {
    readonly 'external-user': number | null
    readonly person: number | null
    readonly identifier: number | null
  }
}

export type Reach = keyof Standing['blockedUntil']

export interface Reason {
  readonly code: Extract<
    ErrorCode,
    'channel_not_found' | 'external_user_not_found' | 'external_user_blocked' | 'admission_required'
  >
  /** The reach of the block that refuses. */
  readonly reach?: Reach
}

export interface Eligibility {
  readonly allowed: boolean
  /** Why not, the gravest first: the first one decided. Empty when allowed. */
  readonly reasons: readonly Reason[]
}

const reaches = ['external-user', 'person', 'identifier'] as const

/** A block that ends at this very moment refuses no longer; one that ends later still does. The caller's clock decides. */
export function eligibility(standing: Standing, at: number): Eligibility {
  const come = (moment: number | null) => moment !== null && moment <= at
  const reasons: Reason[] = []
  if (come(standing.channelArchivedAt)) reasons.push({ code: 'channel_not_found' })
  if (come(standing.erasedAt)) reasons.push({ code: 'external_user_not_found' })
  for (const reach of reaches) {
    if ((standing.blockedUntil[reach] ?? 0) > at) reasons.push({ code: 'external_user_blocked', reach })
  }
  // Nobody holds an admission before persons can be referred.
  if (standing.channelAdmission === 'referral') reasons.push({ code: 'admission_required' })
  return { allowed: reasons.length === 0, reasons }
}

// The one decision on whether an external user may come in. Every path to a token asks it, and nothing else decides.
import type { ErrorCode } from '@narthex/contract'

/** What the referrals of a person come to. */
export interface PersonStanding {
  /** The admission on record as current; `until` is null where it has no end. */
  readonly admission: { readonly id: string; readonly until: number | null } | null
  /** Until when the person may come in before the first decision; null where nothing waits or the policy is off. */
  readonly provisionalUntil: number | null
  /** Whether an admission of the person ever began. */
  readonly everAdmitted: boolean
}

/** What is known of an external user, its person and its channel. */
export interface Standing extends PersonStanding {
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
    'channel_not_found' | 'external_user_not_found' | 'external_user_blocked' | 'admission_required' | 'admission_ended'
  >
  /** The reach of the block that refuses. */
  readonly reach?: Reach
}

/** By what somebody passes the door of the channel, blocks aside. */
export interface Entry {
  /** The admission that lets in; null on open channels, and where access is provisional. */
  readonly admissionId: string | null
  readonly provisional: boolean
  /** When it ends by the clock: no token outlives it. null: never. */
  readonly until: number | null
}

export interface Eligibility {
  readonly allowed: boolean
  /** Why not, the gravest first: the first one decided. Empty when allowed. */
  readonly reasons: readonly Reason[]
  /** null where the channel's door is closed to the person. */
  readonly entry: Entry | null
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
  const entry = entryAt(standing, at)
  if (!entry) reasons.push({ code: standing.everAdmitted ? 'admission_ended' : 'admission_required' })
  return { allowed: reasons.length === 0, reasons, entry }
}

function entryAt({ channelAdmission, admission, provisionalUntil }: Standing, at: number): Entry | null {
  if (channelAdmission === 'open') return { admissionId: null, provisional: false, until: null }
  if (admission && (admission.until === null || lasts(admission.until, at))) {
    return { admissionId: admission.id, provisional: false, until: admission.until }
  }
  if (provisionalUntil === null || !lasts(provisionalUntil, at)) return null
  return { admissionId: null, provisional: true, until: provisionalUntil }
}

/** Tokens tell time in whole seconds: in the second in which access ends, none could be given that lives. */
function lasts(until: number, at: number): boolean {
  return Math.floor(until / 1000) * 1000 > at
}

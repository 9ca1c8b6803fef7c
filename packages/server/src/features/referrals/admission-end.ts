// Until when a person is let in: what was proposed, what the reviewer names, and what the policy allows.
import type { Policies } from '@narthex/contract'
import { invalid } from '../../lib/api-error.ts'

/** What of a referral decides on the end of its next admission. */
interface Proposal {
  readonly admitted_at: number | null
  readonly proposed_until: number | null
}

const dayMs = 24 * 60 * 60 * 1000

/** The latest end that the policy allows to an admission that begins now. */
export function latestEnd({ admissionDaysMax }: Policies, now: number): number {
  return admissionDaysMax === null ? Infinity : now + admissionDaysMax * dayMs
}

/**
 * Of an admission that begins now; null for none. The first one takes the end that was proposed unless `named` says
 * otherwise, with null for none; a later one only what is named. Where the policy sets a bound, no end means the bound.
 */
export function endOfAdmission(
  row: Proposal,
  named: string | null | undefined,
  policies: Policies,
  now: number,
): number | null {
  const latest = latestEnd(policies, now)
  const proposed = named === undefined && row.admitted_at === null ? row.proposed_until : null
  const end = typeof named === 'string' ? Date.parse(named) : proposed
  if (end === null) return latest === Infinity ? null : latest
  if (!(end > now)) {
    throw invalid('admittedUntil', named ? 'must be in the future' : 'must be given: the proposed end has passed')
  }
  if (end > latest) {
    const rule = `at most ${policies.admissionDaysMax} days from now`
    throw invalid('admittedUntil', named ? `must be ${rule}` : `must be given, ${rule}: the proposed end is later`)
  }
  return end
}

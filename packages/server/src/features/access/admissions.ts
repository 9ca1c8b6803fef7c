// What a person's referrals came to, now or at a past moment, told from their decisions: these are never changed or deleted.
import type { Access, ReferralStatus } from '@narthex/contract'
import type { Db } from '../../db/database.ts'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { listDecisionsOn, listReferralsOf, type PastDecision, type PastReferral } from './queries.ts'

/** The latest are told; a person has a handful. */
const shownMax = 50

type ShownReferral = Access['referrals'][number]

export interface Admissions {
  /** The current one, by the clock. */
  readonly current: { readonly id: string; readonly since: number; readonly until: number | null } | null
  readonly everAdmitted: boolean
  /** Of the referral that waits, whether or not the policy is on. */
  readonly provisionalUntil: number | null
  readonly referrals: ShownReferral[]
}

/** `moment` null is now: then all that is stored counts, because clocks of several nodes differ. */
export async function admissionsOf(
  db: Db,
  workspaceId: string,
  superIdentityId: string,
  { at, moment }: { readonly at: number; readonly moment: number | null },
): Promise<Admissions> {
  const referrals = await listReferralsOf(db, workspaceId, superIdentityId, moment)
  const ids = referrals.map(({ id }) => id)
  const decisions = await listDecisionsOn(db, workspaceId, ids, moment)
  const told = referrals.map((referral) => {
    const own = decisions.filter(({ referral_id }) => referral_id === referral.id)
    return stateOf(referral, own, at)
  })
  const waiting = told.find(({ status }) => status === 'REFERRED')
  return {
    current: told.find(({ current }) => current)?.current ?? null,
    everAdmitted: decisions.some(({ to_status }) => to_status === 'ADMITTED'),
    provisionalUntil: waiting?.referral.provisional_until ?? null,
    referrals: told.slice(0, shownMax).map(presentReferral),
  }
}

interface State {
  readonly referral: PastReferral
  readonly status: ReferralStatus
  readonly decisions: readonly PastDecision[]
  readonly current: Admissions['current']
}

function stateOf(referral: PastReferral, recorded: readonly PastDecision[], at: number): State {
  const decisions = withEnd(recorded, at)
  const last = decisions.at(-1)
  const status = last?.to_status ?? 'REFERRED'
  const current =
    last && status === 'ADMITTED' ? { id: referral.id, since: last.decided_at, until: last.admitted_until } : null
  return { referral, status, decisions, current }
}

/** An admission ends at its moment, whether or not a job has recorded it since. */
function withEnd(recorded: readonly PastDecision[], at: number): readonly PastDecision[] {
  const last = recorded.at(-1)
  const until = last?.to_status === 'ADMITTED' ? last.admitted_until : null
  if (!last || until === null || until > at) return recorded
  const end: PastDecision = {
    ...last,
    from_status: 'ADMITTED',
    to_status: 'EXPIRED',
    member_id: null,
    admitted_until: null,
    overridden_at: null,
    decided_at: until,
  }
  return [...recorded, end]
}

function presentReferral({ referral, status, decisions }: State): ShownReferral {
  return {
    id: referral.id,
    status,
    referredAt: iso(referral.referred_at),
    referrer: {
      id: referral.referrer_id,
      firstname: referral.referrer_firstname,
      lastname: referral.referrer_lastname,
    },
    provisionalUntil: isoOrNull(referral.provisional_until),
    decisions: decisions.map((decision) => ({
      from: decision.from_status,
      to: decision.to_status,
      by:
        decision.member_id === null
          ? null
          : { id: decision.member_id, firstname: decision.firstname, lastname: decision.lastname },
      admittedUntil: isoOrNull(decision.admitted_until),
      override: decision.overridden_at !== null,
      at: iso(decision.decided_at),
    })),
  }
}

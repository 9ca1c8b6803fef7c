// Reviewing: a member who is neither the referrer nor the referred person admits, rejects or revokes.
import type { Input, Operations, Policies } from '@narthex/contract'
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { requireNamedMatch, type IfMatch } from '../../lib/if-match.ts'
import { listBlocksOnPerson } from '../blocks/person-queries.ts'
import { members, type MemberRow } from '../members/queries.ts'
import { listAddresses } from '../super-identities/queries.ts'
import { endOfAdmission } from './admission-end.ts'
import { settle, settleLive } from './expiry.ts'
import type { ReferralRow } from './queries.ts'
import { ownAddresses } from './refer.ts'
import { lockReferral } from './service.ts'
import { actingFor, inside, requireStanding, requireVisible, type Seen } from './sight.ts'
import { leadsTo, move, onlyOneLive, type Step } from './transition.ts'

export interface Review {
  readonly id: string
  readonly body: Input<Operations['referrals.review']>['body']
  readonly ifMatch: IfMatch
}

type ReviewBody = Review['body']
type Decided = Extract<Step['to'], 'ADMITTED' | 'REJECTED' | 'REVOKED'>

export async function review(ctx: Context, request: Review): Promise<Seen> {
  return onlyOneLive(() => ctx.db.write((tx) => decide(tx, ctx, request)))
}

/** Who may is asked before anything else, so that no stranger learns from a refusal how things stand. */
async function decide(tx: Tx, ctx: Context, { id, body, ifMatch }: Review): Promise<Seen> {
  const seen = await requireVisible(inside(ctx, tx), id)
  const { sight } = seen
  if (!sight.mayDecide) throw new ApiError('role_insufficient')
  const acting = actingFor(ctx, sight)
  const locked = await lockReferral(tx, seen.row)
  const reviewer = await requireStanding(tx, acting.principal as MemberPrincipal, sight.membership as Membership)
  await requireUninvolved(tx, acting.principal as MemberPrincipal, locked)
  // Against the version that callers were shown: that the clock is being recorded meanwhile is nothing they missed.
  requireNamedMatch(ifMatch, locked.version)
  const current = await settle(tx, acting, locked)
  const to = requireWay(current, body.status)
  requireComment(body, to, sight.policies)
  const now = acting.clock.now()
  const admission =
    to === 'ADMITTED'
      ? {
          admittedUntil: endOfAdmission(current, body.admittedUntil, sight.policies, now),
          overridden: await overrides(tx, acting, current, body),
        }
      : {}
  const step = { ...stepOf(acting, reviewer, body, to), ...admission }
  const row = await move(tx, acting, current, withAdmission(step, now))
  return { row, sight }
}

/** By member, by login and by address: a human may have several places, also in a partner organization. */
async function requireUninvolved(tx: Tx, principal: MemberPrincipal, row: ReferralRow): Promise<void> {
  const referrer = (await members.find(tx, row.referrer_workspace_id, row.referrer_id)) as MemberRow
  const own = ownAddresses(principal)
  const referred = await listAddresses(tx, row.workspace_id, row.super_identity_id)
  const isReferrer =
    principal.memberships.some(({ id }) => id === referrer.id) ||
    referrer.login_id === principal.loginId ||
    own.has(referrer.email_canonical)
  if (isReferrer || referred.some((address) => own.has(address))) throw new ApiError('review_forbidden')
}

function requireWay({ status }: ReferralRow, to: ReviewBody['status']): Decided {
  const isDecision = to === 'ADMITTED' || to === 'REJECTED' || to === 'REVOKED'
  if (!isDecision || !leadsTo(status, to)) {
    throw new ApiError('transition_forbidden', { message: `The referral does not go from ${status} to ${to}.` })
  }
  return to
}

function requireComment({ reviewerComment, admittedUntil, override }: ReviewBody, to: Decided, policies: Policies) {
  const isNeeded = policies.reviewerCommentRequired || override
  if (isNeeded && !isTold(reviewerComment)) throw invalid('reviewerComment', 'is required')
  if (to === 'ADMITTED') return
  if (admittedUntil !== undefined) throw invalid('admittedUntil', 'is for the status ADMITTED only')
  if (override) throw invalid('override', 'is for the status ADMITTED only')
}

/** Blanks and invisible characters say nothing. */
function isTold(comment: string | undefined): boolean {
  return comment !== undefined && /[\p{L}\p{N}\p{P}\p{S}]/u.test(comment)
}

/** Whether the admission overrides a block; refuses where it may not be. */
async function overrides(tx: Tx, ctx: Context, row: ReferralRow, { override }: ReviewBody): Promise<boolean> {
  const blocked = await isBlocked(tx, ctx, row)
  if (blocked && !override) throw new ApiError('person_blocked')
  const live = await settleLive(tx, ctx, row.workspace_id, row.super_identity_id)
  if (live && live.id !== row.id) throw new ApiError('referral_exists')
  return blocked
}

/** Whether a block in force reaches the person, an account of it, or an address as e-mail channels know it. */
async function isBlocked(tx: Tx, { instance, clock }: Context, row: ReferralRow): Promise<boolean> {
  const { workspace_id, super_identity_id: superIdentityId } = row
  const addresses = await listAddresses(tx, workspace_id, superIdentityId)
  const fingerprints = addresses.map((one) => fingerprint(instance.fingerprintKey, workspace_id, 'email', one))
  const on = await listBlocksOnPerson(
    tx,
    workspace_id,
    { superIdentityId, fingerprints },
    { now: clock.now(), limit: 1 },
  )
  return on.length > 0
}

function stepOf({ clock }: Context, reviewer: MemberRow, { reviewerComment }: ReviewBody, to: Decided): Step {
  const at = clock.now()
  const comment = reviewerComment ?? null
  const by = { id: reviewer.id, workspaceId: reviewer.workspace_id }
  return { to, by, comment, at, change: reviewBy(reviewer, comment, at) }
}

/** What the row shows of the latest decision by a member. */
export function reviewBy(reviewer: MemberRow, comment: string | null, at: number) {
  return {
    reviewer_id: reviewer.id,
    reviewer_firstname: reviewer.firstname,
    reviewer_lastname: reviewer.lastname,
    reviewer_email: reviewer.email,
    reviewer_comment: comment,
    reviewed_at: at,
  }
}

export function withAdmission(step: Step, now: number): Step {
  if (step.to !== 'ADMITTED') return step
  return { ...step, change: { ...step.change, admitted_at: now, admitted_until: step.admittedUntil ?? null } }
}

// Calls on referrals: a member vouches for a person, another member decides.
import { at } from './calls.ts'
import type { GuardedOptions, NumberedWalk, ReferralCalls } from './referral-calls.ts'
import type { Finding, ReferralField } from './referral-filter.ts'
import type { CallOptions, GetOptions } from './results.ts'
import type { Evidence, ListReferralsQuery, ReferPerson, Referral, ReferralDecisions, ReviewReferral } from './types.ts'

const path = '/external-users'

/** Which referrals of an organization, and how many. */
export type FindReferrals = Finding<ListReferralsQuery, ReferralField>

/** A referral as it was seen: a decision on it fails with 412 when it has changed since. */
export type SeenReferral = Pick<Referral, 'id' | 'meta'>

export type Referrals = ReturnType<typeof referrals>

export function referrals(calls: ReferralCalls) {
  const review = (id: string, body: ReviewReferral, options: GuardedOptions) =>
    calls.update<Referral>(at(path, id), body, options)
  const decide =
    <B extends object>(status: ReviewReferral['status']) =>
    ({ id, meta }: SeenReferral, body?: B, options?: CallOptions) =>
      review(id, { ...body, status }, { ...options, ifMatch: `"${meta.version}"` })
  return {
    /** One page, latest first unless `sort` says otherwise. Errors: `narthex.referral.notFound` for the organization. */
    list: <O extends GetOptions = CallOptions>(query: FindReferrals, options?: O) =>
      calls.page<Referral, O>('externalUsers', path, query, options),

    /** Every referral that matches, page by page. What changes during the walk may be skipped or come twice. */
    listAll: (query: NumberedWalk<FindReferrals>, options?: CallOptions) =>
      calls.pageAll<Referral>('externalUsers', path, query, options),

    /** Errors: `narthex.referral.notFound`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<Referral, O>(at(path, id), options),

    /**
     * Vouches for a person, by `userId` or by `email`. For members. Errors: `narthex.referral.conflict` when another referral
     * of the person is open or admitted, `narthex.referral.forbidden`.
     */
    refer: (body: ReferPerson, options?: CallOptions) => calls.refer<Referral>(path, body, options),

    /** Errors: `narthex.referral.noMatch` when somebody else was faster, `narthex.referral.conflict`, `narthex.referral.forbidden`. */
    review,

    /** Lets the person in, as it was seen. Somebody who is blocked needs `override` and a comment. */
    admit: decide<Omit<ReviewReferral, 'status'>>('ADMITTED'),

    /** Refuses the person, as it was seen. */
    reject: decide<Pick<ReviewReferral, 'reviewerComment'>>('REJECTED'),

    /** Takes the admission back, as it was seen: every token of the person ends at once. */
    revoke: decide<Pick<ReviewReferral, 'reviewerComment'>>('REVOKED'),

    /** Takes back a referral that waits for its decision. For its referrer, owners and admins. */
    withdraw: (id: string, options: GuardedOptions) => calls.withdraw(at(path, id), options),

    /** Every decision, oldest first. */
    decisions: (id: string, options?: CallOptions) =>
      calls.read<ReferralDecisions>(at(path, id, 'decisions'), {}, options),

    /** What is known of the person, for owners, admins and reviewers. */
    evidence: (id: string, options?: CallOptions) => calls.read<Evidence>(at(path, id, 'evidence'), {}, options),
  }
}

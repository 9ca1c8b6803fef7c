// Referrals on the wire: a member vouches for a person, another member decides. Source: seed 003 and its sibling page.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Nullable, Timestamp } from '../common.ts'
import { operation } from '../operation.ts'
import { Email, PersonName } from '../workspace-api/members.ts'
import { AnyId, ListMeta, ReferralUser, ResourceMeta, listQuery } from './common.ts'
import { fieldsNamed, referralFields } from './fields.ts'

export const referralStatuses = ['REFERRED', 'ADMITTED', 'REJECTED', 'REVOKED', 'WITHDRAWN', 'EXPIRED'] as const
export type ReferralStatus = (typeof referralStatuses)[number]

export const Status = Type.Unsafe<ReferralStatus>(
  Type.Enum([...referralStatuses], {
    title: 'ReferralStatus',
    description: 'REFERRED waits for a decision; ADMITTED lets in; the others do not.',
  }),
)

/** At most 500 code points, so that the longest still fits the databases' indexes. */
const Comment = Type.String({ minLength: 1, maxLength: 500 })

export const Referral = Exactly(
  {
    id: Type.String({ description: 'Identifies the referral.' }),
    organizationId: Type.String({ description: 'The organization that the person is to be let into: a workspace.' }),
    organizationName: Type.String({ description: 'The name of the organization.' }),
    referredUser: ReferralUser,
    status: Status,
    referredAt: Described(Timestamp, 'When the person was referred.'),
    referrerUser: ReferralUser,
    reviewerUser: Type.Optional(ReferralUser),
    referrerComment: Type.Optional(Type.String({ description: 'Why the member vouches for the person.' })),
    reviewerComment: Type.Optional(Type.String({ description: 'The comment of the latest decision.' })),
    reviewedAt: Type.Optional(Described(Timestamp, 'When the latest decision was made.')),
    meta: ResourceMeta,
  },
  'Referral',
  'A member vouches for a person; a decision by another member admits, rejects, revokes.',
)
export type Referral = Static<typeof Referral>

export const list = operation({
  id: 'referrals.list',
  surface: 'referral',
  method: 'GET',
  path: '/external-users',
  scope: 'referrals:read',
  summary: 'List referrals',
  description: `The referrals of one organization that the caller may see, latest first unless \`sort\` says otherwise. ${fieldsNamed(referralFields)}`,
  query: Exactly({
    organizationId: Described(AnyId, 'The organization. Required.'),
    userId: Type.Optional(Described(AnyId, 'Only referrals of this person: `referredUser.userId`.')),
    ...listQuery,
  }),
  output: Exactly(
    { externalUsers: Type.Array(Referral, { description: 'Those of this page.' }), meta: ListMeta },
    'ReferralList',
    'A page of referrals.',
  ),
  errors: ['organization_not_found'],
  versioned: true,
})

export const get = operation({
  id: 'referrals.get',
  surface: 'referral',
  method: 'GET',
  path: '/external-users/{id}',
  scope: 'referrals:read',
  summary: 'Get a referral',
  description: 'Answers one referral.',
  output: Referral,
  errors: ['referral_not_found'],
  versioned: true,
})

export const refer = operation({
  id: 'referrals.refer',
  surface: 'referral',
  method: 'POST',
  path: '/external-users',
  scope: null,
  credential: 'member',
  status: 201,
  summary: 'Refer a person',
  description:
    'Names a person that is known, by `userId`, or by `email`, which finds whoever holds the address on a channel that vouches for it. At most one referral of a person is open or admitted.',
  body: Exactly(
    {
      organizationId: Described(AnyId, 'The organization that the person is to be let into.'),
      userId: Type.Optional(Described(AnyId, 'A person that is known. Excludes `email`.')),
      email: Type.Optional(Described(Email, 'The address of the person. Excludes `userId`.')),
      firstname: Type.Optional(Described(PersonName, 'Fills the given name where none is known.')),
      lastname: Type.Optional(Described(PersonName, 'Fills the family name where none is known.')),
      referrerComment: Type.Optional(Described(Comment, 'Why you vouch for the person.')),
      admittedUntil: Type.Optional(Nullable(Described(Timestamp, 'The end that you propose for the first admission.'))),
    },
    'ReferPerson',
  ),
  output: Referral,
  errors: ['role_insufficient', 'organization_not_found', 'user_not_found', 'referral_exists'],
  events: ['referral.referred'],
  versioned: true,
})

export const review = operation({
  id: 'referrals.review',
  surface: 'referral',
  method: 'PATCH',
  path: '/external-users/{id}',
  scope: null,
  credential: 'member',
  summary: 'Decide on a referral',
  description:
    'Admits, rejects or revokes. It takes effect on every channel of the person at once. The reviewer is neither the referrer nor the referred person.',
  body: Exactly(
    {
      status: Described(Status, 'The status that the decision leads to: ADMITTED, REJECTED or REVOKED.'),
      reviewerComment: Type.Optional(Described(Comment, 'Why.')),
      admittedUntil: Type.Optional(
        Nullable(
          Described(Timestamp, 'When the admission ends by itself, in place of what was proposed; null for never.'),
        ),
      ),
      override: Type.Optional(
        Type.Boolean({ description: 'Admits a blocked person all the same; needs a comment and lifts no block.' }),
      ),
    },
    'ReviewReferral',
  ),
  output: Referral,
  errors: [
    'referral_not_found',
    'role_insufficient',
    'review_forbidden',
    'referral_exists',
    'transition_forbidden',
    'person_blocked',
  ],
  events: ['referral.admitted', 'referral.rejected', 'referral.revoked'],
  versioned: true,
  guarded: true,
})

export const withdraw = operation({
  id: 'referrals.withdraw',
  surface: 'referral',
  method: 'DELETE',
  path: '/external-users/{id}',
  scope: null,
  credential: 'member',
  status: 204,
  summary: 'Withdraw a referral',
  description: 'Takes back a referral that waits for its decision: for its referrer, owners and admins.',
  output: Type.Null(),
  errors: ['referral_not_found', 'role_insufficient', 'transition_forbidden'],
  events: ['referral.withdrawn'],
  versioned: true,
  guarded: true,
})

const Decision = Exactly(
  {
    from: Status,
    to: Status,
    by: Nullable(
      Exactly(ReferralUser.properties, undefined, 'Who decided; null where the clock or an erasure ended it.'),
    ),
    comment: Nullable(Type.String({ description: 'Why; null without one.' })),
    admittedUntil: Nullable(Described(Timestamp, 'The end that an admission was given; null for none.')),
    override: Type.Boolean({ description: 'The person was blocked and admitted all the same.' }),
    at: Described(Timestamp, 'When it took effect.'),
  },
  'ReferralDecision',
  'One step of a referral from one status to another.',
)
export type ReferralDecision = Static<typeof Decision>

export const decisions = operation({
  id: 'referrals.decisions',
  surface: 'referral',
  method: 'GET',
  path: '/external-users/{id}/decisions',
  scope: 'referrals:read',
  summary: 'List the decisions on a referral',
  description: 'Every decision, oldest first.',
  output: Exactly(
    { decisions: Type.Array(Decision, { description: 'Oldest first.' }) },
    'ReferralDecisions',
    'The history of a referral.',
  ),
  errors: ['referral_not_found'],
})

// What a reviewer sees beside a referral: what the runtime and the history know of the person.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Nullable, Timestamp } from '../common.ts'
import { operation } from '../operation.ts'
import type { Reach } from '../workspace-api/blocks.ts'
import { ReferralUser } from './common.ts'
import { Status } from './external-users.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

const Account = Exactly(
  {
    externalUserId: Id,
    userId: Described(Id, 'The person that it belongs to.'),
    channelId: Id,
    channelName: Type.String({ description: 'The name of the channel.' }),
    match: Type.Unsafe<'person' | 'email' | 'phone'>(
      Type.Enum(['person', 'email', 'phone'], {
        description: 'An account of the person itself, or one of somebody with the same canonical address or number.',
      }),
    ),
    blocked: Type.Boolean({ description: 'A block reaches it.' }),
    firstSeenAt: Described(Timestamp, 'When the account was made.'),
    lastSeenAt: Nullable(Described(Timestamp, 'When it was last seen, by the minute; null for never.')),
  },
  'EvidenceAccount',
  'An external user that may be this person.',
)

const Refusal = Exactly(
  {
    referralId: Type.String({ description: 'The referral that was refused; this one or an earlier one.' }),
    userId: Described(
      Id,
      'Whose it is: the person, or somebody who has an account above by the same address or number.',
    ),
    to: Status,
    by: Nullable(Exactly(ReferralUser.properties, undefined, 'Who refused; null where nobody did by hand.')),
    comment: Nullable(Type.String({ description: 'Why.' })),
    at: Described(Timestamp, 'When.'),
  },
  'EvidenceRefusal',
  'An earlier rejection or revocation.',
)

const EvidenceBlock = Exactly(
  {
    blockId: Id,
    reach: Type.Unsafe<Reach>(
      Type.Enum(['external-user', 'person', 'identifier'], { description: 'An identifier is on the denylist.' }),
    ),
    externalUserId: Nullable(Described(Id, 'The account that it reaches, where it is one account.')),
    channelId: Nullable(Described(Id, 'The only channel that an identifier is blocked on; null for all.')),
    reason: Nullable(Type.String({ description: 'Why it was placed.' })),
    placedAt: Described(Timestamp, 'When it was placed.'),
    endsAt: Nullable(Described(Timestamp, 'When it ends by itself; null for never.')),
  },
  'EvidenceBlock',
  'A block in force that reaches the person, an account or the address.',
)

export const Evidence = Exactly(
  {
    accounts: Type.Array(Account, {
      description: 'Those of the person, then those of others; each the latest seen first, at most 50.',
    }),
    refusals: Type.Array(Refusal, { description: 'The latest first, at most 50.' }),
    blocks: Type.Array(EvidenceBlock, { description: 'The latest first, at most 50.' }),
    usage: Exactly(
      {
        accounts: count('Accounts of the person; erased ones are not counted.'),
        firstSeenAt: Nullable(Described(Timestamp, 'The first account was made then.')),
        lastSeenAt: Nullable(Described(Timestamp, 'When any account was last seen.')),
      },
      'EvidenceUsage',
      'How the person has used the product so far.',
    ),
    referrer: Exactly(
      {
        referred: count('Other referrals of the same referrer.'),
        admitted: count('Of these, admitted now.'),
        pending: count('Of these, waiting for a decision.'),
        rejected: count('Of these, rejected.'),
        revoked: count('Of these, revoked.'),
        expired: count('Of these, ended by their date.'),
        withdrawn: count('Of these, withdrawn.'),
        blockedNow: count('Persons among the latest 200 of these that a block reaches now.'),
      },
      'EvidenceReferrer',
      'How the other referrals of the same member turned out.',
    ),
  },
  'Evidence',
  'What the runtime and the history know of a referred person.',
)
export type Evidence = Static<typeof Evidence>

export const evidence = operation({
  id: 'referrals.evidence',
  surface: 'referral',
  method: 'GET',
  path: '/external-users/{id}/evidence',
  scope: null,
  credential: 'member',
  summary: 'Get the evidence on a referral',
  description: 'What is known of the person, for those who decide: owners, admins and reviewers.',
  output: Evidence,
  errors: ['referral_not_found', 'role_insufficient'],
})

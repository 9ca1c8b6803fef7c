// Access on the wire: why somebody gets in or not, ending tokens, and what offline verifiers need to know.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Message, Nullable, Timestamp } from '../common.ts'
import { operation } from '../operation.ts'
import { Status } from '../referral-api/external-users.ts'
import { Block } from './blocks.ts'
import { ExternalUser } from './external-users.ts'
import { Limit } from './tiers.ts'

const Reason = Exactly(
  {
    code: Type.String({ description: 'The error code that authenticating would answer.' }),
    message: Type.String({ description: 'The same for people, in a sentence.' }),
    blockId: Type.Optional(Described(Id, 'The block that is the reason, where one is.')),
  },
  'AccessReason',
  'One reason why somebody does not get in.',
)

const EffectiveTier = Exactly(
  {
    id: Described(Id, 'The tier.'),
    name: Type.String({ description: 'Its name.' }),
    limits: Type.Array(Limit, { description: 'What it allows to use.' }),
    source: Type.Enum(['provisional-access', 'external-user', 'external-user-group', 'channel', 'workspace'], {
      description: 'The place that the tier comes from.',
    }),
  },
  'EffectiveTier',
  'The tier in force, and the place it comes from.',
)

const AccessChannel = Exactly(
  {
    id: Described(Id, 'The channel.'),
    admission: Type.Enum(['open', 'referral'], {
      description: 'Whether anyone may come in, or only persons who hold a current admission.',
    }),
    archivedAt: Nullable(Described(Timestamp, 'Since when it is archived; null while it is in use.')),
  },
  'AccessChannel',
  'What the channel has to do with access.',
)

const AccessMember = Exactly(
  {
    id: Described(Id, 'The member.'),
    firstname: Nullable(Type.String({ description: 'The given name.' })),
    lastname: Nullable(Type.String({ description: 'The family name.' })),
  },
  'AccessMember',
  'A member by whose word somebody was let in, or not.',
)

const AccessDecision = Exactly(
  {
    from: Status,
    to: Status,
    by: Type.Union([AccessMember, Type.Null()], {
      description: 'Who decided; null where the clock or an erasure ended it.',
    }),
    admittedUntil: Nullable(Described(Timestamp, 'The end that an admission was given; null for none.')),
    override: Type.Boolean({ description: 'The person was blocked and admitted all the same.' }),
    at: Described(Timestamp, 'When it took effect.'),
  },
  'AccessDecision',
  'One step of a referral. What members wrote about it is for those who may read referrals.',
)

const AccessReferral = Exactly(
  {
    id: Described(Id, 'The referral.'),
    status: Status,
    referredAt: Described(Timestamp, 'When the person was referred.'),
    referrer: AccessMember,
    provisionalUntil: Nullable(
      Described(Timestamp, 'Until when it lets the person in before its first decision; null where it does not.'),
    ),
    decisions: Type.Array(AccessDecision, { description: 'Every decision until then, oldest first.' }),
  },
  'AccessReferral',
  'A referral of the person, with what became of it until then.',
)

const AccessAdmission = Exactly(
  {
    id: Described(Id, 'The referral that it comes from; what `admission_id` in a token names.'),
    admittedAt: Described(Timestamp, 'When it began.'),
    admittedUntil: Nullable(Described(Timestamp, 'When it ends by itself; null for never.')),
  },
  'AccessAdmission',
  'The current admission of the person.',
)

export const Access = Exactly(
  {
    allowed: Type.Boolean({ description: 'Whether the external user gets in.' }),
    at: Described(Timestamp, 'The moment that is explained.'),
    reasons: Type.Array(Reason, {
      description: 'Why not, the gravest first; the first one decided. Empty when allowed.',
    }),
    channel: AccessChannel,
    externalUserGroupId: Nullable(Described(Id, 'The external user group that it is in; null when in none.')),
    superIdentityId: Described(Id, 'The person behind it.'),
    tier: Type.Union([EffectiveTier, Type.Null()], { description: 'The tier in force and the place it comes from.' }),
    tokenLifetimeSeconds: Type.Integer({ description: 'How long an access token of it lives, in seconds.' }),
    blocks: Type.Array(Block, { description: 'The blocks in force that reach this external user.' }),
    admission: Type.Union([AccessAdmission, Type.Null()], {
      description: 'The current admission of the person, whether or not the channel asks for one; null without.',
    }),
    provisional: Type.Boolean({
      description: 'The channel is open to the person only because its first referral waits for the decision.',
    }),
    referrals: Type.Array(AccessReferral, {
      description: 'The referrals of the person, latest first; the latest 50 where there are more.',
    }),
    cutOff: Nullable(
      Type.Integer({
        description: 'Tokens with a lower `cut_off` are dead. null for a past moment: only the latest is kept.',
      }),
    ),
  },
  'Access',
  'Why an external user gets in, or why not.',
)
export type Access = Static<typeof Access>

export const explain = operation({
  id: 'externalUsers.access',
  surface: 'workspace',
  method: 'GET',
  path: '/external-users/{id}/access',
  scope: 'external-users:read',
  summary: 'Explain why an external user gets in, or why not',
  description: 'For now, or for a past moment rebuilt from the record of changes.',
  query: Exactly({ at: Type.Optional(Described(Timestamp, 'A past moment; now when absent.')) }),
  output: Access,
  errors: ['external_user_not_found'],
})

export const revokeTokensOfExternalUser = operation({
  id: 'externalUsers.revokeTokens',
  surface: 'workspace',
  method: 'POST',
  path: '/external-users/{id}/revoke-tokens',
  scope: 'tokens:revoke',
  summary: 'End every access token of an external user',
  description: 'Tokens issued before are dead; one issued right after lives.',
  output: Message,
  errors: ['external_user_not_found'],
  events: ['external_user.tokens_revoked'],
})

export const revokeTokensOfPerson = operation({
  id: 'superIdentities.revokeTokens',
  surface: 'workspace',
  method: 'POST',
  path: '/super-identities/{id}/revoke-tokens',
  scope: 'tokens:revoke',
  summary: 'End every access token of a person, on every channel',
  description: 'Tokens issued before are dead on every channel; one issued right after lives.',
  output: Message,
  errors: ['super_identity_not_found'],
  events: ['super_identity.tokens_revoked'],
})

const Me = Exactly(
  {
    ...ExternalUser.properties,
    tier: Nullable(Type.String({ description: 'The name of the tier in force.' })),
    limits: Type.Array(Limit, { description: 'What the tier in force allows to use.' }),
  },
  'Me',
  'The external user that the access token is for, with the tier in force.',
)

export const me = operation({
  id: 'me.get',
  surface: 'workspace',
  method: 'GET',
  path: '/me',
  scope: null,
  credential: 'access-token',
  summary: 'Get the external user that the access token is for',
  description: "Called with the external user's own access token, which opens nothing else.",
  output: Me,
  errors: [],
})

const since = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: 999_999_999_999_999,
    description: 'The `cursor` of the last statement: only what came after it.',
  }),
)

export const revocations = operation({
  id: 'revocations.get',
  surface: 'workspace',
  method: 'GET',
  path: '/revocations',
  scope: 'tokens:introspect',
  summary: 'Get the signed revocation statement',
  description:
    'A JWS (`typ: revocations+jwt`) with the cut-offs and revoked tokens that still matter, for verifiers that work offline. ' +
    'It is good for ten minutes, and its tag changes twice in that time. One holds 50,000 entries at most: with more, its ' +
    '`cursor` stops at the last one, and `since` gets the rest. A `since` that was never given is answered with the whole.',
  query: Exactly({ since }),
  output: Type.String({ description: 'Compact JWS.' }),
  media: 'application/jwt',
  errors: [],
  versioned: true,
})

export const revocationStream = operation({
  id: 'revocations.stream',
  surface: 'workspace',
  method: 'GET',
  path: '/revocations/stream',
  scope: 'tokens:introspect',
  summary: 'Follow the revocation statement as server-sent events',
  description:
    'Each event `revocations` carries a signed statement of what is new; its id is the cursor, so that a reconnect with ' +
    '`Last-Event-ID` misses nothing. The first comes at once, and every 15 seconds at least a comment: only while the ' +
    'service knows that nothing is missing. A key follows at most 100 streams.',
  query: Exactly({ since }),
  output: Type.String({ description: 'Server-sent events.' }),
  media: 'text/event-stream',
  errors: [],
})

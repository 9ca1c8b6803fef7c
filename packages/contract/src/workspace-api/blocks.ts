// Blocks on the wire: refusing a person, with reach, reason, actor and optional end.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Nullable, Timestamp, WorkspaceId, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

const reaches = ['external-user', 'person', 'identifier'] as const
const Reach = Type.Enum(reaches, {
  description: 'What is blocked: one account, every account of one person, or whoever comes with an identifier.',
})
export type Reach = (typeof reaches)[number]

const Reason = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'Why, for colleagues. It goes when the person is erased.',
})
const ExternalUserId = Described(Id, 'The account that is blocked; with the reach `external-user` only.')
const SuperIdentityId = Described(Id, 'The person who is blocked; with the reach `person` only.')
const ChannelId = Described(Id, 'With the reach `identifier`: the only channel that it is blocked on; null for all.')
const EndsAt = Described(Timestamp, 'When the block ends by itself; null for when it is lifted.')
const identifier = 'The identifier that is blocked, in any spelling of it; with the reach `identifier` only.'

const Actor = Exactly(
  {
    kind: Type.String({ description: 'What it was: an API key, a member, or the service itself.' }),
    id: Nullable(Described(Id, 'Which one; null for the service itself.')),
  },
  'Actor',
  'Who did something.',
)

export const Block = Exactly(
  {
    ...resourceFields,
    reach: Reach,
    externalUserId: Nullable(ExternalUserId),
    superIdentityId: Nullable(SuperIdentityId),
    identifier: Nullable(
      Type.String({ description: 'As it was given; null once the person is erased. The block stays.' }),
    ),
    channelId: Nullable(ChannelId),
    reason: Nullable(Reason),
    actor: Actor,
    endsAt: Nullable(EndsAt),
    liftedAt: Nullable(Described(Timestamp, 'When it was lifted, or ended by itself; null while it is in force.')),
    liftedBy: Type.Union([Actor, Type.Null()], { description: 'Who lifted it; null where nobody has.' }),
    workspaceId: WorkspaceId,
  },
  'Block',
  'The refusal of an account, a person or an identifier. It stays readable when it is lifted.',
)
export type Block = Static<typeof Block>

export const create = operation({
  id: 'blocks.create',
  surface: 'workspace',
  method: 'POST',
  path: '/blocks',
  scope: 'blocks:write',
  summary: 'Place a block',
  description:
    'Refuses an external user, a person or an identifier from now on, and ends the access tokens that the reach covers. ' +
    'Give the subject that the reach names and no other. An identifier without a channel is blocked on every channel.',
  body: Exactly(
    {
      reach: Reach,
      externalUserId: Type.Optional(Nullable(ExternalUserId)),
      superIdentityId: Type.Optional(Nullable(SuperIdentityId)),
      identifier: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 320, description: identifier }))),
      channelId: Type.Optional(Nullable(ChannelId)),
      reason: Type.Optional(Nullable(Reason)),
      endsAt: Type.Optional(Nullable(EndsAt)),
    },
    'CreateBlock',
  ),
  output: Block,
  errors: ['external_user_not_found', 'super_identity_not_found', 'channel_not_found'],
  events: ['external_user.blocked', 'super_identity.blocked', 'identifier.blocked'],
  creates: true,
  versioned: true,
})

export const list = operation({
  id: 'blocks.list',
  surface: 'workspace',
  method: 'GET',
  path: '/blocks',
  scope: 'blocks:read',
  summary: 'List blocks',
  description: 'Retrieves the blocks of the workspace, newest first, those that are over included.',
  query: Exactly({
    reach: Type.Optional(Reach),
    externalUserId: Type.Optional(Described(Id, "Only this account's own blocks.")),
    superIdentityId: Type.Optional(Described(Id, "Only this person's own blocks.")),
    live: Type.Optional(Type.Boolean({ description: 'true: in force now; false: lifted or ended.' })),
    ...pageQuery,
  }),
  output: Type.Array(Block),
  errors: [],
  list: true,
})

export const get = operation({
  id: 'blocks.get',
  surface: 'workspace',
  method: 'GET',
  path: '/blocks/{id}',
  scope: 'blocks:read',
  summary: 'Get a block, lifted or not',
  description: 'Answers one block: whom it reaches, why, since when, and how it ended.',
  output: Block,
  errors: ['block_not_found'],
  versioned: true,
})

export const lift = operation({
  id: 'blocks.lift',
  surface: 'workspace',
  method: 'POST',
  path: '/blocks/{id}/lift',
  scope: 'blocks:write',
  summary: 'Lift a block',
  description: 'Tokens that the block ended stay dead. Lifting a block that is lifted or has ended changes nothing.',
  body: Exactly({ reason: Type.Optional(Nullable(Reason)) }, 'LiftBlock'),
  output: Block,
  errors: ['block_not_found'],
  events: ['external_user.unblocked', 'super_identity.unblocked', 'identifier.unblocked'],
  versioned: true,
})

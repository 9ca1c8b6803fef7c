// Blocks on the wire: refusing a person, with reach, reason, actor and optional end.
import Type, { type Static } from 'typebox'
import { Exactly, Id, Nullable, Timestamp, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

const reaches = ['external-user', 'person', 'identifier'] as const
/** One account, every account of one person, or whoever comes with an identifier. */
const Reach = Type.Enum(reaches)
export type Reach = (typeof reaches)[number]

/** Why, for colleagues: at most 500 code points. Do not put the person's own data here, erasure does not reach it. */
const Reason = Type.String({ minLength: 1, maxLength: 500 })
const Identifier = Type.String({ minLength: 1, maxLength: 320 })

/** Who did it: an API key, a member, or the service itself. */
const Actor = Exactly({ kind: Type.String(), id: Nullable(Id) }, 'Actor')

export const Block = Exactly(
  {
    ...resourceFields,
    reach: Reach,
    externalUserId: Nullable(Id),
    superIdentityId: Nullable(Id),
    identifier: Nullable(
      Type.String({ description: 'As it was given; null once the person is erased. The block stays.' }),
    ),
    channelId: Nullable(Id),
    reason: Nullable(Reason),
    actor: Actor,
    endsAt: Nullable(Timestamp),
    liftedAt: Nullable(Timestamp),
    liftedBy: Type.Union([Actor, Type.Null()]),
    workspaceId: Id,
  },
  'Block',
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
      externalUserId: Type.Optional(Nullable(Id)),
      superIdentityId: Type.Optional(Nullable(Id)),
      identifier: Type.Optional(Nullable(Identifier)),
      channelId: Type.Optional(Nullable(Id)),
      reason: Type.Optional(Nullable(Reason)),
      endsAt: Type.Optional(Nullable(Timestamp)),
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
  query: Exactly({
    reach: Type.Optional(Reach),
    externalUserId: Type.Optional(Id),
    superIdentityId: Type.Optional(Id),
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

// External users on the wire: the five operations of the published contract, and erasure.
import Type, { type Static } from 'typebox'
import {
  Described,
  Exactly,
  ExternalId,
  Id,
  Ids,
  Message,
  Name,
  Nullable,
  SearchIn,
  Timestamp,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'

/** What a person is recognised by on a channel: at most 320 code points, the length of the longest e-mail address. */
const Identifier = Type.String({
  minLength: 1,
  maxLength: 320,
  description: 'A unique identifier of the external user (user name, e-mail, phone number and so on).',
})

const GroupId = Described(Id, 'The external user group that it is in; null when in none.')
const TierId = Described(Id, "Its own tier; null when it goes by its group's, its channel's or the workspace's.")
const DisplayName = Described(Name, 'What people call the external user.')

const fields = {
  ...resourceFields,
  blocked: Type.Boolean({
    description:
      'Whether the external user is blocked: true while a block reaches this account, its person or its identifier.',
  }),
  channelId: Described(Id, 'The channel that the external user comes in by.'),
  externalId: Nullable(ExternalId),
  externalUserGroupId: Nullable(GroupId),
  identifier: Nullable(Identifier),
  name: Nullable(DisplayName),
  superIdentityId: Described(Id, 'The super identity that it belongs to: the person behind it.'),
  tierId: Nullable(TierId),
  workspaceId: WorkspaceId,
}

export const ExternalUser = Exactly(fields, 'ExternalUser', 'One person on one channel.')
export type ExternalUser = Static<typeof ExternalUser>

const accessToken = 'An access token of the external user: a signed JWT (RFC 9068). It is a secret.'

const AuthenticatedExternalUser = Exactly(
  { ...fields, accessToken: Type.String({ description: accessToken }) },
  'AuthenticatedExternalUser',
  'An external user, with the access token it was given.',
)
const CreatedExternalUser = Exactly(
  {
    ...fields,
    accessToken: Nullable(
      Type.String({ description: `${accessToken} null when the person may not come in by this channel (yet).` }),
    ),
  },
  'CreatedExternalUser',
  'An external user, with an access token when it may come in at once.',
)

export const authenticate = operation({
  id: 'externalUsers.authenticate',
  surface: 'workspace',
  method: 'POST',
  path: '/external-users/authenticate',
  scope: 'external-users:authenticate',
  summary: 'Authenticate an external user',
  description:
    'Finds the external user of a channel by any of its selectors and answers it with a new access token. On a channel ' +
    'with automatic provisioning an unknown one is created first. At least one of `id`, `externalId` and `identifier` is ' +
    'required, and all that are given must name the same external user. Only an eligible person gets a token: one who ' +
    'is blocked or not admitted is refused with 403, and a refused stranger leaves no trace.',
  body: Exactly(
    {
      channelId: Described(Id, 'The channel that the external user comes in by; an archived one is not found.'),
      id: Type.Optional(Nullable(Described(Id, 'The id of the external user, when it is known.'))),
      externalId: Type.Optional(Nullable(ExternalId)),
      identifier: Type.Optional(Nullable(Identifier)),
    },
    'AuthenticateExternalUser',
  ),
  output: AuthenticatedExternalUser,
  errors: [
    'selectors_disagree',
    'channel_not_found',
    'external_user_not_found',
    'external_user_blocked',
    'admission_required',
    'admission_ended',
  ],
  events: ['external_user.created'],
  secret: true,
})

export const list = operation({
  id: 'externalUsers.list',
  surface: 'workspace',
  method: 'GET',
  path: '/external-users',
  scope: 'external-users:read',
  summary: 'List external users',
  description: 'Retrieves the external users of the workspace, newest first.',
  query: Exactly({
    channelIds: Described(Ids, 'On any of these channels. Repeat the key for several values.'),
    externalUserGroupIds: Described(Ids, 'In any of these groups. Repeat the key for several values.'),
    superIdentityIds: Described(Ids, 'Of any of these persons. Repeat the key for several values.'),
    tierIds: Described(Ids, 'With any of these as their own tier. Repeat the key for several values.'),
    ids: Ids,
    externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 250, description: 'Exactly this external id.' })),
    identifier: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 320,
        description: 'This identifier, compared in the canonical form of each channel.',
      }),
    ),
    blocked: Type.Optional(Type.Boolean({ description: 'Only the blocked ones, or only those that are not.' })),
    search: Type.Optional(SearchIn('name, identifier or external id')),
    createdAfter: Type.Optional(Described(Timestamp, 'Created later than this.')),
    createdBefore: Type.Optional(Described(Timestamp, 'Created earlier than this.')),
    lastSeenAfter: Type.Optional(Described(Timestamp, 'Last authenticated later than this.')),
    lastSeenBefore: Type.Optional(Described(Timestamp, 'Last authenticated earlier than this.')),
    neverSeen: Type.Optional(
      Type.Boolean({ description: 'Only those that never authenticated, or only those that did.' }),
    ),
    ...pageQuery,
  }),
  output: Type.Array(ExternalUser),
  errors: [],
  list: true,
})

export const create = operation({
  id: 'externalUsers.create',
  surface: 'workspace',
  method: 'POST',
  path: '/external-users',
  scope: 'external-users:write',
  summary: 'Create an external user',
  description:
    'At least one of `identifier` and `externalId` is required; each is unique on its channel. Without a group the ' +
    "channel's default one is taken. The answer carries an access token when the person may come in at once.",
  body: Exactly(
    {
      channelId: Described(Id, 'The channel that the external user comes in by; an archived one is not found.'),
      externalId: Type.Optional(Nullable(ExternalId)),
      externalUserGroupId: Type.Optional(Nullable(GroupId)),
      identifier: Type.Optional(Nullable(Identifier)),
      name: Type.Optional(Nullable(DisplayName)),
      tierId: Type.Optional(Nullable(TierId)),
    },
    'CreateExternalUser',
  ),
  output: CreatedExternalUser,
  errors: [
    'channel_not_found',
    'external_user_group_not_found',
    'tier_not_found',
    'identifier_taken',
    'external_id_taken',
    'external_user_blocked',
  ],
  events: ['external_user.created'],
  creates: true,
  versioned: true,
  secret: true,
})

export const get = operation({
  id: 'externalUsers.get',
  surface: 'workspace',
  method: 'GET',
  path: '/external-users/{id}',
  scope: 'external-users:read',
  summary: 'Get an external user',
  description: 'Answers one external user, blocked and erased ones included. An access token is never part of it.',
  output: ExternalUser,
  errors: ['external_user_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'externalUsers.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/external-users/{id}',
  scope: 'external-users:write',
  summary: 'Update an external user',
  description:
    'An absent key leaves a field as it is, null clears it. An empty body changes nothing. Blocking ends every access ' +
    'token of the account. On a channel that lets in admitted persons only, the identifier is fixed while a referral of ' +
    'the person waits or is admitted.',
  body: Exactly(
    {
      blocked: Type.Optional(
        Type.Boolean({ description: "true blocks this account, false lifts the account's own block." }),
      ),
      externalId: Type.Optional(Nullable(ExternalId)),
      externalUserGroupId: Type.Optional(Nullable(GroupId)),
      identifier: Type.Optional(Nullable(Identifier)),
      name: Type.Optional(Nullable(DisplayName)),
      tierId: Type.Optional(Nullable(TierId)),
    },
    'UpdateExternalUser',
  ),
  output: ExternalUser,
  errors: [
    'external_user_not_found',
    'external_user_group_not_found',
    'tier_not_found',
    'identifier_taken',
    'external_id_taken',
    'identifier_held_by_another_person',
    'identifier_fixed',
    'external_user_erased',
    'blocked_elsewhere',
  ],
  events: ['external_user.updated', 'external_user.blocked', 'external_user.unblocked'],
  versioned: true,
})

export const erase = operation({
  id: 'externalUsers.erase',
  surface: 'workspace',
  method: 'POST',
  path: '/external-users/{id}/erase',
  scope: 'external-users:write',
  summary: 'Erase the personal fields of an external user',
  description:
    'Removes identifier, external id and name for good, also from search and from stored answers, and ends its access ' +
    'tokens. With the last external user of a person go its names, addresses and what members wrote about it, and its ' +
    'referral is withdrawn or revoked. The record of past changes still verifies. Erasing again changes nothing.',
  output: Message,
  errors: ['external_user_not_found'],
  events: ['external_user.erased'],
})

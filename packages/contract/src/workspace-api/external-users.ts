// External users on the wire: the five operations of the published contract, and erasure.
import Type, { type Static } from 'typebox'
import { Exactly, ExternalId, Id, Ids, Message, Name, Nullable, Search, Timestamp, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

/** What a person is recognised by on a channel: at most 320 code points, the length of the longest e-mail address. */
const Identifier = Type.String({
  minLength: 1,
  maxLength: 320,
  description: 'A unique identifier of the external user (user name, e-mail, phone number and so on).',
})

const fields = {
  ...resourceFields,
  blocked: Type.Boolean({ description: 'Whether the external user is blocked.' }),
  channelId: Id,
  externalId: Nullable(ExternalId),
  externalUserGroupId: Nullable(Id),
  identifier: Nullable(Identifier),
  name: Nullable(Name),
  superIdentityId: Id,
  tierId: Nullable(Id),
  workspaceId: Id,
}

export const ExternalUser = Exactly(fields, 'ExternalUser')
export type ExternalUser = Static<typeof ExternalUser>

const AuthenticatedExternalUser = Exactly({ ...fields, accessToken: Type.String() }, 'AuthenticatedExternalUser')
const CreatedExternalUser = Exactly(
  {
    ...fields,
    accessToken: Nullable(Type.String({ description: 'null when the person may not come in by this channel (yet).' })),
  },
  'CreatedExternalUser',
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
    'with automatic provisioning an unknown one is created first.',
  body: Exactly(
    {
      channelId: Id,
      id: Type.Optional(Nullable(Id)),
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
    channelIds: Ids,
    externalUserGroupIds: Ids,
    superIdentityIds: Ids,
    tierIds: Ids,
    ids: Ids,
    externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
    identifier: Type.Optional(Type.String({ minLength: 1, maxLength: 320, description: 'Compared in canonical form.' })),
    blocked: Type.Optional(Type.Boolean()),
    search: Type.Optional(Search),
    createdAfter: Type.Optional(Timestamp),
    createdBefore: Type.Optional(Timestamp),
    lastSeenAfter: Type.Optional(Timestamp),
    lastSeenBefore: Type.Optional(Timestamp),
    neverSeen: Type.Optional(Type.Boolean()),
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
  body: Exactly(
    {
      channelId: Id,
      externalId: Type.Optional(Nullable(ExternalId)),
      externalUserGroupId: Type.Optional(Nullable(Id)),
      identifier: Type.Optional(Nullable(Identifier)),
      name: Type.Optional(Nullable(Name)),
      tierId: Type.Optional(Nullable(Id)),
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
  description: 'An absent key leaves a field as it is, null clears it.',
  body: Exactly(
    {
      blocked: Type.Optional(Type.Boolean()),
      externalId: Type.Optional(Nullable(ExternalId)),
      externalUserGroupId: Type.Optional(Nullable(Id)),
      identifier: Type.Optional(Nullable(Identifier)),
      name: Type.Optional(Nullable(Name)),
      tierId: Type.Optional(Nullable(Id)),
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
  description: 'Removes identifier, external id and name for good; the record of past changes still verifies.',
  output: Message,
  errors: ['external_user_not_found'],
  events: ['external_user.erased'],
})

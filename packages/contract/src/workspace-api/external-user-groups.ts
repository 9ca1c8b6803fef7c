// External user groups on the wire.
import Type, { type Static } from 'typebox'
import { Exactly, ExternalId, Id, Ids, Message, Name, Nullable, Search, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

export const ExternalUserGroup = Exactly(
  {
    ...resourceFields,
    externalId: Nullable(ExternalId),
    name: Nullable(Name),
    tierId: Nullable(Id),
    workspaceId: Id,
  },
  'ExternalUserGroup',
)
export type ExternalUserGroup = Static<typeof ExternalUserGroup>

const writable = {
  externalId: Type.Optional(Nullable(ExternalId)),
  name: Type.Optional(Nullable(Name)),
  tierId: Type.Optional(Nullable(Id)),
}

export const list = operation({
  id: 'externalUserGroups.list',
  surface: 'workspace',
  method: 'GET',
  path: '/external-user-groups',
  scope: 'external-user-groups:read',
  summary: 'List external user groups',
  query: Exactly({
    externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
    ids: Ids,
    search: Type.Optional(Search),
    tierIds: Ids,
    ...pageQuery,
  }),
  output: Type.Array(ExternalUserGroup),
  errors: [],
  list: true,
})

export const create = operation({
  id: 'externalUserGroups.create',
  surface: 'workspace',
  method: 'POST',
  path: '/external-user-groups',
  scope: 'external-user-groups:write',
  summary: 'Create an external user group',
  body: Exactly(writable, 'CreateExternalUserGroup'),
  output: ExternalUserGroup,
  errors: ['tier_not_found', 'external_id_taken'],
  events: ['external_user_group.created'],
  creates: true,
  versioned: true,
})

export const get = operation({
  id: 'externalUserGroups.get',
  surface: 'workspace',
  method: 'GET',
  path: '/external-user-groups/{id}',
  scope: 'external-user-groups:read',
  summary: 'Get an external user group',
  output: ExternalUserGroup,
  errors: ['external_user_group_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'externalUserGroups.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/external-user-groups/{id}',
  scope: 'external-user-groups:write',
  summary: 'Update an external user group',
  description: 'An absent key leaves a field as it is, null clears it.',
  body: Exactly(writable, 'UpdateExternalUserGroup'),
  output: ExternalUserGroup,
  errors: ['external_user_group_not_found', 'tier_not_found', 'external_id_taken'],
  events: ['external_user_group.updated'],
  versioned: true,
})

// `delete` is a reserved word, so the export carries the resource with it here and in its sisters.
export const remove = operation({
  id: 'externalUserGroups.delete',
  surface: 'workspace',
  method: 'DELETE',
  path: '/external-user-groups/{id}',
  scope: 'external-user-groups:write',
  summary: 'Delete an external user group',
  description: 'Its external users keep existing, without a group.',
  output: Message,
  errors: ['external_user_group_not_found'],
  events: ['external_user_group.deleted'],
  versioned: true,
})

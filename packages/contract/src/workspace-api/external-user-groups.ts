// External user groups on the wire.
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
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'

const GroupName = Described(Name, 'What people call the group.')
const TierId = Described(Id, 'The tier of its external users that have none of their own; null for none.')

export const ExternalUserGroup = Exactly(
  {
    ...resourceFields,
    externalId: Nullable(ExternalId),
    name: Nullable(GroupName),
    tierId: Nullable(TierId),
    workspaceId: WorkspaceId,
  },
  'ExternalUserGroup',
  'A named set of external users; it may carry a tier.',
)
export type ExternalUserGroup = Static<typeof ExternalUserGroup>

const writable = {
  externalId: Type.Optional(Nullable(ExternalId)),
  name: Type.Optional(Nullable(GroupName)),
  tierId: Type.Optional(Nullable(TierId)),
}

export const list = operation({
  id: 'externalUserGroups.list',
  surface: 'workspace',
  method: 'GET',
  path: '/external-user-groups',
  scope: 'external-user-groups:read',
  summary: 'List external user groups',
  description: 'Retrieves the groups of the workspace, newest first.',
  query: Exactly({
    externalId: Type.Optional(Type.String({ minLength: 1, maxLength: 250, description: 'Exactly this external id.' })),
    ids: Ids,
    search: Type.Optional(SearchIn('name or external id')),
    tierIds: Described(Ids, 'With any of these tiers. Repeat the key for several values.'),
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
  description: 'A named set of external users, for example a customer company. Every field may be left out.',
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
  description: 'Answers one group. Its external users are listed with the filter `externalUserGroupIds`.',
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
  description: 'An absent key leaves a field as it is, null clears it. An empty body changes nothing.',
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
  description:
    'Its external users keep existing, without a group, and channels that gave it to new ones stop doing so.',
  output: Message,
  errors: ['external_user_group_not_found'],
  events: ['external_user_group.deleted'],
  versioned: true,
})

// Super identities on the wire: the person above the external users.
import Type, { type Static } from 'typebox'
import {
  Described,
  Exactly,
  Id,
  Ids,
  Message,
  Nullable,
  SearchIn,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'
import { PersonName } from './members.ts'

const Firstname = Described(PersonName, 'The given name.')
const Lastname = Described(PersonName, 'The family name.')

export const SuperIdentity = Exactly(
  {
    ...resourceFields,
    firstname: Nullable(Firstname),
    lastname: Nullable(Lastname),
    email: Nullable(Type.String({ description: 'The verified address that joins accounts to this person.' })),
    externalUserIds: Type.Array(Id, { description: 'The accounts of this person, oldest first.' }),
    mergedIntoId: Nullable(Described(Id, 'The person that this one was merged into; null while it stands by itself.')),
    workspaceId: WorkspaceId,
  },
  'SuperIdentity',
  'The person above the external users.',
)
export type SuperIdentity = Static<typeof SuperIdentity>

export const list = operation({
  id: 'superIdentities.list',
  surface: 'workspace',
  method: 'GET',
  path: '/super-identities',
  scope: 'super-identities:read',
  summary: 'List super identities',
  description: 'Retrieves the persons behind the external users of the workspace, newest first.',
  query: Exactly({
    ids: Ids,
    search: Type.Optional(SearchIn('the names')),
    ...pageQuery,
  }),
  output: Type.Array(SuperIdentity),
  errors: [],
  list: true,
})

export const get = operation({
  id: 'superIdentities.get',
  surface: 'workspace',
  method: 'GET',
  path: '/super-identities/{id}',
  scope: 'super-identities:read',
  summary: 'Get a super identity',
  description: 'Answers one person with the ids of its external users.',
  output: SuperIdentity,
  errors: ['super_identity_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'superIdentities.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/super-identities/{id}',
  scope: 'super-identities:write',
  summary: 'Update the names of a super identity',
  description: 'An absent key leaves a field as it is, null clears it. Only the names can be changed by hand.',
  body: Exactly(
    { firstname: Type.Optional(Nullable(Firstname)), lastname: Type.Optional(Nullable(Lastname)) },
    'UpdateSuperIdentity',
  ),
  output: SuperIdentity,
  errors: ['super_identity_not_found', 'super_identity_erased'],
  events: ['super_identity.updated'],
  versioned: true,
})

export const erase = operation({
  id: 'superIdentities.erase',
  surface: 'workspace',
  method: 'POST',
  path: '/super-identities/{id}/erase',
  scope: 'super-identities:write',
  summary: 'Erase a person who has no external user',
  description:
    'For somebody who was referred and never came in: removes names, addresses and what members wrote, and withdraws or ' +
    'revokes the referral. A person with external users is erased with the last of them. Erasing again changes nothing.',
  output: Message,
  errors: ['super_identity_not_found', 'super_identity_in_use'],
  events: ['super_identity.erased'],
})

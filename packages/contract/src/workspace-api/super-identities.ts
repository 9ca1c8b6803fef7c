// Super identities on the wire: the person above the external users.
import Type, { type Static } from 'typebox'
import { Exactly, Id, Ids, Nullable, Search, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

/** A given or family name: 1–100 code points, because one-letter names exist. */
const PersonName = Type.String({ minLength: 1, maxLength: 100 })

export const SuperIdentity = Exactly(
  {
    ...resourceFields,
    firstname: Nullable(PersonName),
    lastname: Nullable(PersonName),
    email: Nullable(Type.String({ description: 'The verified address that joins accounts to this person.' })),
    externalUserIds: Type.Array(Id, { description: 'The accounts of this person, oldest first.' }),
    mergedIntoId: Nullable(Id),
    workspaceId: Id,
  },
  'SuperIdentity',
)
export type SuperIdentity = Static<typeof SuperIdentity>

export const list = operation({
  id: 'superIdentities.list',
  surface: 'workspace',
  method: 'GET',
  path: '/super-identities',
  scope: 'super-identities:read',
  summary: 'List super identities',
  query: Exactly({ ids: Ids, search: Type.Optional(Search), ...pageQuery }),
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
  description: 'An absent key leaves a field as it is, null clears it.',
  body: Exactly(
    { firstname: Type.Optional(Nullable(PersonName)), lastname: Type.Optional(Nullable(PersonName)) },
    'UpdateSuperIdentity',
  ),
  output: SuperIdentity,
  errors: ['super_identity_not_found'],
  events: ['super_identity.updated'],
  versioned: true,
})

// Users on the wire: the members of an organization and the persons known to it.
import Type, { type Static } from 'typebox'
import { Described, Exactly } from '../common.ts'
import { operation } from '../operation.ts'
import { AnyId, ListMeta, ResourceMeta, listQuery, userFields } from './common.ts'
import { fieldsNamed, userListFields } from './fields.ts'

export const userKinds = ['MEMBER', 'PERSON'] as const
export type UserKind = (typeof userKinds)[number]

export const User = Exactly(
  {
    ...userFields,
    organizationId: Type.String({ description: 'The organization that knows the user.' }),
    kind: Type.Unsafe<UserKind>(
      Type.Enum([...userKinds], {
        title: 'UserKind',
        description: 'A member of the organization, or a person it knows.',
      }),
    ),
    meta: ResourceMeta,
  },
  'User',
  'A member of an organization, or a person known to it.',
)
export type User = Static<typeof User>

export const list = operation({
  id: 'users.list',
  surface: 'referral',
  method: 'GET',
  path: '/users',
  scope: 'referrals:read',
  summary: 'List users',
  description: `The members of an organization and the persons known to it: those with a name or an address, and those who were referred. A referrer sees the members and the persons it referred. ${fieldsNamed(userListFields)}`,
  query: Exactly({ organizationId: Described(AnyId, 'The organization. Required.'), ...listQuery }),
  output: Exactly(
    { users: Type.Array(User, { description: 'Those of this page.' }), meta: ListMeta },
    'UserList',
    'A page of users.',
  ),
  errors: ['organization_not_found'],
  versioned: true,
})

export const get = operation({
  id: 'users.get',
  surface: 'referral',
  method: 'GET',
  path: '/users/{id}',
  scope: 'referrals:read',
  summary: 'Get a user',
  description: 'Answers one member or person.',
  output: User,
  errors: ['user_not_found'],
  versioned: true,
})

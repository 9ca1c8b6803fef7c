// Organizations on the wire: the workspaces that the caller may see.
import Type, { type Static } from 'typebox'
import { Exactly } from '../common.ts'
import { operation } from '../operation.ts'
import { ListMeta, ResourceMeta, listQuery } from './common.ts'
import { fieldsNamed, organizationFields } from './fields.ts'

export const Organization = Exactly(
  {
    id: Type.String({ description: 'Identifies the organization; the same as the id of the workspace.' }),
    name: Type.String({ description: 'What people call it.' }),
    parentId: Type.Optional(
      Type.String({ description: 'The organization that it belongs to. It gives that one no rights.' }),
    ),
    meta: ResourceMeta,
  },
  'Organization',
  'A workspace, as the Referral API calls it.',
)
export type Organization = Static<typeof Organization>

export const list = operation({
  id: 'organizations.list',
  surface: 'referral',
  method: 'GET',
  path: '/organizations',
  scope: 'referrals:read',
  summary: 'List organizations',
  description: `Those that the caller may refer into or read in. ${fieldsNamed(organizationFields)}`,
  query: Exactly(listQuery),
  output: Exactly(
    { organizations: Type.Array(Organization, { description: 'Those of this page.' }), meta: ListMeta },
    'OrganizationList',
    'A page of organizations.',
  ),
  errors: [],
  versioned: true,
})

export const get = operation({
  id: 'organizations.get',
  surface: 'referral',
  method: 'GET',
  path: '/organizations/{id}',
  scope: 'referrals:read',
  summary: 'Get an organization',
  description: 'Answers one organization.',
  output: Organization,
  errors: ['organization_not_found'],
  versioned: true,
})

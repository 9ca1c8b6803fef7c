// What the lists of the Referral API are filtered and sorted by.
import type { FieldKind } from './filter.ts'

const user = <P extends string>(prefix: P) =>
  ({
    [`${prefix}.userId`]: 'id',
    [`${prefix}.firstname`]: 'text',
    [`${prefix}.lastname`]: 'text',
    [`${prefix}.email`]: 'text',
  }) as Record<`${P}.userId`, 'id'> & Record<`${P}.${'firstname' | 'lastname' | 'email'}`, 'text'>

/** `name` is the organization's, as in the source. */
const ofOrganization = { organizationId: 'id', name: 'text', organizationName: 'text', parentId: 'id' } as const

export const referralFields = {
  id: 'id',
  ...ofOrganization,
  status: 'text',
  referredAt: 'time',
  reviewedAt: 'time',
  referrerComment: 'text',
  reviewerComment: 'text',
  ...user('referredUser'),
  ...user('referrerUser'),
  ...user('reviewerUser'),
} as const satisfies Record<string, FieldKind>

export const organizationFields = { id: 'id', ...ofOrganization } as const satisfies Record<string, FieldKind>

/** `id` and `userId` are the same. */
export const userListFields = {
  id: 'id',
  userId: 'id',
  firstname: 'text',
  lastname: 'text',
  email: 'text',
  kind: 'text',
  organizationId: 'id',
} as const satisfies Record<string, FieldKind>

/** For the description of a list, because its parameters take texts. */
export function fieldsNamed(fields: Readonly<Record<string, FieldKind>>): string {
  const names = Object.keys(fields).map((name) => `\`${name}\``)
  return `Fields to filter and sort by: ${names.join(', ')}.`
}

export type ReferralField = keyof typeof referralFields
export type OrganizationField = keyof typeof organizationFields
export type UserField = keyof typeof userListFields

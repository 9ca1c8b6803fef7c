// What the resources of the Referral API share: its page, its way to name people, its error body.
import Type, { type Static } from 'typebox'
import { Exactly } from '../common.ts'

/** Longer than any id this service gives; what is none is simply not found. */
export const AnyId = Type.String({ minLength: 1, maxLength: 100 })

/** The largest page; more may be asked for and is served as this. */
export const pageSizeMax = 100

/** Far beyond any list, and small enough that the place of a page's first element is an exact number. */
const numberMax = 10_000_000_000_000

/** Clients ask for everything by the largest number they know. This is the largest of fifteen digits, all that a parameter has. */
const sizeMax = 999_999_999_999_999

/** The parameters of every list: zero-based `number`, `size`, `filter`, `sort`. Source: seed 003. */
export const listQuery = {
  number: Type.Integer({
    minimum: 0,
    maximum: numberMax,
    default: 0,
    description: 'Index of the page, from 0. How many there are is told in `meta.page.totalPages`.',
  }),
  size: Type.Integer({
    minimum: 1,
    maximum: sizeMax,
    default: 10,
    description: 'How many a page holds at most. More than 100 are served as 100, which `meta.page.size` says.',
  }),
  filter: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 8_192,
      description: 'A JSON object that says which ones, at most 8 KiB: `{"status":"REFERRED"}`.',
    }),
  ),
  sort: Type.Optional(
    Type.String({
      minLength: 1,
      // All fields of the list that has most, with their signs, are less than half of it.
      maxLength: 1_024,
      description: 'Fields, comma-separated, in order: `-` descending, `+` or no sign ascending. Ties by id.',
    }),
  ),
}

export const ListMeta = Exactly(
  {
    page: Exactly(
      {
        totalPages: Type.Integer({ minimum: 0, description: 'How many pages there are; 0 for no result.' }),
        number: Type.Integer({ minimum: 0, description: 'Index of this page.' }),
        size: Type.Integer({ minimum: 1, description: 'How many a page holds at most.' }),
        elements: Type.Integer({ minimum: 0, description: 'How many are in this page.' }),
        totalElements: Type.Integer({ minimum: 0, description: 'How many match on all pages together.' }),
      },
      'ReferralPage',
      'Where a page stands among all.',
    ),
  },
  'ReferralListMeta',
  'What belongs to a list besides its elements.',
)
export type ListMeta = Static<typeof ListMeta>

export const ResourceMeta = Exactly(
  { version: Type.String({ description: 'Opaque; the same as in `ETag`, without the quotes.' }) },
  'ReferralMeta',
  'What belongs to a resource besides its fields.',
)

/** A person or a member, as referrals show them. What is not known is absent. */
export const userFields = {
  userId: Type.String({ description: 'A super identity id for a referred person, a member id for a member.' }),
  firstname: Type.Optional(Type.String({ description: 'The given name.' })),
  lastname: Type.Optional(Type.String({ description: 'The family name.' })),
  email: Type.Optional(Type.String({ description: 'The e-mail address.' })),
}

export const ReferralUser = Exactly(userFields, 'ReferralUser', 'A person or a member, as referrals show them.')
export type ReferralUser = Static<typeof ReferralUser>

// The filter language of the Referral API as types: a JSON object that says which ones.

/** null means absent. A number is compared by its decimal text. */
export type FilterValue = string | number | null

/** Several tests in one object must all hold. */
export interface TextTest {
  readonly eq?: FilterValue | undefined
  /** Any of these; of none, nothing. */
  readonly in?: readonly FilterValue[] | undefined
  readonly startsWith?: string | undefined
  readonly endsWith?: string | undefined
  /** Case matters; no character stands for others. */
  readonly contains?: string | undefined
  readonly and?: readonly TextTest[] | undefined
  readonly or?: readonly TextTest[] | undefined
  readonly not?: TextTest | readonly TextTest[] | undefined
}

/** Times are ISO 8601. */
export interface TimeTest {
  readonly eq?: string | null | undefined
  readonly in?: readonly (string | null)[] | undefined
  /** Not at the moment itself. */
  readonly before?: string | undefined
  readonly after?: string | undefined
  /** `[2026-01-01T00:00:00Z, 2026-02-01T00:00:00Z)`: a bracket includes its moment, a parenthesis does not. */
  readonly between?: string | undefined
  readonly and?: readonly TimeTest[] | undefined
  readonly or?: readonly TimeTest[] | undefined
  readonly not?: TimeTest | readonly TimeTest[] | undefined
}

type OrganizationOf = 'organizationId' | 'name' | 'organizationName' | 'parentId'
type UserOf = `${'referredUser' | 'referrerUser' | 'reviewerUser'}.${'userId' | 'firstname' | 'lastname' | 'email'}`
type TimeField = 'referredAt' | 'reviewedAt'

/** What referrals are filtered and sorted by; `name` is the organization's. */
export type ReferralField =
  | 'id'
  | OrganizationOf
  | 'status'
  | TimeField
  | 'referrerComment'
  | 'reviewerComment'
  | UserOf

/** What organizations are filtered and sorted by. */
export type OrganizationField = 'id' | OrganizationOf

/** What users are filtered and sorted by; `id` and `userId` are the same. */
export type UserField = 'id' | 'userId' | 'firstname' | 'lastname' | 'email' | 'kind' | 'organizationId'

/**
 * Fields with what they must be: a value, or tests. Everything in one object must hold; `or` takes an object of which something
 * must hold, `not` one that must not hold. At most 8 levels deep, 100 conditions and 8 KiB as JSON.
 */
export type Filter<Field extends string> = {
  readonly [F in Field]?: F extends TimeField ? string | null | TimeTest : FilterValue | TextTest
} & {
  readonly and?: Filter<Field> | undefined
  readonly or?: Filter<Field> | undefined
  readonly not?: Filter<Field> | undefined
}

/** `-` descending; `+` or nothing ascending. Missing values come last, ties in the order of ids. */
export type SortBy<Field extends string> = Field | `+${Field}` | `-${Field}`

/** A query of the service with its filter as an object and its sort as a list. */
export type Finding<Query extends { filter?: unknown; sort?: unknown }, Field extends string> = Omit<
  Query,
  'filter' | 'sort'
> & {
  readonly filter?: Filter<Field> | undefined
  /** In this order. */
  readonly sort?: readonly SortBy<Field>[] | undefined
}

// The public names of the SDK.
export { createClient, type Client } from './client.ts'
export { NarthexError, type FailureCode } from './errors.ts'
export type {
  CallOptions,
  ChangeOptions,
  CreateOptions,
  GetOptions,
  NotModified,
  Page,
  Result,
  Versioned,
  Walk,
} from './results.ts'
export type { FindOrganizations } from './organizations.ts'
export type { GotPage, GuardedOptions, NumberedPage, NumberedWalk } from './referral-calls.ts'
export type {
  Filter,
  FilterValue,
  OrganizationField,
  ReferralField,
  SortBy,
  TextTest,
  TimeTest,
  UserField,
} from './referral-filter.ts'
export type { FindReferrals, SeenReferral } from './referrals.ts'
export type { FindUsers } from './users.ts'
export { readMe, type ReadMeOptions } from './me.ts'
export type { ExchangeToken } from './tokens.ts'
export type { ClientOptions, Connection, KeyOptions, MemberOptions } from './transport.ts'
export type * from './types.ts'
export {
  createVerifier,
  type AccessTokenClaims,
  type Verifier,
  type VerifierOptions,
  type VerifierStatus,
} from './verifier.ts'
export { VerifierError, type VerifierErrorCode } from './verifier-error.ts'

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
export { readMe, type ReadMeOptions } from './me.ts'
export type { ExchangeToken } from './tokens.ts'
export type { ClientOptions, Connection } from './transport.ts'
export type * from './types.ts'
export {
  createVerifier,
  type AccessTokenClaims,
  type Verifier,
  type VerifierOptions,
  type VerifierStatus,
} from './verifier.ts'
export { VerifierError, type VerifierErrorCode } from './verifier-error.ts'

// The public names of the SDK.
export {
  createVerifier,
  type AccessTokenClaims,
  type Verifier,
  type VerifierOptions,
  type VerifierStatus,
} from './verifier.ts'
export { VerifierError, type VerifierErrorCode } from './verifier-error.ts'

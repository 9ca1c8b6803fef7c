// Why a token was refused, as a closed list of codes.

export type VerifierErrorCode =
  /** No compact JWS of the one spelling and shape that Narthex issues: encoding, header, `typ`, `alg`, claims. */
  | 'malformed'
  /** The signature is not one of the issuer's published keys, or does not fit the text. */
  | 'bad_signature'
  | 'wrong_issuer'
  /** Meant for another workspace, or for somebody else. */
  | 'wrong_audience'
  | 'expired'
  /** Issued or valid only in the future: the clocks disagree by more than the tolerance. */
  | 'not_yet_valid'
  /** Ended before its time: by itself, or with its external user, person, channel or API key. */
  | 'revoked'
  /** Nobody can tell whether it was ended: the revocation list is older than its owner allows. */
  | 'stale'
  /** The issuer's keys could not be fetched, so that no signature can be checked. */
  | 'keys_unavailable'
  /** The verifier was closed. */
  | 'closed'

/** Thrown by everything a verifier does; `cause` is what went wrong underneath, where something did. */
export class VerifierError extends Error {
  override readonly name = 'VerifierError'
  readonly code: VerifierErrorCode

  constructor(code: VerifierErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

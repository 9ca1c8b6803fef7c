// The one error that calls of this SDK reject with.
import type { ErrorCode, Issue, OAuthErrorCode, ReferralErrorCode } from './types.ts'

/**
 * Why a call failed: a code of the service (for calls of `tokens` one of the OAuth codes, for those of
 * `referrals`, `organizations` and `users` one of the Referral API), or one of the SDK's own when there is no answer of the service to go by.
 * `network_error`: it could not be reached, or the connection broke; whether it acted is unknown. `timeout`: no answer within
 * `timeoutMs`; likewise unknown. `invalid_answer`: something between answered instead, for example a proxy.
 */
export type FailureCode =
  | ErrorCode
  | OAuthErrorCode
  | ReferralErrorCode
  | 'network_error'
  | 'timeout'
  | 'invalid_answer'

export interface Failure {
  readonly code: FailureCode
  readonly status: number
  readonly message: string
  readonly requestId: string | null
  readonly issues: readonly Issue[]
  readonly retryAfterSeconds: number | null
}

/** A call that did not succeed. It never holds the credential, a body or a header, so it may be logged as it is. */
export class NarthexError extends Error {
  override readonly name = 'NarthexError'
  /** For programs; later versions of the service may send codes that this version does not list. */
  readonly code: FailureCode
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  /** What the service's log knows the request by; null when there was no answer. */
  readonly requestId: string | null
  /** With `invalid_request`, and with 400 of the Referral API: each place and the rule it broke, at most 20. Otherwise empty. */
  readonly issues: readonly Issue[]
  /** After how many seconds to try again, where the service said so; else null. */
  readonly retryAfterSeconds: number | null

  constructor(failure: Failure) {
    super(failure.message)
    this.code = failure.code
    this.status = failure.status
    this.requestId = failure.requestId
    this.issues = failure.issues
    this.retryAfterSeconds = failure.retryAfterSeconds
  }
}

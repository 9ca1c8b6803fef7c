// A refusal: the request was understood and the answer is no. Thrown anywhere, dressed in one place.
import type { ErrorCode, Issue } from '@narthex/contract'

export interface RefusalDetails {
  readonly issues?: readonly Issue[]
  /** Replaces the code's public sentence where numbers help, as in the counts of `tier_in_use`. */
  readonly message?: string
  readonly retryAfterSeconds?: number
}

export class ApiError extends Error {
  readonly code: ErrorCode
  readonly details: RefusalDetails

  constructor(code: ErrorCode, details: RefusalDetails = {}) {
    super(details.message ?? code)
    this.code = code
    this.details = details
  }
}

/** One wrong place in the request. */
export function invalid(path: string, message: string): ApiError {
  return new ApiError('invalid_request', { issues: [{ path, message }] })
}

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
    // An answer, not a fault: nobody reads where it was thrown, and gathering that costs more than all else of refusing.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(details.message ?? code)
    Error.stackTraceLimit = stackTraceLimit
    this.code = code
    this.details = details
  }
}

/** One wrong place in the request. */
export function invalid(path: string, message: string): ApiError {
  return new ApiError('invalid_request', { issues: [{ path, message }] })
}

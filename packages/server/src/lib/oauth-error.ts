// A refusal that only OAuth has words for; every other one is an `ApiError` and dressed for OAuth where it is answered.
import { oauthErrorCodes, type OAuthErrorCode } from '@narthex/contract'

export interface OAuthErrorDetails {
  /** The `WWW-Authenticate` header of the answer. */
  readonly challenge?: string
}

export class OAuthError extends Error {
  readonly code: OAuthErrorCode
  readonly details: OAuthErrorDetails

  /** `description` replaces the code's public sentence. */
  constructor(code: OAuthErrorCode, description: string = oauthErrorCodes[code][1], details: OAuthErrorDetails = {}) {
    super(description)
    this.code = code
    this.details = details
  }
}

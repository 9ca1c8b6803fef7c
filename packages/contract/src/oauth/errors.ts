// The closed table of OAuth error codes: status and public sentence, from the RFCs that define them.

export const oauthErrorCodes = {
  // RFC 6749 section 5.2
  invalid_request: [400, 'The request lacks a parameter, repeats one, or is malformed.'],
  invalid_client: [401, 'A valid API key is required, as Bearer token or as client credentials.'],
  invalid_grant: [400, 'The person behind the subject token is not let in.'],
  unauthorized_client: [400, 'The API key lacks the scope that this endpoint requires.'],
  unsupported_grant_type: [400, 'Only urn:ietf:params:oauth:grant-type:token-exchange is supported.'],
  invalid_scope: [400, 'Access tokens carry no scope: leave the parameter out.'],
  // RFC 8693 section 2.2.2
  invalid_target: [400, 'Tokens are issued for the audience of the workspace only.'],
  // RFC 6750 section 3.1
  insufficient_scope: [403, 'The API key lacks the scope that this endpoint requires.'],
  // Defined for redirects by RFC 6749 section 4.1.2.1, and the only words there are for a passing fault.
  temporarily_unavailable: [503, 'The service cannot answer now. Retry-After says when to try again.'],
  server_error: [500, 'Something went wrong on our side. The request id helps to find it.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type OAuthErrorCode = keyof typeof oauthErrorCodes

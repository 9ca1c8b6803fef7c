// Refusals on the OAuth surface: the two members that RFC 6749 section 5.2 knows.
import { errorCodes, oauthErrorCodes, type ErrorCode, type OAuthErrorCode } from '@narthex/contract'
import type { ApiError } from '../lib/api-error.ts'
import { OAuthError } from '../lib/oauth-error.ts'

/** The rest is told from the status. */
const words: Partial<Record<ErrorCode, OAuthErrorCode>> = {
  route_not_found: 'invalid_request',
  selectors_disagree: 'invalid_grant',
  unauthorized: 'invalid_client',
  internal_error: 'server_error',
}

/** A person who may not, is not there or clashes with another one: what refuses the person refuses the grant. */
const grantRefused = new Set([403, 404, 409])

export interface OAuthErrorAnswer {
  readonly status: number
  readonly body: { readonly error: OAuthErrorCode; readonly error_description: string }
  readonly headers: Readonly<Record<string, string>>
}

export function presentOAuthError(refusal: ApiError | OAuthError): OAuthErrorAnswer {
  if (refusal instanceof OAuthError) {
    return answer(refusal.code, { description: refusal.message, challenge: refusal.details.challenge })
  }
  const { code, details } = refusal
  const [status, sentence] = errorCodes[code]
  const given = details.message ?? details.issues?.map(({ path, message }) => `${path} ${message}`).join('; ')
  // RFC 6749 section 5.2 has 400 for whatever is malformed.
  if (code === 'unsupported_media_type') return answer('invalid_request', { description: notAForm })
  const word = words[code] ?? wordOf(status)
  const own = word === 'invalid_grant' ? {} : { status }
  return answer(word, { description: given ?? sentence, ...own })
}

const notAForm = 'The body must be application/x-www-form-urlencoded in UTF-8.'

function wordOf(status: number): OAuthErrorCode {
  if (grantRefused.has(status)) return 'invalid_grant'
  return status === 429 || status >= 500 ? 'temporarily_unavailable' : 'invalid_request'
}

function answer(
  error: OAuthErrorCode,
  { description, status, challenge }: { description: string; status?: number; challenge?: string | undefined },
): OAuthErrorAnswer {
  // RFC 6749 appendix A.8: printable ASCII without quotes and backslashes. 500 characters explain enough.
  const error_description = description.replace(/[^\x20-\x7e]|["\\]/g, "'").slice(0, 500)
  return {
    status: status ?? oauthErrorCodes[error][0],
    body: { error, error_description },
    headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...(challenge && { 'www-authenticate': challenge }) },
  }
}

// Refusals on the OAuth surface: the two members that RFC 6749 section 5.2 knows.
import { errorCodes, oauthErrorCodes, type ErrorCode, type OAuthErrorCode } from '@narthex/contract'
import type { ApiError } from '../lib/api-error.ts'
import { OAuthError } from '../lib/oauth-error.ts'

/** What refuses a person refuses the grant. The rest is told from the status. */
const words: Partial<Record<ErrorCode, OAuthErrorCode>> = {
  selectors_disagree: 'invalid_grant',
  channel_not_found: 'invalid_grant',
  external_user_not_found: 'invalid_grant',
  external_user_blocked: 'invalid_grant',
  admission_required: 'invalid_grant',
  identifier_taken: 'invalid_grant',
  external_id_taken: 'invalid_grant',
  identifier_held_by_another_person: 'invalid_grant',
  // RFC 6749 section 5.2 has 400 for whatever is malformed.
  unsupported_media_type: 'invalid_request',
  unauthorized: 'invalid_client',
  internal_error: 'server_error',
}

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
  const description =
    code === 'unsupported_media_type'
      ? 'The body must be application/x-www-form-urlencoded in UTF-8.'
      : (details.message ?? details.issues?.map(({ path, message }) => `${path} ${message}`).join('; ') ?? sentence)
  const word = words[code]
  if (word) return answer(word, { description })
  return answer(status === 429 || status >= 500 ? 'temporarily_unavailable' : 'invalid_request', {
    description,
    status,
  })
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

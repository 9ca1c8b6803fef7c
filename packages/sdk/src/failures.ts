// From a bad answer, or none, to the error that callers see.
import { NarthexError, type FailureCode } from './errors.ts'
import type { Issue } from './types.ts'

/** Without an answer of the service. */
export function failed(code: FailureCode, message: string): NarthexError {
  return new NarthexError({ code, message, status: 0, requestId: null, issues: [], retryAfterSeconds: null })
}

/** A broken connection. Of the cause only its short code is told: its text may quote the request. */
export function networkError(cause: unknown): NarthexError {
  const code = codeOf(cause) ?? codeOf((cause as { cause?: unknown } | null)?.cause)
  return failed('network_error', `The service could not be reached${code ? ` (${code})` : ''}.`)
}

function codeOf(cause: unknown): string | null {
  const code = (cause as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,39}$/.test(code) ? code : null
}

/** An answer that is not a success. `text` is its body, from which secrets have been removed. */
export function refusal(status: number, headers: Headers, text: string): NarthexError {
  const body = parsed(text) as Partial<Record<'requestId' | 'issues' | 'error' | 'code', unknown>> | null
  const told = reasonOf(body)
  const own = told !== null
  return new NarthexError({
    code: own ? (told.code as FailureCode) : 'invalid_answer',
    status,
    message: own ? told.message : `The answer has status ${status} and is not one of the service.`,
    requestId: own && typeof body?.requestId === 'string' ? body.requestId : headers.get('x-request-id'),
    issues: own && Array.isArray(body?.issues) ? (body.issues as Issue[]) : [],
    retryAfterSeconds: retryAfterSeconds(headers),
  })
}

/** `code` and `message` of the API, or `error` and `error_description` of the OAuth endpoints (RFC 6749 section 5.2). */
function reasonOf(body: Record<string, unknown> | null): { code: string; message: string } | null {
  const { code = body?.['error'], message = body?.['error_description'] } = body ?? {}
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : null
}

/** A success whose body cannot be read. */
export function unreadable(status: number, headers: Headers): NarthexError {
  const requestId = headers.get('x-request-id')
  const message = 'The answer is not of the kind that the service gives.'
  return new NarthexError({ code: 'invalid_answer', status, message, requestId, issues: [], retryAfterSeconds: null })
}

/** Undefined when it is not JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The service sends seconds, never a date. */
function retryAfterSeconds(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? ''
  return /^\d{1,6}$/.test(text) ? Number(text) : null
}

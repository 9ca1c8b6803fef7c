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
  const told = reasonOf(parsed(text))
  return new NarthexError({
    code: told ? (told.code as FailureCode) : 'invalid_answer',
    status,
    message: told ? told.message : `The answer has status ${status} and is not one of the service.`,
    requestId: told?.requestId ?? headers.get('x-request-id'),
    issues: told?.issues ?? [],
    retryAfterSeconds: retryAfterSeconds(headers),
  })
}

interface Reason {
  readonly code: string
  readonly message: string
  readonly requestId: string | null
  readonly issues: readonly Issue[]
}

/** A body of any kind that the service sends: its members, as far as they are there. */
type Body = Partial<
  Record<'code' | 'message' | 'requestId' | 'issues' | 'error' | 'error_description' | 'errors', unknown>
>

/**
 * `code` and `message` of the Workspace API, the first of the `errors` of the Referral API, or `error` and
 * `error_description` of the OAuth endpoints (RFC 6749 section 5.2).
 */
function reasonOf(body: unknown): Reason | null {
  const { errors, ...plain } = (body ?? {}) as Body
  if (Array.isArray(errors)) return referralReason(errors as readonly Entry[])
  const { code = plain.error, message = plain.error_description, requestId, issues } = plain
  if (typeof code !== 'string' || typeof message !== 'string') return null
  return {
    code,
    message,
    requestId: typeof requestId === 'string' ? requestId : null,
    issues: Array.isArray(issues) ? (issues as Issue[]) : [],
  }
}

/** One entry of the errors of the Referral API, which something between may have damaged. */
interface Entry {
  readonly code?: unknown
  readonly message?: unknown
  readonly messageParameters?: { readonly parameter?: unknown; readonly property?: unknown } | null
  readonly logref?: unknown
}

function referralReason(errors: readonly (Entry | null)[]): Reason | null {
  const { code, message, logref } = errors[0] ?? {}
  if (typeof code !== 'string' || typeof message !== 'string') return null
  const issues = errors.flatMap((entry) => {
    const path = entry?.messageParameters?.parameter ?? entry?.messageParameters?.property
    return typeof path === 'string' && typeof entry?.message === 'string' ? [{ path, message: entry.message }] : []
  })
  return { code, message, requestId: typeof logref === 'string' ? logref : null, issues }
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

// The one place where whatever was thrown becomes an answer. Each surface has one presenter that dresses a refusal in its body.
import { basePaths, errorCodes, errorNames, type ErrorCode, type Surface } from '@narthex/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { DatabaseOverloaded, DatabaseUnavailable } from '../db/errors.ts'
import { ApiError } from '../lib/api-error.ts'
import { OAuthError } from '../lib/oauth-error.ts'
import { presentOAuthError } from './oauth-presenter.ts'
import { presentReferralError, type Asked } from './referral-presenter.ts'

/** What the framework refuses before a handler runs, in our words. */
const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_BAD_URL: 'route_not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'route_not_found',
}

/** A short wait is right for all of these: the queue drains or the database restarts within seconds. */
const retryAfterSeconds: Partial<Record<ErrorCode, number>> = {
  rate_limited: 1,
  overloaded: 1,
  database_unavailable: 2,
  issuer_unavailable: 5,
  shutting_down: 5,
}

export function errorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal_error') log.error({ err: error, requestId: request.id }, 'request failed')
    else if (error instanceof DatabaseUnavailable)
      log.warn({ err: error, requestId: request.id }, 'database unavailable')
    return refuse(refusal, request, reply)
  }
}

/** In the body of the surface that the address belongs to. */
export function refuse(refusal: ApiError | OAuthError, request: FastifyRequest, reply: FastifyReply) {
  const wait = refusal instanceof ApiError ? waitOf(refusal) : undefined
  if (wait !== undefined) reply.header('retry-after', String(wait))
  const { status, body, headers } = dressed(refusal, request)
  return reply.code(status).headers(headers).send(body)
}

export function waitOf({ code, details }: ApiError): number | undefined {
  return details.retryAfterSeconds ?? retryAfterSeconds[code]
}

/** By the address: errors come before there is an operation, too. */
export function surfaceOf(url: string): Surface | 'oauth' {
  if (url.startsWith('/oauth2/')) return 'oauth'
  return url.startsWith(`${basePaths.referral}/`) ? 'referral' : 'workspace'
}

export function dressed(refusal: ApiError | OAuthError, request: Asked) {
  const surface = surfaceOf(request.raw.url as string)
  if (refusal instanceof OAuthError || surface === 'oauth') return presentOAuthError(refusal)
  const [status] = errorCodes[refusal.code]
  const headers: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer realm="narthex"' } : {}
  if (surface === 'referral') return { status, body: presentReferralError(refusal, request), headers }
  return { status, body: workspaceError(refusal, request.id), headers }
}

function refusalOf(error: unknown): ApiError | OAuthError {
  if (error instanceof ApiError || error instanceof OAuthError) return error
  if (error instanceof DatabaseUnavailable) return new ApiError('database_unavailable')
  if (error instanceof DatabaseOverloaded) return new ApiError('overloaded')
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  const known = code === undefined ? undefined : frameworkCodes[code]
  if (known) return new ApiError(known)
  // Whatever else the framework itself refuses is the caller's malformed HTTP, never a fault of ours.
  if (code?.startsWith('FST_ERR_CTP_') && (statusCode ?? 500) < 500) return new ApiError('invalid_request')
  // A caller that left in the middle of its body: nobody reads the answer, and nothing is wrong here.
  if (code === 'ECONNRESET' && statusCode === 400) return new ApiError('invalid_request')
  return new ApiError('internal_error')
}

/** The body of an error on the workspace surface. */
export function workspaceError({ code, details }: ApiError, requestId: string) {
  const [status, message] = errorCodes[code]
  return {
    code,
    message: details.message ?? message,
    name: errorNames[status],
    requestId,
    ...(details.issues && { issues: details.issues }),
  }
}

// Refusals on the Referral API: a list of errors in the words of the source's family of services.
import { errorCodes, referralErrorOf, type Issue, type ReferralErrorBody } from '@narthex/contract'
import type { ApiError } from '../lib/api-error.ts'

type Entry = ReferralErrorBody['errors'][number]

/** What of a request tells whether a place is a parameter or a property of the body. */
export interface Asked {
  readonly id: string
  readonly method: string
  readonly raw: { readonly url?: string | undefined }
}

export function presentReferralError({ code, details }: ApiError, request: Asked): ReferralErrorBody {
  const logref = request.id
  if (code === 'invalid_request' && details.issues) {
    return { errors: details.issues.map((issue) => entryOf(issue, request)) }
  }
  const [, message] = errorCodes[code]
  return { errors: [{ code: referralErrorOf(code), message: details.message ?? message, logref }] }
}

function entryOf({ path, message }: Issue, request: Asked): Entry {
  const inBody = isInBody(path, request)
  const kind = `${message.startsWith('is required') ? 'missing' : 'invalid'}${inBody ? 'RequestBodyProperty' : 'Parameter'}`
  const place = path === '' ? 'The request' : path
  return {
    code: `narthex.referral.${kind}`,
    message: `${place} ${message}.`,
    messageParameters: { [inBody ? 'property' : 'parameter']: path },
    logref: request.id,
  }
}

/** A query is looked at before the body, so what stands in the query is meant. */
function isInBody(path: string, { method, raw: { url = '' } }: Asked): boolean {
  if (method === 'GET' || method === 'HEAD' || path.startsWith('headers.')) return false
  return !new URLSearchParams(url.split('?').slice(1).join('?')).has(path)
}

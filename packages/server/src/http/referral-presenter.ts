// Refusals on the Referral API: a list of errors in the words of the source's family of services.
import { errorCodes, referralErrorOf, type Issue, type ReferralErrorBody } from '@narthex/contract'
import type { ApiError } from '../lib/api-error.ts'

type Entry = ReferralErrorBody['errors'][number]

/** `method` and `query` tell whether a place is a parameter or a property of the body. */
export function presentReferralError(
  { code, details }: ApiError,
  request: { readonly id: string; readonly method: string },
): ReferralErrorBody {
  const logref = request.id
  if (code === 'invalid_request' && details.issues) {
    return { errors: details.issues.map((issue) => entryOf(issue, request)) }
  }
  const [, message] = errorCodes[code]
  return { errors: [{ code: referralErrorOf(code), message: details.message ?? message, logref }] }
}

function entryOf({ path, message }: Issue, { id, method }: { id: string; method: string }): Entry {
  const inBody = !path.startsWith('headers.') && (method === 'POST' || method === 'PATCH')
  const kind = `${message.startsWith('is required') ? 'missing' : 'invalid'}${inBody ? 'RequestBodyProperty' : 'Parameter'}`
  const place = path === '' ? 'The request' : path
  return {
    code: `narthex.referral.${kind}`,
    message: `${place} ${message}.`,
    messageParameters: { [inBody ? 'property' : 'parameter']: path },
    logref: id,
  }
}

// What an error of the Referral API looks like on the wire: a list, with the codes of the source's family of services.
import Type, { type Static } from 'typebox'
import { Exactly } from '../common.ts'
import { errorCodes, type ErrorCode } from '../errors.ts'

/** By status; what has no word of its own here is told by 400 or 500. */
export const referralErrorCodes = {
  invalidParameter: 400,
  missingParameter: 400,
  invalidRequestBodyProperty: 400,
  missingRequestBodyProperty: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  noMatch: 412,
  payloadTooLarge: 413,
  uriTooLong: 414,
  unsupportedMediaType: 415,
  preconditionRequired: 428,
  tooManyRequests: 429,
  internalServerError: 500,
  serviceUnavailable: 503,
} as const

export type ReferralErrorCode = keyof typeof referralErrorCodes

const codes = Object.keys(referralErrorCodes).map((code) => `narthex.referral.${code}`) as [string, ...string[]]

export const ReferralErrorBody = Exactly(
  {
    errors: Type.Array(
      Exactly(
        {
          code: Type.Enum(codes, {
            title: 'ReferralErrorCode',
            description: 'What went wrong. Programs decide by it.',
          }),
          message: Type.String({ description: 'The same for people, in a sentence.' }),
          messageParameters: Type.Optional(
            Type.Record(Type.String(), Type.String(), {
              description: 'What the sentence speaks of, for example the parameter.',
            }),
          ),
          logref: Type.String({ description: 'The same as in the header `x-request-id`; the log knows it.' }),
        },
        'ReferralErrorEntry',
        'One thing that is wrong.',
      ),
      { minItems: 1, description: 'At most 20: of an invalid request one for each place.' },
    ),
  },
  'ReferralError',
  'The body of every answer of the Referral API that is not a success.',
)
export type ReferralErrorBody = Static<typeof ReferralErrorBody>

/** The word of the Referral API for a refusal: `narthex.referral.conflict`. Its status is that of the refusal. */
export function referralErrorOf(code: ErrorCode): `narthex.referral.${ReferralErrorCode}` {
  const [status] = errorCodes[code]
  const known = Object.entries(referralErrorCodes).find(([, own]) => own === status)
  const word = (known?.[0] ?? 'invalidParameter') as ReferralErrorCode
  return `narthex.referral.${word}`
}

// What an error looks like on the wire.
import Type, { type Static } from 'typebox'
import { Exactly } from './common.ts'
import { errorCodes, type ErrorCode } from './errors.ts'

const Issue = Exactly(
  {
    path: Type.String({
      description:
        'The place in the request, dotted: `limits.0.max`, `pageSize`, `headers.idempotency-key`. Empty for the whole body.',
    }),
    message: Type.String({ description: 'The rule that it broke.' }),
  },
  'Issue',
  'One place in the request and the rule it broke.',
)

/** The body of every answer that is not a success. */
export const ErrorBody = Exactly(
  {
    code: Type.Enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]], {
      title: 'ErrorCode',
      description: 'What went wrong. Programs decide by it: a published code keeps its status and meaning.',
    }),
    message: Type.String({ description: 'The same for people, in a sentence.' }),
    name: Type.String({ description: 'The status in one word.' }),
    requestId: Type.String({ description: 'The same as in the header `x-request-id`; the log knows it.' }),
    issues: Type.Optional(
      Type.Array(Issue, { description: 'With `invalid_request`: each place and rule, at most 20.' }),
    ),
  },
  'Error',
  'The body of every answer that is not a success.',
)
export type ErrorBody = Static<typeof ErrorBody>

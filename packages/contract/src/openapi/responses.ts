// What an operation may answer: its success, and every refusal it declares, grouped by status.
import type { ErrorCode } from '../errors.ts'
import { errorCodes, errorNames } from '../errors.ts'
import { errorsOf, type Operation, type Surface } from '../operation.ts'
import { referralErrorOf } from '../referral-api/error-body.ts'
import type { Json, JsonObject, Book } from './schemas.ts'

const text = { type: 'string' }

/** The header fields that answers carry, as `components.headers`. */
export const answerHeaders: JsonObject = {
  ETag: {
    description: 'The entity tag of this version, for `If-None-Match` and `If-Match`. It is opaque.',
    schema: text,
    example: '"3"',
  },
  Link: {
    description: 'With `rel="next"` the address of the next page, which carries a `cursor`. Absent on the last page.',
    schema: text,
    example: '<https://id.example.com/api/v1/tiers?pageSize=10&cursor=abc>; rel="next"',
  },
  TotalCount: {
    description: 'How many match on all pages together; only with `count=exact`.',
    schema: { type: 'integer', minimum: 0 },
  },
  Location: { description: 'The address of what was made.', schema: text },
  RequestId: {
    description: "Names this request in the service's log; the caller's own `x-request-id` when it sent a usable one.",
    schema: text,
  },
  RetryAfter: {
    description: 'After how many seconds to try again.',
    schema: { type: 'integer', minimum: 1 },
  },
  WwwAuthenticate: {
    description: 'The scheme that a credential may be sent with (RFC 9110 section 11.6.1).',
    schema: text,
    example: 'Bearer realm="narthex"',
  },
}

export function responsesOf(operation: Operation, book: Book): JsonObject {
  const tagged = operation.versioned === true && operation.method !== 'DELETE'
  const notModified = tagged && operation.method === 'GET'
  const created = operation.status === 201
  return {
    [operation.status ?? 200]: {
      description: successOf(operation),
      headers: headers({
        'x-request-id': 'RequestId',
        ...(tagged && { ETag: 'ETag' }),
        ...(created && { Location: 'Location' }),
        ...(operation.list && { Link: 'Link', 'Total-Count': 'TotalCount' }),
      }),
      ...(operation.status !== 204 && {
        content: { [operation.media ?? 'application/json']: { schema: book.write(operation.output) } },
      }),
    },
    ...(notModified && {
      304: {
        description: 'The entity tag in `If-None-Match` is still the current one.',
        headers: headers({ 'x-request-id': 'RequestId', ETag: 'ETag' }),
      },
    }),
    ...refusals(errorsOf(operation), book, operation.surface),
    default: {
      $ref: `#/components/responses/${operation.surface === 'referral' ? 'UnexpectedReferral' : 'Unexpected'}`,
    },
  }
}

function successOf(operation: Operation): string {
  if (operation.media === 'text/event-stream') return 'Events, for as long as both sides stay.'
  if (operation.list) return 'A page, newest first; an empty array past the end.'
  const secret = operation.secret ? ' The answer holds a secret and is sent with `Cache-Control: no-store`.' : ''
  return `Done.${secret}`
}

/** Refusals of one status share an answer, which is kept under the names of its codes; its example shows the first. */
export function refusals(codes: readonly ErrorCode[], { responses }: Book, surface: Surface = 'workspace'): JsonObject {
  const statuses = [...new Set(codes.map((code) => errorCodes[code][0]))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => {
      const same = codes.filter((code) => errorCodes[code][0] === status)
      const name = [...(surface === 'referral' ? [surface] : []), ...same].join('.')
      responses[name] ??= surface === 'referral' ? referralRefusal(same) : refusal(same)
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function refusal(codes: readonly ErrorCode[]): JsonObject {
  const first = codes[0] as ErrorCode
  const [status] = errorCodes[first]
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code][1]}`).join('\n\n'),
    headers: headers({
      'x-request-id': 'RequestId',
      ...((status === 429 || status === 503) && { 'Retry-After': 'RetryAfter' }),
      ...(status === 401 && { 'WWW-Authenticate': 'WwwAuthenticate' }),
    }),
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Error' },
            { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } },
          ],
        },
        example: errorExample(first),
      },
    },
  }
}

/** The Referral API has words of its own for the same refusals; the sentences tell them apart. */
function referralRefusal(codes: readonly ErrorCode[]): JsonObject {
  const { headers: fields } = refusal(codes) as { headers: JsonObject }
  const names = [...new Set(codes.map((code) => `\`${referralErrorOf(code)}\``))].join(', ')
  return {
    description: `${names}: ${codes.map((code) => errorCodes[code][1]).join('\n\n')}`,
    headers: fields,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ReferralError' },
        example: referralErrorExample(codes[0] as ErrorCode),
      },
    },
  }
}

export function referralErrorExample(code: ErrorCode): JsonObject {
  const logref = '0d3f9a52-6e0c-4b0e-9d9c-2f6f3f1f7a10'
  return { errors: [{ code: referralErrorOf(code), message: errorCodes[code][1], logref }] }
}

export function errorExample(code: ErrorCode): JsonObject {
  const [status, message] = errorCodes[code]
  return {
    code,
    message,
    name: errorNames[status] as string,
    requestId: '0d3f9a52-6e0c-4b0e-9d9c-2f6f3f1f7a10',
    ...(code === 'invalid_request' && { issues: [{ path: 'pageSize', message: 'must be <= 100' }] }),
  }
}

export function headers(names: Record<string, string>): Json {
  return Object.fromEntries(Object.entries(names).map(([name, key]) => [name, { $ref: `#/components/headers/${key}` }]))
}

// What an operation may answer: its success, and every refusal it declares, grouped by status.
import type { ErrorCode } from '../errors.ts'
import { errorCodes, errorNames } from '../errors.ts'
import { errorsOf, type Operation } from '../operation.ts'
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
  return {
    200: {
      description: successOf(operation),
      headers: headers({
        'x-request-id': 'RequestId',
        ...(tagged && { ETag: 'ETag' }),
        ...(operation.list && { Link: 'Link', 'Total-Count': 'TotalCount' }),
      }),
      content: { [operation.media ?? 'application/json']: { schema: book.write(operation.output) } },
    },
    ...(notModified && {
      304: {
        description: 'The entity tag in `If-None-Match` is still the current one.',
        headers: headers({ 'x-request-id': 'RequestId', ETag: 'ETag' }),
      },
    }),
    ...refusals(errorsOf(operation), book),
    default: { $ref: '#/components/responses/Unexpected' },
  }
}

function successOf(operation: Operation): string {
  if (operation.media === 'text/event-stream') return 'Events, for as long as both sides stay.'
  if (operation.list) return 'A page, newest first; an empty array past the end.'
  const secret = operation.secret ? ' The answer holds a secret and is sent with `Cache-Control: no-store`.' : ''
  return `Done.${secret}`
}

/** Refusals of one status share an answer, which is kept under the names of its codes; its example shows the first. */
export function refusals(codes: readonly ErrorCode[], { responses }: Book): JsonObject {
  const statuses = [...new Set(codes.map((code) => errorCodes[code][0]))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => {
      const same = codes.filter((code) => errorCodes[code][0] === status)
      const name = same.join('.')
      responses[name] ??= refusal(same)
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

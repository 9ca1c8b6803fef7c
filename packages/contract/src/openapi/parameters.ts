// What an operation takes besides its body: the id in its path, its query, and the header fields that apply.
import type { TSchema } from 'typebox'
import { Id } from '../common.ts'
import type { Operation } from '../operation.ts'
import { requiredKeys, type Json, type JsonObject, type Book } from './schemas.ts'

/**
 * The header fields that several operations take, as `components.parameters`. They have no examples: the reference would send
 * those as values.
 */
export const headerParameters: JsonObject = {
  IfNoneMatch: headerField(
    'If-None-Match',
    'An entity tag, quoted as `ETag` gave it. When it is still the current one, the answer is 304 without a body.',
  ),
  IfMatch: headerField(
    'If-Match',
    'An entity tag, quoted as `ETag` gave it. When it is no longer the current one, nothing changes and the answer is 412.',
  ),
  IdempotencyKey: headerField(
    'Idempotency-Key',
    'Makes a repetition safe: the same key with the same body gets the first answer again, for 24 hours. With another ' +
      'body the answer is 422, and 409 while the first request is still running. 1 to 255 visible ASCII characters.',
  ),
}

/** The same where a change without it is refused. */
const requiredIfMatch: JsonObject = { ...(headerParameters['IfMatch'] as JsonObject), required: true }

/** Not in the list of those that several operations take. */
const lastEventId = headerField(
  'Last-Event-ID',
  'The id of the last event received, as clients of server-sent events repeat it. It goes before `since`.',
)

function headerField(name: string, description: string): JsonObject {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } }
}

/** `noun` is what the path's id identifies, with its article: `an external user`. */
export function parametersOf(operation: Operation, noun: string, { write }: Book): Json[] {
  const { method, path, query, creates, versioned, guarded, media } = operation
  return [
    ...(path.includes('{id}')
      ? [{ name: 'id', in: 'path', required: true, description: `The id of ${noun}.`, schema: write(Id) }]
      : []),
    ...queryParameters(query, write),
    ...(versioned && method === 'GET' ? [shared('IfNoneMatch')] : []),
    ...(versioned && (method === 'PATCH' || method === 'DELETE')
      ? [guarded ? requiredIfMatch : shared('IfMatch')]
      : []),
    ...(creates ? [shared('IdempotencyKey')] : []),
    ...(media === 'text/event-stream' ? [lastEventId] : []),
  ]
}

function shared(name: string): JsonObject {
  return { $ref: `#/components/parameters/${name}` }
}

function queryParameters(query: TSchema | undefined, write: Book['write']): JsonObject[] {
  const { properties = {} } = (query ?? {}) as { properties?: Record<string, TSchema> }
  const required = new Set(query ? requiredKeys(query) : [])
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = write(property)
    const repeated = schema['type'] === 'array' ? { style: 'form', explode: true } : {}
    return { name, in: 'query', required: required.has(name), description: description as Json, ...repeated, schema }
  })
}

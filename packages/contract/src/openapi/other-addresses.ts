// The public addresses beside the API that programs read: keys, health, metrics. None of them takes a credential.
import { headers, refusals } from './responses.ts'
import type { Book, Json, JsonObject } from './schemas.ts'

interface Address {
  readonly id: string
  readonly summary: string
  readonly description: string
  readonly answers: JsonObject
}

const status = (value: string): JsonObject => ({
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', const: value, description: 'How it is.' } },
})

function answer(description: string, type: string, schema: JsonObject): JsonObject {
  return { description, headers: headers({ 'x-request-id': 'RequestId' }), content: { [type]: { schema } } }
}

const keySet: JsonObject = {
  type: 'object',
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      description: 'The public keys; a verifier picks one by `kid`.',
      items: {
        type: 'object',
        description: 'A public key as a JSON Web Key (RFC 7517).',
        required: ['kty', 'kid', 'alg'],
        properties: {
          kty: { type: 'string', description: 'The family of the key.' },
          kid: { type: 'string', description: 'The id that the header of an access token names.' },
          alg: { type: 'string', description: 'The algorithm it signs with.' },
        },
      },
    },
  },
}

const addresses: Record<string, Address> = {
  '/.well-known/jwks.json': {
    id: 'instance.keys',
    summary: 'Get the public keys that verify access tokens',
    description:
      'A JSON Web Key Set (RFC 7517). It may be kept for 300 seconds; a new key is published longer than that before it signs.',
    answers: { 200: answer('The key set.', 'application/json', keySet) },
  },
  '/healthz': {
    id: 'instance.health',
    summary: 'Ask whether the process is alive',
    description: 'Answers as long as the process runs, whatever the state of the database.',
    answers: { 200: answer('Alive.', 'application/json', status('ok')) },
  },
  '/readyz': {
    id: 'instance.readiness',
    summary: 'Ask whether the process can serve',
    description: 'Asks the database. A load balancer sends requests only where the answer is 200.',
    answers: {
      200: answer('Ready.', 'application/json', status('ready')),
      503: {
        description: 'Not now: the database cannot be reached, or the process is shutting down.',
        headers: headers({ 'x-request-id': 'RequestId', 'Retry-After': 'RetryAfter' }),
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['status'],
              properties: {
                status: { type: 'string', enum: ['database_unavailable', 'draining'], description: 'Why not.' },
              },
            },
          },
        },
      },
    },
  },
  '/metrics': {
    id: 'instance.metrics',
    summary: 'Get the metrics of the process',
    description: 'In the text format of Prometheus: requests, errors, durations, database, event loop.',
    answers: { 200: answer('The metrics.', 'text/plain', { type: 'string' }) },
  },
}

export function otherPaths(tag: string, book: Book): JsonObject {
  const common = refusals(['header_fields_too_large'], book)
  return Object.fromEntries(
    Object.entries(addresses).map(([path, { id, summary, description, answers }]): [string, Json] => [
      path,
      {
        get: { operationId: id, tags: [tag], summary, description, security: [], responses: { ...answers, ...common } },
      },
    ]),
  )
}

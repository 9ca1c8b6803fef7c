// The OAuth endpoints in the document: forms in, errors in the words of the RFCs, and three ways to say who calls.
import { OAuthErrorBody } from '../oauth/error-body.ts'
import { oauthErrorCodes, type OAuthErrorCode } from '../oauth/errors.ts'
import { oauthErrorsOf, type OAuthOperation } from '../oauth/operation.ts'
import { headers, refusals } from './responses.ts'
import type { Book, Json, JsonObject } from './schemas.ts'

/** The last one is the form: OpenAPI has no word for credentials in a body, so nothing is required of the header. */
const clientAuthentication = [{ bearer: [] }, { client: [] }, {}]

export const clientScheme: JsonObject = {
  type: 'http',
  scheme: 'basic',
  description:
    'Client authentication of RFC 6749 section 2.3.1: the id of the API key as user name, the API key as password, both ' +
    'percent-encoded.',
}

export function oauthPaths(operations: readonly OAuthOperation[], tag: string, book: Book): JsonObject {
  book.write(OAuthErrorBody)
  book.responses['oauth.Unexpected'] = unexpected
  return Object.fromEntries(
    operations.map((operation): [string, Json] => [
      operation.path,
      { [operation.method.toLowerCase()]: describeEndpoint(operation, tag, book) },
    ]),
  )
}

function describeEndpoint(operation: OAuthOperation, tag: string, book: Book): JsonObject {
  const { id, summary, description, scope, form, output } = operation
  const content = output ? { content: { 'application/json': { schema: book.write(output) } } } : {}
  if (scope === null) {
    const success = { description: 'Done.', headers: requestId, ...content }
    const responses = { 200: success, ...refusals(['header_fields_too_large'], book) }
    return { operationId: id, tags: [tag], summary, ...(description && { description }), security: [], responses }
  }
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, callers, `Scope: \`${scope}\`.`].filter(Boolean).join('\n\n'),
    'x-scope': scope,
    security: clientAuthentication,
    ...(form && {
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: book.write(form) } },
      },
    }),
    responses: {
      200: { description: output ? fresh : `${fresh} The body is empty.`, headers: requestId, ...content },
      ...oauthRefusals(oauthErrorsOf(operation), book),
      default: { $ref: '#/components/responses/oauth.Unexpected' },
    },
  }
}

const callers =
  'The caller is an API key: as Bearer token, or with its id as client id and itself as client secret, by HTTP Basic or as ' +
  '`client_id` and `client_secret` in the form.'

const fresh = 'Done; sent with `Cache-Control: no-store`.'

const requestId = headers({ 'x-request-id': 'RequestId' })

const unexpected: JsonObject = {
  description:
    'Any other refusal or fault, such as `invalid_request` (413), `temporarily_unavailable` (429) or `server_error` (500).',
  headers: requestId,
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/OAuthError' }, example: exampleOf('server_error') },
  },
}

/** Errors of one status share an answer, as refusals of the API do. */
function oauthRefusals(codes: readonly OAuthErrorCode[], { responses }: Book): JsonObject {
  const statuses = [...new Set(codes.map((code) => oauthErrorCodes[code][0]))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => {
      const same = codes.filter((code) => oauthErrorCodes[code][0] === status)
      const name = ['oauth', ...same].join('.')
      responses[name] ??= oauthRefusal(same)
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

function oauthRefusal(codes: readonly OAuthErrorCode[]): JsonObject {
  const first = codes[0] as OAuthErrorCode
  const [status] = oauthErrorCodes[first]
  return {
    description: codes.map((code) => `\`${code}\`: ${oauthErrorCodes[code][1]}`).join('\n\n'),
    headers: headers({
      'x-request-id': 'RequestId',
      ...(status === 503 && { 'Retry-After': 'RetryAfter' }),
      ...((status === 401 || status === 403) && { 'WWW-Authenticate': 'WwwAuthenticate' }),
    }),
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/OAuthError' },
            { type: 'object', properties: { error: { type: 'string', enum: [...codes] } } },
          ],
        },
        example: exampleOf(first),
      },
    },
  }
}

function exampleOf(error: OAuthErrorCode): JsonObject {
  return { error, error_description: oauthErrorCodes[error][1] }
}

// The contract as an OpenAPI 3.1 document: a pure function of the operations and the public address.
import { ErrorBody } from './error-body.ts'
import { ReferralErrorBody } from './referral-api/error-body.ts'
import type { OAuthOperation } from './oauth/operation.ts'
import { basePaths, bodyTypesOf, type Operation } from './operation.ts'
import { clientScheme, oauthPaths } from './openapi/oauth.ts'
import { otherPaths } from './openapi/other-addresses.ts'
import { headerParameters, parametersOf } from './openapi/parameters.ts'
import { answerHeaders, errorExample, headers, referralErrorExample, responsesOf } from './openapi/responses.ts'
import { openBook, requiredKeys, type JsonObject, type Book } from './openapi/schemas.ts'
import { instance, introduction, oauth, resources, version, type Resource } from './openapi/texts.ts'

export type OpenApiDocument = JsonObject

export interface Described {
  readonly operations: Readonly<Record<string, Operation>>
  readonly oauthOperations: Readonly<Record<string, OAuthOperation>>
}

/** `publicUrl` is where callers reach the service, without a slash at its end. */
export function describe({ operations, oauthOperations }: Described, publicUrl: string): OpenApiDocument {
  const book = openBook()
  book.write(ErrorBody)
  book.write(ReferralErrorBody)
  book.responses['Unexpected'] = unexpected('Error', errorExample('internal_error'))
  book.responses['UnexpectedReferral'] = unexpected('ReferralError', referralErrorExample('internal_error'))
  const paths: Record<string, JsonObject> = {}
  for (const operation of Object.values(operations)) {
    const path = (paths[basePaths[operation.surface] + operation.path] ??= {})
    path[operation.method.toLowerCase()] = describeOperation(operation, book)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Narthex API',
      version,
      summary: 'Admission and runtime identity for external users',
      description: introduction,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl, description: 'This instance' }],
    security: [{ apiKey: [] }, { bearer: [] }, { memberToken: [] }],
    tags: [...Object.values(resources), oauth, instance].map(({ tag, description }) => ({ name: tag, description })),
    paths: {
      ...paths,
      ...oauthPaths(Object.values(oauthOperations), oauth.tag, book),
      ...otherPaths(instance.tag, book),
    },
    components: {
      schemas: book.schemas,
      parameters: headerParameters,
      headers: answerHeaders,
      responses: book.responses,
      securitySchemes,
    },
  }
}

const securitySchemes: JsonObject = {
  apiKey: { type: 'apiKey', in: 'header', name: 'authorization', description: 'The bare API key.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'The same API key as a bearer token.' },
  memberToken: { type: 'http', scheme: 'bearer', description: "A member's personal access token." },
  accessToken: { type: 'http', scheme: 'bearer', description: "An external user's own access token." },
  client: clientScheme,
}

function unexpected(schema: string, example: JsonObject): JsonObject {
  return {
    description: 'Any other refusal or fault: too large header fields (431), an internal error (500).',
    headers: headers({ 'x-request-id': 'RequestId' }),
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example } },
  }
}

function describeOperation(operation: Operation, book: Book): JsonObject {
  const { id, summary, description, scope, credential, roles, body } = operation
  const { tag, noun } = resourceOf(id)
  const parameters = parametersOf(operation, noun, book)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [
      description,
      ...(scope ? [`Scope: \`${scope}\`.`] : []),
      ...(roles ? [`For: ${roles.join(', ')}.`] : []),
    ]
      .filter(Boolean)
      .join('\n\n'),
    ...(scope && { 'x-scope': scope }),
    ...(credential === 'access-token' && { security: [{ accessToken: [] }] }),
    ...(credential === 'member' && { security: [{ memberToken: [] }] }),
    ...(roles && { 'x-roles': [...roles] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: requiredKeys(body).length > 0,
        content: Object.fromEntries(bodyTypesOf(operation).map((type) => [type, { schema: book.write(body) }])),
      },
    }),
    responses: responsesOf(operation, book),
  }
}

function resourceOf(id: string): Resource {
  const resource = (resources as Record<string, Resource>)[id.split('.', 1)[0] as string]
  if (!resource) throw new Error(`The operation ${id} belongs to no resource that the reference describes`)
  return resource
}

// API keys on the wire. A secret is answered once, by create and rotate, and never again.
import Type, { type Static } from 'typebox'
import { Exactly, Id, Ids, Name, Nullable, Timestamp, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'
import { scopes } from '../scopes.ts'

const fields = {
  ...resourceFields,
  name: Name,
  prefix: Type.String({ description: 'The first characters of the current secret, to recognise it by.' }),
  scopes: Type.Array(Type.Enum(scopes)),
  lastUsedAt: Nullable(Timestamp),
  expiresAt: Nullable(Timestamp),
  revokedAt: Nullable(Timestamp),
  workspaceId: Id,
}

export const ApiKey = Exactly(fields, 'ApiKey')
export type ApiKey = Static<typeof ApiKey>

const ApiKeyWithSecret = Exactly(
  { ...fields, apiKey: Type.String({ description: 'The secret. It is shown this once.' }) },
  'ApiKeyWithSecret',
)

export const create = operation({
  id: 'apiKeys.create',
  surface: 'workspace',
  method: 'POST',
  path: '/api-keys',
  scope: 'api-keys:write',
  summary: 'Create an API key',
  body: Exactly(
    {
      name: Name,
      scopes: Type.Array(Type.Enum(scopes), { minItems: 1, maxItems: 100, uniqueItems: true }),
      expiresAt: Type.Optional(Nullable(Timestamp)),
    },
    'CreateApiKey',
  ),
  output: ApiKeyWithSecret,
  errors: ['scope_exceeded'],
  events: ['api_key.created'],
  creates: true,
  versioned: true,
  secret: true,
})

export const list = operation({
  id: 'apiKeys.list',
  surface: 'workspace',
  method: 'GET',
  path: '/api-keys',
  scope: 'api-keys:read',
  summary: 'List API keys',
  query: Exactly({ ids: Ids, ...pageQuery }),
  output: Type.Array(ApiKey),
  errors: [],
  list: true,
})

export const get = operation({
  id: 'apiKeys.get',
  surface: 'workspace',
  method: 'GET',
  path: '/api-keys/{id}',
  scope: 'api-keys:read',
  summary: 'Get an API key',
  output: ApiKey,
  errors: ['api_key_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'apiKeys.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/api-keys/{id}',
  scope: 'api-keys:write',
  summary: 'Rename an API key or change its end',
  body: Exactly({ name: Type.Optional(Name), expiresAt: Type.Optional(Nullable(Timestamp)) }, 'UpdateApiKey'),
  output: ApiKey,
  errors: ['api_key_not_found', 'scope_exceeded', 'api_key_revoked'],
  events: ['api_key.updated'],
  versioned: true,
})

export const rotate = operation({
  id: 'apiKeys.rotate',
  surface: 'workspace',
  method: 'POST',
  path: '/api-keys/{id}/rotate',
  scope: 'api-keys:write',
  summary: 'Give an API key a new secret',
  description: 'The current secret goes on working for `overlapSeconds` (default one hour); one rotated before ends at once.',
  body: Exactly(
    // A week bounds how long a secret that was meant to go stays good.
    { overlapSeconds: Type.Integer({ minimum: 0, maximum: 604_800, default: 3600 }) },
    'RotateApiKey',
  ),
  output: ApiKeyWithSecret,
  errors: ['api_key_not_found', 'scope_exceeded', 'api_key_revoked'],
  events: ['api_key.rotated'],
  creates: true,
  versioned: true,
  secret: true,
})

export const revoke = operation({
  id: 'apiKeys.revoke',
  surface: 'workspace',
  method: 'POST',
  path: '/api-keys/{id}/revoke',
  scope: 'api-keys:write',
  summary: 'Revoke an API key',
  body: Exactly(
    { tokens: Type.Boolean({ default: false, description: 'true also ends the access tokens it issued.' }) },
    'RevokeApiKey',
  ),
  output: ApiKey,
  errors: ['api_key_not_found', 'scope_exceeded'],
  events: ['api_key.revoked'],
  versioned: true,
})

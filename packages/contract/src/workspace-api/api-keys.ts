// API keys on the wire. A secret is answered once, by create and rotate, and never again.
import Type, { type Static } from 'typebox'
import {
  Described,
  Exactly,
  Ids,
  Name,
  Nullable,
  Timestamp,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'
import { scopes } from '../scopes.ts'

const KeyName = Described(Name, 'What the key is for, so that people know it from others.')
const Scope = Type.Enum(scopes, {
  title: 'Scope',
  description: 'What an API key may do: `resource:read` or `resource:write`, or one act.',
})
const expiresAt = 'From when on the key is refused; null for never.'

const fields = {
  ...resourceFields,
  name: KeyName,
  prefix: Type.String({ description: 'The first characters of the current secret, to recognise it by.' }),
  scopes: Type.Array(Scope, { description: 'What the key may do.' }),
  lastUsedAt: Nullable(Described(Timestamp, 'When it was last used, to the minute; null when it never was.')),
  expiresAt: Nullable(Described(Timestamp, expiresAt)),
  revokedAt: Nullable(Described(Timestamp, 'Since when the key is revoked; null while it is not.')),
  workspaceId: WorkspaceId,
}

export const ApiKey = Exactly(fields, 'ApiKey', 'The record of an API key, without its secret.')
export type ApiKey = Static<typeof ApiKey>

const ApiKeyWithSecret = Exactly(
  { ...fields, apiKey: Type.String({ description: 'The secret. It is shown this once.' }) },
  'ApiKeyWithSecret',
  'The record of an API key, with the secret that is shown this once.',
)

export const create = operation({
  id: 'apiKeys.create',
  surface: 'workspace',
  method: 'POST',
  path: '/api-keys',
  scope: 'api-keys:write',
  summary: 'Create an API key',
  description: 'The answer carries the secret, `apiKey`. It is shown this once and stored as a hash only.',
  body: Exactly(
    {
      name: KeyName,
      scopes: Type.Array(Scope, {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'What the key may do; only scopes that the calling key holds itself.',
      }),
      expiresAt: Type.Optional(Nullable(Described(Timestamp, `${expiresAt} In the future.`))),
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
  description: 'Retrieves the API keys of the workspace, newest first, revoked ones included; never their secrets.',
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
  description: 'Answers the record of one API key; never its secret.',
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
  description:
    'An absent key leaves a field as it is; `expiresAt: null` lets the API key live on. Scopes are fixed at creation.',
  body: Exactly(
    {
      name: Type.Optional(KeyName),
      expiresAt: Type.Optional(Nullable(Described(Timestamp, `${expiresAt} In the future.`))),
    },
    'UpdateApiKey',
  ),
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
  description:
    'The current secret goes on working for `overlapSeconds` (default one hour); one rotated before ends at once.',
  body: Exactly(
    // A week bounds how long a secret that was meant to go stays good.
    {
      overlapSeconds: Type.Integer({
        minimum: 0,
        maximum: 604_800,
        default: 3600,
        description: 'How long the current secret goes on working, in seconds; at most a week.',
      }),
    },
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
  description:
    'The key is refused from now on, for good. Revoking again changes nothing, except that `tokens` may follow later.',
  body: Exactly(
    { tokens: Type.Boolean({ default: false, description: 'true also ends the access tokens it issued.' }) },
    'RevokeApiKey',
  ),
  output: ApiKey,
  errors: ['api_key_not_found', 'scope_exceeded'],
  events: ['api_key.revoked'],
  versioned: true,
})

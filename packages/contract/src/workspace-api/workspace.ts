// The workspace that the credential belongs to, on the wire.
import Type, { type Static } from 'typebox'
import { Exactly, Id, Name, Nullable, TokenLifetimeSeconds, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

/** RFC 7519 StringOrURI: any text, but one with a colon must be a URI. 255 keeps tokens small. */
const TokenAudience = Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' })

export const Workspace = Exactly(
  {
    ...resourceFields,
    name: Name,
    parentId: Nullable(Id),
    tokenAudience: TokenAudience,
    tokenLifetimeSeconds: TokenLifetimeSeconds,
    defaultTierId: Nullable(Id),
  },
  'Workspace',
)
export type Workspace = Static<typeof Workspace>

export const get = operation({
  id: 'workspace.get',
  surface: 'workspace',
  method: 'GET',
  path: '/workspace',
  scope: 'workspace:read',
  summary: 'Get the workspace',
  output: Workspace,
  errors: [],
  versioned: true,
})

export const update = operation({
  id: 'workspace.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/workspace',
  scope: 'workspace:write',
  summary: 'Update the workspace',
  body: Exactly(
    {
      name: Type.Optional(Name),
      tokenAudience: Type.Optional(TokenAudience),
      tokenLifetimeSeconds: Type.Optional(TokenLifetimeSeconds),
      defaultTierId: Type.Optional(Nullable(Id)),
    },
    'UpdateWorkspace',
  ),
  output: Workspace,
  errors: ['tier_not_found', 'audience_taken'],
  events: ['workspace.updated'],
  versioned: true,
})

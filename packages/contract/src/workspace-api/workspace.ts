// The workspace that the credential belongs to, on the wire.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Name, Nullable, TokenLifetimeSeconds, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

/** RFC 7519 StringOrURI: any text, but one with a colon must be a URI. 255 keeps tokens small. */
const TokenAudience = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^([!-9;-~]+|[A-Za-z][A-Za-z0-9+.-]*:[!-~]*)$',
  description: 'The audience (`aud`) of its access tokens; unique on the instance.',
})

const WorkspaceName = Described(Name, 'What people call the workspace.')
const DefaultTierId = Described(Id, 'The tier of external users that get none from anywhere else; null for none.')
const Lifetime = Described(
  TokenLifetimeSeconds,
  'How long access tokens live where neither tier nor channel say, in seconds.',
)

export const Workspace = Exactly(
  {
    ...resourceFields,
    name: WorkspaceName,
    parentId: Nullable(Described(Id, 'The workspace that this one was made under; null for none.')),
    tokenAudience: TokenAudience,
    tokenLifetimeSeconds: Lifetime,
    defaultTierId: Nullable(DefaultTierId),
  },
  'Workspace',
  'The settings of a workspace.',
)
export type Workspace = Static<typeof Workspace>

export const get = operation({
  id: 'workspace.get',
  surface: 'workspace',
  method: 'GET',
  path: '/workspace',
  scope: 'workspace:read',
  summary: 'Get the workspace',
  description: 'Answers the settings of the workspace that the API key belongs to.',
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
  description:
    'An absent key leaves a field as it is, null clears it. A change reaches access tokens issued from then on.',
  body: Exactly(
    {
      name: Type.Optional(WorkspaceName),
      tokenAudience: Type.Optional(TokenAudience),
      tokenLifetimeSeconds: Type.Optional(Lifetime),
      defaultTierId: Type.Optional(Nullable(DefaultTierId)),
    },
    'UpdateWorkspace',
  ),
  output: Workspace,
  errors: ['tier_not_found', 'audience_taken'],
  events: ['workspace.updated'],
  versioned: true,
})

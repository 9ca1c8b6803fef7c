// Asking about an access token (RFC 7662) and ending one (RFC 7009).
import Type from 'typebox'
import { Exactly, Id, Nullable } from '../common.ts'
import { clientFields, oauthOperation } from './operation.ts'

const tokenForm = Exactly({
  token: Type.String({ minLength: 1, description: 'The access token.' }),
  token_type_hint: Type.Optional(Type.String({ description: 'Accepted and not needed: there is one type of token.' })),
  ...clientFields,
})

const LiveToken = Exactly(
  {
    active: Type.Literal(true),
    token_type: Type.Literal('Bearer'),
    iss: Type.String(),
    aud: Type.String(),
    sub: Id,
    client_id: Type.String(),
    iat: Type.Integer(),
    exp: Type.Integer(),
    jti: Id,
    workspace_id: Id,
    channel_id: Id,
    super_identity_id: Id,
    tier_id: Nullable(Id),
    external_user_group_id: Nullable(Id),
    admission_id: Nullable(Id),
    name: Nullable(Type.String()),
    cut_off: Type.Integer(),
  },
  'LiveToken',
)

const DeadToken = Exactly({ active: Type.Literal(false) }, 'DeadToken')

export const introspect = oauthOperation({
  id: 'oauth.introspect',
  method: 'POST',
  path: '/oauth2/introspect',
  scope: 'tokens:introspect',
  summary: 'Ask whether an access token is alive',
  description:
    'RFC 7662. Reads current state: signature, expiry, revocation, cut-offs, blocks, channel. A token that is not alive, or ' +
    'not of the workspace, is answered exactly `{"active":false}`.',
  form: tokenForm,
  output: Type.Union([LiveToken, DeadToken]),
  errors: [],
})

export const revoke = oauthOperation({
  id: 'oauth.revoke',
  method: 'POST',
  path: '/oauth2/revoke',
  scope: 'tokens:revoke',
  summary: 'End one access token',
  description:
    'RFC 7009. Answered 200 for tokens that are unknown, dead or of another workspace too; nothing changes then.',
  form: tokenForm,
  output: null,
  errors: [],
  events: ['access_token.revoked'],
})

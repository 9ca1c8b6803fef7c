// Asking about an access token (RFC 7662) and ending one (RFC 7009).
import Type from 'typebox'
import { Described, Exactly, Id, Nullable } from '../common.ts'
import { clientFields, oauthOperation } from './operation.ts'

const tokenForm = Exactly(
  {
    token: Type.String({ minLength: 1, description: 'The access token.' }),
    token_type_hint: Type.Optional(
      Type.String({ description: 'Accepted and not needed: there is one type of token.' }),
    ),
    ...clientFields,
  },
  'TokenForm',
)

const LiveToken = Exactly(
  {
    active: Type.Literal(true, { description: 'The token is alive.' }),
    token_type: Type.Literal('Bearer', { description: 'How the token is sent.' }),
    iss: Type.String({ description: 'The issuer: the public URL of the instance.' }),
    aud: Type.String({ description: "The audience of the workspace's tokens." }),
    sub: Described(Id, 'The external user.'),
    client_id: Type.String({ description: 'The API key that asked for the token.' }),
    iat: Type.Integer({ description: 'When it was issued, in seconds since 1970.' }),
    exp: Type.Integer({ description: 'When it expires, in seconds since 1970.' }),
    jti: Described(Id, 'The id of the token.'),
    workspace_id: Described(Id, 'The workspace.'),
    channel_id: Described(Id, 'The channel that the external user came in by.'),
    super_identity_id: Described(Id, 'The person behind the external user.'),
    tier_id: Nullable(Described(Id, 'The tier in force at issue; null for none.')),
    external_user_group_id: Nullable(Described(Id, 'The external user group at issue; null for none.')),
    admission_id: Nullable(
      Described(Id, 'The admission behind the token: a referral. null on open channels, and with provisional access.'),
    ),
    provisional: Type.Optional(
      Type.Literal(true, { description: 'The person was let in while its first referral waited for the decision.' }),
    ),
    name: Nullable(Type.String({ description: 'What people called the external user at issue.' })),
    cut_off: Type.Integer({ description: 'The highest cut-off that had reached the external user at issue.' }),
  },
  'LiveToken',
  'A token that is alive, with its claims.',
)

const DeadToken = Exactly(
  { active: Type.Literal(false, { description: 'The token is not alive, or not of the workspace.' }) },
  'DeadToken',
  'A token that is not alive, and nothing more.',
)

export const introspect = oauthOperation({
  id: 'oauth.introspect',
  method: 'POST',
  path: '/oauth2/introspect',
  scope: 'tokens:introspect',
  summary: 'Ask whether an access token is alive',
  description:
    'RFC 7662. Reads current state: signature, expiry, revocation, cut-offs, blocks, channel, admission. A token that is ' +
    'not alive, or not of the workspace, is answered exactly `{"active":false}`.',
  form: tokenForm,
  output: Type.Union([LiveToken, DeadToken], {
    title: 'TokenState',
    description: 'Whether a token is alive; its claims when it is.',
  }),
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

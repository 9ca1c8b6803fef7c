// Token exchange (RFC 8693): a trusted issuer's token becomes an access token.
import Type from 'typebox'
import { Exactly } from '../common.ts'
import { clientFields, oauthOperation } from './operation.ts'

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'

const tokenTypes = {
  access_token: 'urn:ietf:params:oauth:token-type:access_token',
  id_token: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const

const Targets = Type.Optional(
  Type.Array(Type.String(), { description: "The audience of the workspace's tokens; nothing else can be asked for." }),
)

export const token = oauthOperation({
  id: 'oauth.token',
  method: 'POST',
  path: '/oauth2/token',
  scope: 'external-users:authenticate',
  summary: "Exchange a trusted issuer's token for an access token",
  description:
    'RFC 8693. The subject token is verified with the keys of the trusted issuer it names; its mapped claims select the ' +
    "external user on that issuer's channel, and from there on it is authenticating: an unknown one is created where the " +
    'channel provisions automatically, a blocked one is refused. The access token never outlives the subject token.',
  form: Exactly(
    {
      grant_type: Type.Literal(tokenExchangeGrant, { description: 'Token exchange; there is no other grant.' }),
      subject_token: Type.String({ minLength: 1, description: "The trusted issuer's token." }),
      subject_token_type: Type.Enum([tokenTypes.id_token, tokenTypes.access_token, tokenTypes.jwt], {
        description: 'What the subject token is.',
      }),
      requested_token_type: Type.Optional(
        Type.Enum([tokenTypes.access_token, tokenTypes.jwt], {
          description: 'What is wanted: an access token, which is a JWT; either word will do.',
        }),
      ),
      audience: Targets,
      resource: Targets,
      scope: Type.Optional(Type.String({ description: 'Refused: access tokens carry no scope.' })),
      actor_token: Type.Optional(Type.String({ description: 'Refused: nobody acts for an external user.' })),
      actor_token_type: Type.Optional(Type.String({ description: 'Refused, as `actor_token` is.' })),
      ...clientFields,
    },
    'TokenExchangeForm',
  ),
  output: Exactly(
    {
      access_token: Type.String({ description: 'The access token. It is a secret.' }),
      issued_token_type: Type.Enum([tokenTypes.access_token, tokenTypes.jwt], {
        description: 'What was asked for; an access token by default.',
      }),
      token_type: Type.Literal('Bearer', { description: 'How the token is sent.' }),
      expires_in: Type.Integer({ minimum: 1, description: 'How long the token lives, in seconds.' }),
    },
    'ExchangedToken',
    "An access token for a trusted issuer's token (RFC 8693).",
  ),
  errors: ['invalid_grant', 'unsupported_grant_type', 'invalid_scope', 'invalid_target'],
  events: ['external_user.created'],
})

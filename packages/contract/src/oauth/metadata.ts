// Authorization server metadata (RFC 8414): what a stock client needs to find everything else.
import Type from 'typebox'
import { Exactly } from '../common.ts'
import { oauthOperation } from './operation.ts'

const address = (what: string) => Type.String({ description: `The address ${what}.` })
const texts = (what: string) => Type.Array(Type.String(), { description: what })
const methods = (where: string) => texts(`How a client says who it is ${where}, besides a Bearer token.`)

export const metadata = oauthOperation({
  id: 'oauth.metadata',
  method: 'GET',
  path: '/.well-known/oauth-authorization-server',
  scope: null,
  summary: 'Get the authorization server metadata',
  description: 'RFC 8414. Where the public URL has a path, also at this address followed by that path.',
  output: Exactly(
    {
      issuer: Type.String({ description: 'The public URL, as tokens name it in `iss`.' }),
      token_endpoint: address('where tokens are exchanged'),
      introspection_endpoint: address('to ask about a token'),
      revocation_endpoint: address('to end a token'),
      jwks_uri: address('of the public keys that verify tokens'),
      response_types_supported: texts('Empty: there is no authorization endpoint.'),
      grant_types_supported: texts('Token exchange only.'),
      token_endpoint_auth_methods_supported: methods('to exchange a token'),
      introspection_endpoint_auth_methods_supported: methods('to ask about a token'),
      revocation_endpoint_auth_methods_supported: methods('to end a token'),
      service_documentation: address('of the reference for people'),
    },
    'AuthorizationServerMetadata',
    'What a stock client needs to find everything else (RFC 8414).',
  ),
  errors: [],
})

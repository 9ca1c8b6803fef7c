// Authorization server metadata (RFC 8414): what a stock client needs to find everything else.
import Type from 'typebox'
import { Exactly } from '../common.ts'
import { oauthOperation } from './operation.ts'

const Texts = Type.Array(Type.String())

export const metadata = oauthOperation({
  id: 'oauth.metadata',
  method: 'GET',
  path: '/.well-known/oauth-authorization-server',
  scope: null,
  summary: 'Get the authorization server metadata',
  description: 'RFC 8414. Where the public URL has a path, also at this address followed by that path.',
  output: Exactly(
    {
      issuer: Type.String(),
      token_endpoint: Type.String(),
      introspection_endpoint: Type.String(),
      revocation_endpoint: Type.String(),
      jwks_uri: Type.String(),
      response_types_supported: Texts,
      grant_types_supported: Texts,
      token_endpoint_auth_methods_supported: Texts,
      introspection_endpoint_auth_methods_supported: Texts,
      revocation_endpoint_auth_methods_supported: Texts,
      service_documentation: Type.String(),
    },
    'AuthorizationServerMetadata',
  ),
  errors: [],
})

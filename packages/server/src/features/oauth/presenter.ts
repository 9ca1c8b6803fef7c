// What the service says of itself: authorization server metadata (RFC 8414 section 2).
import { oauthOperations, tokenExchangeGrant, type OAuthOutput, type OAuthOperations } from '@narthex/contract'

/** Bearer is another way than client authentication, so it has no name here. */
const clientMethods = ['client_secret_basic', 'client_secret_post']

export function presentMetadata(publicUrl: string): OAuthOutput<OAuthOperations['oauth.metadata']> {
  const at = (id: keyof OAuthOperations) => publicUrl + oauthOperations[id].path
  return {
    issuer: publicUrl,
    token_endpoint: at('oauth.token'),
    introspection_endpoint: at('oauth.introspect'),
    revocation_endpoint: at('oauth.revoke'),
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
    // There is no authorization endpoint; the member is required all the same.
    response_types_supported: [],
    grant_types_supported: [tokenExchangeGrant],
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint_auth_methods_supported: clientMethods,
    revocation_endpoint_auth_methods_supported: clientMethods,
    service_documentation: `${publicUrl}/docs`,
  }
}

// oidc-provider with its own memory adapter: client_credentials for a signed token or an opaque one, and introspection.
import { createServer } from 'node:http'
import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'
import { announce } from './serving.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const resources = { 'urn:bench:jwt': 'jwt', 'urn:bench:opaque': 'opaque' }

const provider = new Provider('http://127.0.0.1', {
  clients: [
    {
      client_id: 'bench',
      client_secret: 'a-secret-for-measuring-that-opens-nothing',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (/** @type {object} */ _context, /** @type {keyof resources} */ resource) => ({
        scope: 'read',
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: resources[resource],
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  ttl: { ClientCredentials: 3600 },
})

announce(createServer(provider.callback()))

import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { exchangeFields, trust } from '../../../test/exchange.ts'
import { startTestIssuer, type TestIssuer } from '../../../test/issuer.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const { grant_type: _, ...forms } = exchangeFields('')

describe.each(testDatabases)('clients off the shelf on $name', (kind) => {
  let server: TestServer
  let issuer: TestIssuer
  let clientId: string
  let secret: string

  beforeAll(async () => {
    // The issuer is the address itself, as for a first user.
    const environment = { NARTHEX_PUBLIC_URL: '', NARTHEX_OUTGOING_ALLOW: '127.0.0.1' }
    server = await startTestServer(kind, { environment })
    issuer = await startTestIssuer()
    await trust(server.client, issuer)
    secret = server.client.key
    clientId = (await server.client.get('/api-keys')).body[0].id
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const parameters = async (sub: string) => ({ ...forms, subject_token: await issuer.sign({ sub }) })

  describe('oauth4webapi', () => {
    const insecure = { [oauth.allowInsecureRequests]: true }
    const discovered = async () => {
      const url = new URL(server.address)
      const response = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure })
      return oauth.processDiscoveryResponse(url, response)
    }

    it.each([
      ['client_secret_basic', (key: string) => oauth.ClientSecretBasic(key)],
      ['client_secret_post', (key: string) => oauth.ClientSecretPost(key)],
    ])(
      'finds everything by the metadata, exchanges, introspects and revokes with %s',
      async (method, authentication) => {
        const as = await discovered()
        expect(as.token_endpoint_auth_methods_supported).toContain(method)
        const client = { client_id: clientId }
        const auth = authentication(secret)
        const response = await oauth.genericTokenEndpointRequest(
          as,
          client,
          auth,
          grantType,
          await parameters('ann-1'),
          insecure,
        )
        const tokens = await oauth.processGenericTokenEndpointResponse(as, client, response)
        expect(tokens).toMatchObject({
          token_type: 'bearer',
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        })
        const state = async () => {
          const answer = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure)
          return oauth.processIntrospectionResponse(as, client, answer)
        }
        expect(await state()).toMatchObject({ active: true, client_id: clientId, iss: server.address })
        await oauth.processRevocationResponse(
          await oauth.revocationRequest(as, client, auth, tokens.access_token, insecure),
        )
        expect(await state()).toEqual({ active: false })
      },
    )

    it('checks an access token as a resource server does (RFC 9068)', async () => {
      const as = await discovered()
      const client = { client_id: clientId }
      const response = await oauth.genericTokenEndpointRequest(
        as,
        client,
        oauth.ClientSecretBasic(secret),
        grantType,
        await parameters('ann-2'),
        insecure,
      )
      const { access_token } = await oauth.processGenericTokenEndpointResponse(as, client, response)
      const request = new Request('http://rs.example.com/', { headers: { authorization: `Bearer ${access_token}` } })
      const claims = await oauth.validateJwtAccessToken(as, request, server.address, insecure)
      expect(claims.client_id).toBe(clientId)
    })

    it('understands refusals: a wrong key, a bad subject token', async () => {
      const as = await discovered()
      const client = { client_id: clientId }
      const failing = async (auth: oauth.ClientAuth, fields: Record<string, string>) => {
        const response = await oauth.genericTokenEndpointRequest(as, client, auth, grantType, fields, insecure)
        return oauth.processGenericTokenEndpointResponse(as, client, response).catch((error: unknown) => error)
      }
      const wrong = await failing(oauth.ClientSecretBasic('wrong'), await parameters('ann-1'))
      expect(wrong).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
      expect((wrong as oauth.WWWAuthenticateChallengeError).cause[0]?.scheme).toBe('basic')
      const bad = await failing(oauth.ClientSecretPost(secret), { ...forms, subject_token: 'x' })
      expect(bad).toBeInstanceOf(oauth.ResponseBodyError)
      expect(bad).toMatchObject({ error: 'invalid_request', status: 400 })
    })
  })

  describe('openid-client', () => {
    it.each([
      ['client_secret_basic', (key: string) => openid.ClientSecretBasic(key)],
      ['client_secret_post', (key: string) => openid.ClientSecretPost(key)],
    ])(
      'finds everything by the metadata, exchanges, introspects and revokes with %s',
      async (_method, authentication) => {
        const config = await openid.discovery(new URL(server.address), clientId, secret, authentication(secret), {
          algorithm: 'oauth2',
          execute: [openid.allowInsecureRequests],
        })
        const tokens = await openid.genericGrantRequest(config, grantType, await parameters('bob-1'))
        expect(tokens.expires_in).toBeGreaterThan(200)
        expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
          active: true,
          token_type: 'Bearer',
        })
        await openid.tokenRevocation(config, tokens.access_token)
        expect(await openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false })
        await expect(
          openid.genericGrantRequest(config, grantType, { ...forms, subject_token: 'x' }),
        ).rejects.toMatchObject({
          error: 'invalid_request',
        })
      },
    )
  })

  describe('jose', () => {
    it('verifies an exchanged token with the keys that the metadata point to', async () => {
      const metadata = (await server.client.get('//.well-known/oauth-authorization-server')).body
      const { body } = await server.client.send('POST', '//oauth2/token', {
        raw: new URLSearchParams({ grant_type: grantType, ...(await parameters('cy-1')) }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      const { payload, protectedHeader } = await jwtVerify(
        body.access_token,
        createRemoteJWKSet(new URL(metadata.jwks_uri)),
        {
          issuer: metadata.issuer,
          audience: server.address,
          typ: 'at+jwt',
          algorithms: ['ES256'],
        },
      )
      expect(protectedHeader.kid).toBeTruthy()
      expect(payload['client_id']).toBe(clientId)
    })
  })
})

describe('the metadata of the authorization server', () => {
  const metadataOf = async (publicUrl: string, path: string) => {
    const [kind] = testDatabases
    const server = await startTestServer(kind as (typeof testDatabases)[number], {
      environment: { NARTHEX_PUBLIC_URL: publicUrl },
    })
    try {
      return await server.client.get(path)
    } finally {
      await server.close()
    }
  }
  const path = '//.well-known/oauth-authorization-server'

  it('names every endpoint below the public URL', async () => {
    const { status, body, headers } = await metadataOf('https://id.example.com/', path)
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json/)])
    const clientMethods = ['client_secret_basic', 'client_secret_post']
    expect(body).toEqual({
      issuer: 'https://id.example.com',
      token_endpoint: 'https://id.example.com/oauth2/token',
      introspection_endpoint: 'https://id.example.com/oauth2/introspect',
      revocation_endpoint: 'https://id.example.com/oauth2/revoke',
      jwks_uri: 'https://id.example.com/.well-known/jwks.json',
      response_types_supported: [],
      grant_types_supported: [grantType],
      token_endpoint_auth_methods_supported: clientMethods,
      introspection_endpoint_auth_methods_supported: clientMethods,
      revocation_endpoint_auth_methods_supported: clientMethods,
      service_documentation: 'https://id.example.com/docs',
    })
  })

  it.each([
    ['https://example.com/a/narthex', `${path}/a/narthex`, 200],
    ['https://example.com/a/narthex', path, 200],
    ['https://example.com/a/narthex', `${path}/a`, 404],
    ['https://example.com/a/narthex', `${path}/a/narthex/b`, 404],
    ['https://example.com', `${path}/a`, 404],
    ['https://example.com', `${path}/`, 200],
  ])('of %s is at %s: %i', async (publicUrl, at, status) => {
    const reply = await metadataOf(publicUrl, at)
    expect(reply.status).toBe(status)
    if (status === 200) expect(reply.body.issuer).toBe(publicUrl)
  })
})

import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { exchange, tokenType } from '../../../test/exchange.ts'
import { makeChannel } from '../../../test/factories.ts'
import { startOidcIssuer, type OidcIssuer } from '../../../test/oidc-issuer.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const ann = { sub: 'ann-at-the-provider', email: 'Ann@Example.com', email_verified: true }

async function trustIt(server: TestServer, provider: OidcIssuer, mapping: object) {
  const channel = await makeChannel(server.client, { kind: 'portal', identifierKind: 'email' })
  const { issuer, jwksUri, audience } = provider
  const { status, body } = await server.client.post('/trusted-issuers', {
    issuer,
    jwksUri,
    audience,
    channelId: channel.id,
    mapping,
  })
  return { status, id: body.id as string, channelId: channel.id }
}

describe.each(testDatabases)('tokens of a real OpenID provider on $name', (kind) => {
  let server: TestServer
  let provider: OidcIssuer

  beforeAll(async () => {
    provider = await startOidcIssuer()
    server = await startTestServer(kind, { environment: { NARTHEX_OUTGOING_ALLOW: '127.0.0.1' } })
  })
  afterAll(async () => {
    await server.close()
    await provider.close()
  })

  it('become access tokens: the ID token of somebody who signed in, by address and subject', async () => {
    const { id, channelId } = await trustIt(server, provider, { identifier: 'email', externalId: 'sub' })
    const idToken = await provider.idToken(ann)
    expect(decodeJwt(idToken)).toMatchObject({ iss: provider.issuer, aud: provider.audience, email: ann.email })
    const { status, body } = await exchange(server.client, idToken, { subject_token_type: tokenType('id_token') })
    expect(status).toBe(200)
    const { body: user } = await server.client.get('/me', { authorization: `Bearer ${body.access_token}` })
    expect(user).toMatchObject({ channelId, identifier: ann.email, externalId: ann.sub })
    expect(decodeJwt(body.access_token).exp).toBeLessThanOrEqual(decodeJwt(idToken).exp as number)

    const known = await server.client.post('/external-users/authenticate', { channelId, identifier: 'ann@example.COM' })
    expect(known.body.id).toBe(user.id)

    const unverified = { sub: 'bob-at-the-provider', email: 'bob@example.com', email_verified: false }
    const refused = await exchange(server.client, await provider.idToken(unverified), {
      subject_token_type: tokenType('id_token'),
    })
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant'])
    expect((await server.client.get('/external-users?identifier=bob@example.com')).body).toEqual([])
    await server.client.delete(`/trusted-issuers/${id}`)
  })

  it('become access tokens: a JWT access token, which is no ID token', async () => {
    const { id, channelId } = await trustIt(server, provider, { identifier: null, externalId: 'sub' })
    const accessToken = await provider.accessToken()
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    const { status, body } = await exchange(server.client, accessToken, {
      subject_token_type: tokenType('access_token'),
    })
    expect(status).toBe(200)
    const { body: user } = await server.client.get('/me', { authorization: `Bearer ${body.access_token}` })
    expect(user).toMatchObject({ channelId, externalId: provider.audience })
    const asIdToken = await exchange(server.client, accessToken, { subject_token_type: tokenType('id_token') })
    expect([asIdToken.status, asIdToken.body.error]).toEqual([400, 'invalid_request'])
    await server.client.delete(`/trusted-issuers/${id}`)
  })
})

describe('a provider in the private network', () => {
  it('is not asked for its keys unless the operator names it', async () => {
    const provider = await startOidcIssuer()
    const [kind] = testDatabases
    const server = await startTestServer(kind as (typeof testDatabases)[number])
    try {
      expect((await trustIt(server, provider, { identifier: null, externalId: 'sub' })).status).toBe(400)
      const inside = { ...provider, jwksUri: provider.jwksUri.replace('http:', 'https:') }
      expect((await trustIt(server, inside, { identifier: null, externalId: 'sub' })).status).toBe(200)
      const { status, body } = await exchange(server.client, await provider.accessToken())
      expect([status, body.error]).toEqual([503, 'temporarily_unavailable'])
      expect(body.error_description).not.toMatch(/public|127|ALLOW/)
    } finally {
      await server.close()
      await provider.close()
    }
  })
})

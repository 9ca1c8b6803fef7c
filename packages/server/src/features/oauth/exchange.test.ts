import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { exchange, exchangeFields, tokenType, trust, trustNew } from '../../../test/exchange.ts'
import { makeTier } from '../../../test/factories.ts'
import { makeIssuerKey, startTestIssuer, type TestIssuer } from '../../../test/issuer.ts'
import { basic, postForm } from '../../../test/oauth.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('token exchange on $name', (kind) => {
  let server: TestServer
  let issuer: TestIssuer
  let channelId: string

  beforeAll(async () => {
    server = await startTestServer(kind, { environment: { NARTHEX_OUTGOING_ALLOW: '127.0.0.1' } })
    issuer = await startTestIssuer()
    channelId = (await trust(server.client, issuer)).channelId
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const introspect = (token: string) =>
    postForm(server.address, '/oauth2/introspect', { token }, { authorization: `Bearer ${server.client.key}` })
  const eventCount = async () => (await server.db.read.selectFrom('events').select('id').execute()).length

  it('turns a subject token into an access token of the mapped external user, with one event at first sight', async () => {
    const before = await eventCount()
    const first = await exchange(server.client, await issuer.sign({ sub: 'ann-1' }))
    expect(first.status).toBe(200)
    expect(first.body).toEqual({
      access_token: expect.any(String),
      issued_token_type: tokenType('access_token'),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
    })
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(await eventCount()).toBe(before + 1)
    const again = await exchange(server.client, await issuer.sign({ sub: 'ann-1' }))
    expect(await eventCount()).toBe(before + 1)
    const claims = decodeJwt(first.body.access_token)
    expect(decodeJwt(again.body.access_token).sub).toBe(claims.sub)
    expect(decodeProtectedHeader(first.body.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    const { body: user } = await server.client.get(`/external-users/${claims.sub}`)
    expect(user).toMatchObject({ externalId: 'ann-1', channelId, identifier: null })
    expect((await introspect(first.body.access_token)).body).toMatchObject({
      active: true,
      sub: user.id,
      channel_id: channelId,
    })
    const me = await server.client.get('/me', { authorization: `Bearer ${first.body.access_token}` })
    expect(me.body.id).toBe(user.id)
  })

  it('makes one external user of many first sights at once', async () => {
    const token = await issuer.sign({ sub: 'crowd-1' })
    const replies = await Promise.all(Array.from({ length: 20 }, () => exchange(server.client, token)))
    expect(new Set(replies.map(({ body }) => decodeJwt(body.access_token).sub)).size).toBe(1)
    expect((await server.client.get('/external-users?externalId=crowd-1')).body).toHaveLength(1)
  })

  it('takes the caller by Basic and in the form too', async () => {
    const [{ id }] = (await server.client.get('/api-keys')).body
    const fields = exchangeFields(await issuer.sign({ sub: 'ann-2' }))
    const byBasic = await postForm(server.address, '/oauth2/token', fields, basic(id, server.client.key))
    const byForm = await postForm(server.address, '/oauth2/token', {
      ...fields,
      client_id: id,
      client_secret: server.client.key,
    })
    expect([byBasic.status, byForm.status]).toEqual([200, 200])
    expect(decodeJwt(byForm.body.access_token)['client_id']).toBe(id)
  })

  it('never lets the access token outlive the subject token, nor its own lifetime', async () => {
    const now = Math.floor(Date.now() / 1000)
    for (const [life, most] of [
      [90, 90],
      [7_200, 3_600],
      [45.9, 45],
    ] as const) {
      const exp = now + life
      const { body } = await exchange(server.client, await issuer.sign({ sub: 'ann-3', exp }))
      expect(decodeJwt(body.access_token).exp).toBeLessThanOrEqual(Math.floor(exp))
      expect(body.expires_in).toBeLessThanOrEqual(most)
      expect(body.expires_in).toBeGreaterThan(most - 20)
    }
    const tier = await makeTier(server.client, { tokenLifetimeSeconds: 60 })
    const short = await trustNew(server.client, {}, { defaultTierId: tier.id })
    expect((await short.swap({ sub: 'ann' })).body.expires_in).toBe(60)
    await short.close()
  })

  it.each(['RS256', 'RS512', 'PS256', 'ES384', 'ES512', 'EdDSA'])('verifies %s', async (alg) => {
    const key = await makeIssuerKey(alg, alg)
    const own = await startTestIssuer()
    own.keys = [key.publicJwk]
    await trust(server.client, own)
    expect((await exchange(server.client, await own.sign({ sub: 'ann' }, { key }))).status).toBe(200)
    await own.close()
  })

  it('verifies with pasted keys without asking anybody', async () => {
    const own = await startTestIssuer()
    await trust(server.client, own, { jwksUri: null, jwks: { keys: own.keys } })
    expect((await exchange(server.client, await own.sign({ sub: 'ann' }))).status).toBe(200)
    expect(own.asked).toBe(0)
    await own.close()
  })

  it('refuses whom authenticating refuses, in the same words', async () => {
    const { body: first } = await exchange(server.client, await issuer.sign({ sub: 'bob-blocked' }))
    await server.client.post('/blocks', { reach: 'external-user', externalUserId: decodeJwt(first.access_token).sub })
    const manual = await trustNew(server.client, {}, { provisioning: 'manual' })
    const guarded = await trustNew(server.client, {}, { admission: 'referral' })
    const closed = await trustNew(server.client, {})
    await server.client.post(`/channels/${closed.channel.id}/archive`)
    const refusals = [
      await exchange(server.client, await issuer.sign({ sub: 'bob-blocked' })),
      await manual.swap({ sub: 'stranger' }),
      await guarded.swap({ sub: 'stranger' }),
      await closed.swap({ sub: 'stranger' }),
    ]
    expect(refusals.map(({ status, body }) => [status, body])).toEqual([
      [400, { error: 'invalid_grant', error_description: 'The external user is blocked.' }],
      [400, { error: 'invalid_grant', error_description: 'External user not found.' }],
      [400, { error: 'invalid_grant', error_description: expect.stringContaining('admission') }],
      [400, { error: 'invalid_grant', error_description: 'Channel not found.' }],
    ])
    await Promise.all([manual, guarded, closed].map(({ close }) => close()))
  })

  it('trusts an issuer in the workspace that registered it and in no other', async () => {
    const other = await server.otherWorkspace()
    const token = await issuer.sign({ sub: 'ann-1' })
    const foreign = await exchange(other.client, token)
    const unknown = await exchange(other.client, await issuer.sign({ sub: 'ann-1', iss: 'https://nobody.example.com' }))
    expect([foreign.status, foreign.body.error]).toEqual([400, 'invalid_request'])
    expect(foreign.body).toEqual(unknown.body)
    await trust(other.client, issuer)
    const own = await exchange(other.client, token)
    expect(decodeJwt(own.body.access_token)['workspace_id']).toBe(other.workspaceId)
    expect((await introspect(own.body.access_token)).body).toEqual({ active: false })
  })

  it('follows a change of the issuer at once: other audience, other keys, gone', async () => {
    const { own, id, swap, close } = await trustNew(server.client, {})
    const claims = { sub: 'ann' }
    expect((await swap(claims)).status).toBe(200)
    await server.client.patch(`/trusted-issuers/${id}`, { audience: 'another-app' })
    expect((await swap(claims)).body.error_description).toContain('aud')
    expect((await swap({ ...claims, aud: ['x', 'another-app'] })).status).toBe(200)
    const key = await makeIssuerKey('pasted')
    await server.client.patch(`/trusted-issuers/${id}`, {
      audience: 'our-app',
      jwksUri: null,
      jwks: { keys: [key.publicJwk] },
    })
    expect((await swap(claims)).status).toBe(400)
    expect((await exchange(server.client, await own.sign(claims, { key }))).status).toBe(200)
    await server.client.delete(`/trusted-issuers/${id}`)
    expect((await exchange(server.client, await own.sign(claims, { key }))).body.error).toBe('invalid_request')
    await close()
  })

  it('answers only for the audience of the workspace', async () => {
    const { tokenAudience } = (await server.client.get('/workspace')).body
    const token = await issuer.sign({ sub: 'ann-1' })
    const ask = (targets: [string, string][]) =>
      postForm(server.address, '/oauth2/token', [...Object.entries(exchangeFields(token)), ...targets], {
        authorization: `Bearer ${server.client.key}`,
      })
    const good = [
      [],
      [['audience', tokenAudience]],
      [
        ['resource', tokenAudience],
        ['audience', tokenAudience],
      ],
      [['audience', '']],
    ]
    for (const targets of good) expect((await ask(targets as [string, string][])).status).toBe(200)
    const bad = [
      [['audience', 'https://other.example.com']],
      [
        ['audience', tokenAudience],
        ['audience', 'x'],
      ],
      [['resource', 'x']],
    ]
    for (const targets of bad) {
      const { status, body } = await ask(targets as [string, string][])
      expect([status, body.error]).toEqual([400, 'invalid_target'])
    }
  })

  it('refuses what it does not do in the words of the RFC', async () => {
    const token = await issuer.sign({ sub: 'ann-1' })
    const cases: [object, string][] = [
      [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
      [{ grant_type: '' }, 'invalid_request'],
      [{ subject_token: '' }, 'invalid_request'],
      [{ subject_token_type: '' }, 'invalid_request'],
      [{ subject_token_type: tokenType('saml2') }, 'invalid_request'],
      [{ subject_token_type: tokenType('refresh_token') }, 'invalid_request'],
      [{ requested_token_type: tokenType('refresh_token') }, 'invalid_request'],
      [{ actor_token: token, actor_token_type: tokenType('jwt') }, 'invalid_request'],
      [{ actor_token_type: tokenType('jwt') }, 'invalid_request'],
      [{ scope: 'openid' }, 'invalid_scope'],
    ]
    for (const [more, error] of cases) {
      const { status, body } = await exchange(server.client, token, more)
      expect([status, body.error, more]).toEqual([400, error, more])
    }
    const unknownGrant = await postForm(
      server.address,
      '/oauth2/token',
      { grant_type: 'password' },
      { authorization: server.client.key },
    )
    expect(unknownGrant.body.error).toBe('unsupported_grant_type')
    const { body } = await exchange(server.client, token, { requested_token_type: tokenType('jwt') })
    expect(body.issued_token_type).toBe(tokenType('jwt'))
  })

  it('takes a token for what it is: ID token, access token or JWT, and no token for another purpose', async () => {
    const swap = async (typ: string | undefined, type: string) => {
      const token = await issuer.sign({ sub: 'ann-1' }, { header: typ === undefined ? {} : { typ } })
      return (await exchange(server.client, token, { subject_token_type: tokenType(type) })).status
    }
    const types = ['id_token', 'access_token', 'jwt']
    for (const typ of [undefined, 'JWT', 'jwt']) {
      expect(await Promise.all(types.map((type) => swap(typ, type)))).toEqual([200, 200, 200])
    }
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT']) {
      expect(await Promise.all(types.map((type) => swap(typ, type)))).toEqual([400, 200, 200])
    }
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'revocations+jwt', '']) {
      expect(await Promise.all(types.map((type) => swap(typ, type)))).toEqual([400, 400, 400])
    }
  })

  it('says 503 and when to come back while the keys cannot be had, and nothing about why', async () => {
    const { own, swap, close } = await trustNew(server.client, {})
    const inside = await trustNew(server.client, { jwksUri: 'https://10.0.0.7/jwks' })
    own.answer = (_request, response) => void response.writeHead(302, { location: own.jwksUri }).end()
    const [failed, refused] = [await swap({ sub: 'ann' }), await inside.swap({ sub: 'ann' })]
    expect([failed.status, failed.body.error]).toEqual([503, 'temporarily_unavailable'])
    expect(Number(failed.headers.get('retry-after'))).toBeGreaterThan(0)
    expect([refused.status, refused.body]).toEqual([failed.status, failed.body])
    expect(own.asked).toBe(1)
    await Promise.all([close(), inside.close()])
  })
})

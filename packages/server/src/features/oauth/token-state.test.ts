import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postForm } from '../../../test/oauth.ts'
import { makeChannel } from '../../../test/factories.ts'
import { testDatabases } from '../../../test/databases.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const publicUrl = 'https://id.example.com'

describe.each(testDatabases)('introspection and revocation on $name', (kind) => {
  let server: TestServer
  let channelId: string

  beforeAll(async () => {
    server = await startTestServer(kind)
    channelId = (await makeChannel(server.client)).id
  })
  afterAll(() => server.close())

  async function newToken(): Promise<{ id: string; accessToken: string }> {
    const externalId = `crm-${Math.random()}`
    return (await server.client.post('/external-users/authenticate', { channelId, externalId })).body
  }
  const bearer = () => ({ authorization: `Bearer ${server.client.key}` })
  const introspect = (token: string, headers: Record<string, string> = bearer()) =>
    postForm(server.address, '/oauth2/introspect', { token }, headers)
  const revoke = (token: string) => postForm(server.address, '/oauth2/revoke', { token }, bearer())

  it('answers a live token with its claims, and is not to be kept', async () => {
    const user = await newToken()
    const { status, body, headers } = await introspect(user.accessToken)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    const claims = JSON.parse(Buffer.from(user.accessToken.split('.')[1] as string, 'base64url').toString())
    expect(body).toEqual({ active: true, token_type: 'Bearer', ...claims })
    expect(body).toMatchObject({ iss: publicUrl, aud: publicUrl, sub: user.id, channel_id: channelId })
  })

  it('takes a token type hint of any kind and needs none', async () => {
    const { accessToken } = await newToken()
    for (const token_type_hint of ['access_token', 'refresh_token', 'whatever', '']) {
      const fields = { token: accessToken, token_type_hint }
      expect((await postForm(server.address, '/oauth2/introspect', fields, bearer())).body.active).toBe(true)
    }
  })

  it("answers another workspace's token exactly like none", async () => {
    const { accessToken } = await newToken()
    const other = await server.otherWorkspace()
    const headers = { authorization: `Bearer ${other.client.key}` }
    const { status, body } = await introspect(accessToken, headers)
    expect([status, body]).toEqual([200, { active: false }])
    expect((await introspect('nonsense', headers)).body).toEqual(body)
  })

  it('ends one token and no other; ending it again, or one that is none, is fine', async () => {
    const one = await newToken()
    const externalId = (await server.client.get(`/external-users/${one.id}`)).body.externalId
    const two = (await server.client.post('/external-users/authenticate', { channelId, externalId })).body
    for (const token of [one.accessToken, one.accessToken, 'nonsense', 'a.b.c', `${one.accessToken}=`]) {
      const { status, body, headers } = await revoke(token)
      expect([status, body, headers.get('content-length')]).toEqual([200, '', '0'])
    }
    expect((await introspect(one.accessToken)).body).toEqual({ active: false })
    expect((await introspect(two.accessToken)).body.active).toBe(true)
    const events = await server.db.read
      .selectFrom('events')
      .select('type')
      .where('type', '=', 'access_token.revoked')
      .execute()
    expect(events).toHaveLength(1)
  })

  it("does not end another workspace's token", async () => {
    const { accessToken } = await newToken()
    const other = await server.otherWorkspace()
    const headers = { authorization: `Bearer ${other.client.key}` }
    expect((await postForm(server.address, '/oauth2/revoke', { token: accessToken }, headers)).status).toBe(200)
    expect((await introspect(accessToken)).body.active).toBe(true)
  })

  it.each([
    ['a block', (id: string) => server.client.post('/blocks', { reach: 'external-user', externalUserId: id })],
    ['a cut-off', (id: string) => server.client.post(`/external-users/${id}/revoke-tokens`)],
    ['erasure', (id: string) => server.client.post(`/external-users/${id}/erase`)],
  ])('knows a token dead right after %s', async (_what, end) => {
    const user = await newToken()
    expect((await end(user.id)).status).toBe(200)
    expect((await introspect(user.accessToken)).body).toEqual({ active: false })
  })
})

import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { testDatabases, type TestDatabaseKind } from '../../server/test/databases.ts'
import { startTestIssuer } from '../../server/test/issuer.ts'
import { startTestServer, type TestServer } from '../../server/test/test-server.ts'
import { createClient, readMe, type Client, type LiveToken, type TokenState } from './index.ts'

describe('the SDK on who gets in, against a real service', () => {
  let server: TestServer
  let narthex: Client
  let channelId: string

  beforeAll(async () => {
    // The test issuer is on this machine, which outgoing requests avoid unless they are told otherwise.
    const environment = { NARTHEX_OUTGOING_ALLOW: '127.0.0.1/32' }
    server = await startTestServer(testDatabases[0] as TestDatabaseKind, { environment })
    narthex = createClient({ baseUrl: server.address, apiKey: server.client.key })
    channelId = (await narthex.channels.create({ name: 'Web chat', kind: 'web' })).data.id
  })
  afterAll(() => server.close())

  let made = 0
  const makeUser = async () => {
    const { data } = await narthex.externalUsers.create({ channelId, identifier: `person-${(made += 1)}` })
    return { ...data, accessToken: data.accessToken as string }
  }
  const isAlive = async (token: string) => (await narthex.tokens.introspect(token)).data.active

  it('places, finds and lifts a block, and explains it meanwhile', async () => {
    const user = await makeUser()
    const placed = await narthex.blocks.create({ reach: 'external-user', externalUserId: user.id, reason: 'Spam' })
    expect(placed.data).toMatchObject({ externalUserId: user.id, reason: 'Spam', liftedAt: null, liftedBy: null })
    const { data: access } = await narthex.externalUsers.access(user.id)
    expect(access).toMatchObject({ allowed: false, reasons: [{ code: 'external_user_blocked' }] })
    expect(access.blocks.map(({ id }) => id)).toEqual([placed.data.id])
    expect(await isAlive(user.accessToken)).toBe(false)

    const { data: lifted } = await narthex.blocks.lift(placed.data.id, { reason: 'A mistake' })
    expect(lifted.liftedAt).not.toBeNull()
    expect(lifted.liftedBy?.kind).toBe(lifted.actor.kind)
    expect(await narthex.blocks.get(placed.data.id)).toMatchObject({ data: lifted, notModified: false })
    expect((await narthex.externalUsers.access(user.id)).data.allowed).toBe(true)
    expect((await narthex.blocks.list({ externalUserId: user.id, live: true })).data).toEqual([])
    const found = []
    for await (const block of narthex.blocks.listAll({ externalUserId: user.id })) found.push(block)
    expect(found).toEqual([lifted])
    const { data: past } = await narthex.externalUsers.access(user.id, { at: lifted.createdAt })
    expect(past).toMatchObject({ at: lifted.createdAt, allowed: false, cutOff: null })
    await expect(narthex.blocks.get(user.id)).rejects.toMatchObject({ code: 'block_not_found', status: 404 })
  })

  it('tells whether a token is alive, and ends one, all of an account, or all of a person', async () => {
    const user = await makeUser()
    const { data: state } = await narthex.tokens.introspect(user.accessToken)
    expect(state).toMatchObject({ active: true, sub: user.id, channel_id: channelId, token_type: 'Bearer' })
    if (state.active) expectTypeOf(state).toEqualTypeOf<LiveToken>()
    const again = async () => (await narthex.externalUsers.authenticate({ channelId, id: user.id })).data.accessToken

    const second = await again()
    const ended = await narthex.tokens.revoke(user.accessToken)
    expect([ended.data, ended.requestId === '']).toEqual([null, false])
    expect((await narthex.tokens.introspect(user.accessToken)).data).toEqual({ active: false } satisfies TokenState)
    expect(await isAlive(second)).toBe(true)
    expect((await narthex.tokens.revoke('no token')).data).toBeNull()

    await narthex.externalUsers.revokeTokens(user.id)
    expect(await isAlive(second)).toBe(false)
    const third = await again()
    expect(await isAlive(third)).toBe(true)
    await narthex.superIdentities.revokeTokens(user.superIdentityId)
    expect([await isAlive(third), await isAlive(await again())]).toEqual([false, true])
  })

  it('says in the words of the RFCs why an OAuth endpoint refused', async () => {
    const wrong = createClient({ baseUrl: server.address, apiKey: 'nxk_unknown' })
    await expect(wrong.tokens.introspect('a-token')).rejects.toMatchObject({ code: 'invalid_client', status: 401 })
    const { key } = await server.clientWith(['tiers:read'])
    const reader = createClient({ baseUrl: server.address, apiKey: key })
    const refused = reader.tokens.revoke('a-token')
    await expect(refused).rejects.toMatchObject({ code: 'insufficient_scope', status: 403, issues: [] })
    await expect(refused).rejects.toMatchObject({ requestId: expect.stringMatching(/./), message: /tokens:revoke/ })
  })

  it("trusts an issuer, and turns its person's token into an access token", async () => {
    const issuer = await startTestIssuer()
    const { data: trusted } = await narthex.trustedIssuers.create({
      issuer: issuer.issuer,
      jwksUri: issuer.jwksUri,
      audience: issuer.audience,
      channelId,
      mapping: { identifier: null, externalId: 'sub' },
    })
    const subject_token = await issuer.sign({ sub: 'crm-7' })
    const { data: exchanged } = await narthex.tokens.exchange({ subject_token })
    expect(exchanged).toMatchObject({ token_type: 'Bearer' })
    expect(exchanged.expires_in).toBeGreaterThan(0)
    const { data: me } = await readMe({ baseUrl: server.address, accessToken: exchanged.access_token })
    expect(me.externalId).toBe('crm-7')
    const elsewhere = narthex.tokens.exchange({ subject_token, audience: ['https://other.example.com'] })
    await expect(elsewhere).rejects.toMatchObject({ code: 'invalid_target', status: 400 })

    const { data: pasted } = await narthex.trustedIssuers.update(trusted.id, {
      jwksUri: null,
      jwks: { keys: [{ ...issuer.key.publicJwk }] },
    })
    expect([pasted.jwksUri, pasted.jwks?.keys.length]).toEqual([null, 1])
    expect((await narthex.trustedIssuers.get(trusted.id)).data).toEqual(pasted)
    expect((await narthex.trustedIssuers.list()).data).toEqual([pasted])
    expect((await narthex.trustedIssuers.delete(trusted.id)).data.message).not.toBe('')
    for await (const left of narthex.trustedIssuers.listAll()) expect.fail(`Still trusted: ${left.issuer}`)
    const refused = narthex.tokens.exchange({ subject_token })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request', status: 400 })
    await issuer.close()
  })

  it('reads the external user with nothing but its own token, and shows that token nowhere', async () => {
    const { data: tier } = await narthex.tiers.create({
      name: 'Standard',
      limits: [{ metric: 'messages', max: 10, windowSeconds: 60 }],
    })
    const user = await makeUser()
    await narthex.externalUsers.update(user.id, { tierId: tier.id })
    const { accessToken } = user
    const { data: me, requestId } = await readMe({ baseUrl: server.address, accessToken })
    expect(me).toMatchObject({ id: user.id, identifier: user.identifier, tier: 'Standard', limits: tier.limits })
    expect(requestId).not.toBe('')

    await narthex.tokens.revoke(accessToken)
    const dead = await readMe({ baseUrl: server.address, accessToken }).catch((error: unknown) => error)
    expect(dead).toMatchObject({ code: 'unauthorized', status: 401 })
    const echo: typeof fetch = async () => new Response(`{"code":"x","message":"${accessToken}"}`, { status: 400 })
    const echoed = await readMe({ baseUrl: server.address, accessToken, fetch: echo }).catch((error: unknown) => error)
    expect(String(echoed)).not.toContain(accessToken)
    const unusable = readMe({ baseUrl: server.address, accessToken: `${accessToken}\n` })
    await expect(unusable).rejects.toThrow(new TypeError('accessToken must be 1 to 8192 visible ASCII characters'))
  })

  it('hands over the signed revocation statement, and says when there is no newer one', async () => {
    const user = await makeUser()
    await narthex.externalUsers.revokeTokens(user.id)
    const whole = await narthex.revocations.get()
    const payload = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString())
    expectTypeOf(whole.data).toEqualTypeOf<string>()
    expect(payload(whole.data).cutOffs).toContainEqual({ sub: user.id, before: expect.any(Number) })
    const same = await narthex.revocations.get({}, { ifNoneMatch: whole.etag })
    expect(same).toMatchObject({ notModified: true, data: null, etag: whole.etag })
    const { cursor } = payload(whole.data)
    const news = await narthex.revocations.get({ since: cursor })
    expect(payload(news.data)).toMatchObject({ since: cursor, cursor, cutOffs: [], tokens: [] })
  })

  it('rotates the signing key once, until the new key signs', async () => {
    const { data: key } = await narthex.signingKeys.rotate()
    expect(Date.parse(key.signsFrom)).toBeGreaterThan(Date.now() + 500_000)
    await expect(narthex.signingKeys.rotate()).rejects.toMatchObject({ code: 'rotation_in_progress', status: 409 })
  })
})

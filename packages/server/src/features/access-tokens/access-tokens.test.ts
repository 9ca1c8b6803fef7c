import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const issuer = 'https://id.example.com'
const uuid4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

describe.each(testDatabases)('access tokens on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.parse('2026-03-03T09:00:00.900Z')

  /** As any offline verifier of the first workspace would. */
  async function verified(token: string, audience = issuer) {
    const keys = createRemoteJWKSet(new URL(`${server.address}/.well-known/jwks.json`))
    const rules = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], currentDate: new Date(now) }
    return (await jwtVerify(token, keys, rules)).payload
  }
  const tokenOf = async (by: Client, body: object): Promise<string> =>
    (await by.post('/external-users/authenticate', body)).body.accessToken

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  it('verify with a stock library against the published keys and carry every claim', async () => {
    const [tier, group] = [await makeTier(client), await makeGroup(client)]
    const fields = { externalId: 'crm-1', name: 'Änna', tierId: tier.id, externalUserGroupId: group.id }
    const user = await makeExternalUser(client, fields)
    const key = (await client.get('/api-keys')).body[0]
    const claims = {
      iss: issuer,
      aud: issuer,
      sub: user.id,
      client_id: key.id,
      iat: 1_772_528_400,
      exp: 1_772_532_000,
      jti: expect.stringMatching(uuid4),
      workspace_id: server.workspaceId,
      channel_id: user.channelId,
      super_identity_id: user.superIdentityId,
      tier_id: tier.id,
      external_user_group_id: group.id,
      admission_id: null,
      name: 'Änna',
      cut_off: 0,
    }
    const created = await verified(user.accessToken as string)
    expect(created).toEqual(claims)
    const token = await tokenOf(client, { channelId: user.channelId, id: user.id })
    const authenticated = await verified(token)
    expect(authenticated).toEqual(claims)
    expect(authenticated.jti).not.toBe(created.jti)
    const { kid, ...header } = decodeProtectedHeader(token)
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt' })
    const published = await client.get('//.well-known/jwks.json')
    expect(published.headers.get('cache-control')).toBe('public, max-age=300')
    expect(published.body.keys).toEqual([
      { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), kid, alg: 'ES256', use: 'sig' },
    ])
  })

  it("of another workspace are refused by the first one's verifiers", async () => {
    const other = await server.otherWorkspace()
    const { accessToken } = await makeExternalUser(other.client)
    const audience = `${issuer}/workspaces/${other.workspaceId}`
    expect(await verified(accessToken as string, audience)).toMatchObject({
      aud: audience,
      workspace_id: other.workspaceId,
    })
    await expect(verified(accessToken as string)).rejects.toMatchObject({ claim: 'aud', reason: 'check_failed' })
    await other.client.patch('/workspace', { tokenAudience: 'https://partner.example.com' })
    const named = await makeExternalUser(other.client)
    expect((await verified(named.accessToken as string, 'https://partner.example.com')).sub).toBe(named.id)
  })

  it('name the tier of the user, else of the group, else of the channel, else of the workspace, read at issue', async () => {
    const [own, ofGroup, ofChannel, ofWorkspace] = await Promise.all(
      ['Own', 'Group', 'Channel', 'Workspace'].map((name) => makeTier(client, { name: `${name} tier` })),
    )
    const group = await makeGroup(client, { tierId: ofGroup?.id })
    const channel = await makeChannel(client, { defaultTierId: ofChannel?.id })
    await client.patch('/workspace', { defaultTierId: ofWorkspace?.id })
    const user = await makeExternalUser(client, {
      channelId: channel.id,
      tierId: own?.id,
      externalUserGroupId: group.id,
    })
    const tierNow = async () =>
      (await verified(await tokenOf(client, { channelId: channel.id, id: user.id })))['tier_id']
    expect(await tierNow()).toBe(own?.id)
    await client.patch(`/external-users/${user.id}`, { tierId: null })
    expect(await tierNow()).toBe(ofGroup?.id)
    await client.patch(`/external-user-groups/${group.id}`, { tierId: null })
    expect(await tierNow()).toBe(ofChannel?.id)
    await client.patch(`/channels/${channel.id}`, { defaultTierId: null })
    expect(await tierNow()).toBe(ofWorkspace?.id)
    await client.patch('/workspace', { defaultTierId: null })
    expect(await tierNow()).toBeNull()
    // The effective tier is the token's: the account itself has none.
    expect((await client.get(`/external-users/${user.id}`)).body.tierId).toBeNull()
  })

  it('live as long as the tier says, else the channel, else the workspace', async () => {
    const tier = await makeTier(client, { tokenLifetimeSeconds: 60 })
    const channel = await makeChannel(client, { defaultTierId: tier.id, tokenLifetimeSeconds: 120 })
    const user = await makeExternalUser(client, { channelId: channel.id })
    const lifetime = async () => {
      const { iat, exp } = await verified(await tokenOf(client, { channelId: channel.id, id: user.id }))
      return (exp as number) - (iat as number)
    }
    expect(await lifetime()).toBe(60)
    await client.patch(`/tiers/${tier.id}`, { tokenLifetimeSeconds: null })
    expect(await lifetime()).toBe(120)
    await client.patch(`/channels/${channel.id}`, { tokenLifetimeSeconds: null })
    expect(await lifetime()).toBe(3600)
    await client.patch('/workspace', { tokenLifetimeSeconds: 86_400 })
    expect(await lifetime()).toBe(86_400)
  })

  it('end by the clock, and carry the cut-off that a block left behind', async () => {
    const tier = await makeTier(client, { tokenLifetimeSeconds: 60 })
    const user = await makeExternalUser(client, { tierId: tier.id })
    now += 61_000
    await expect(verified(user.accessToken as string)).rejects.toMatchObject({ claim: 'exp' })
    const selector = { channelId: user.channelId, id: user.id }
    const before = await verified(await tokenOf(client, selector))
    await client.patch(`/external-users/${user.id}`, { blocked: true })
    await client.patch(`/external-users/${user.id}`, { blocked: false })
    const after = await verified(await tokenOf(client, selector))
    expect(before['cut_off']).toBe(0)
    expect(after['cut_off']).toBeGreaterThan(0)
  })
})

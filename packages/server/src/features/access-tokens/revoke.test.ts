// Ending every token of an external user or a person, and what a token's holder may read.
import { randomUUID } from 'node:crypto'
import { operations, basePaths } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, tokenFor } from '../../../test/blocks.ts'
import { createClient } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const hour = 3_600_000

describe.each(testDatabases)('revoking access tokens on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
  })
  afterAll(() => server.close())

  const door = { identifierKind: 'email', admission: 'referral' }
  /** Two accounts of one person, whose channels were opened to all since. */
  async function twoAccounts() {
    const channels = [await makeChannel(server.client, door), await makeChannel(server.client, door)]
    const identifier = `${randomUUID()}@example.com`
    const users = []
    for (const { id } of channels) {
      users.push(await makeExternalUser(server.client, { channelId: id, identifier }))
      await server.client.patch(`/channels/${id}`, { admission: 'open' })
    }
    return users as [(typeof users)[0], (typeof users)[0]]
  }

  it('ends every token of an account issued before, in the same second too, and none issued after', async () => {
    const user = await makeExternalUser(server.client)
    const selectors = { channelId: user.channelId, id: user.id }
    const old = [user.accessToken as string, await tokenFor(server.client, selectors)]
    expect((await server.client.post(`/external-users/${user.id}/revoke-tokens`)).body).toEqual({
      message: expect.any(String),
    })
    const fresh = await tokenFor(server.client, selectors)
    for (const token of old) expect(await isAlive(server.client, token)).toBe(false)
    expect(await isAlive(server.client, fresh)).toBe(true)
  })

  it('ends the tokens of one account and leaves the others of the person, or of all of them', async () => {
    const [first, second] = await twoAccounts()
    expect(second.superIdentityId).toBe(first.superIdentityId)
    const tokens = async () => [
      await tokenFor(server.client, { channelId: first.channelId, id: first.id }),
      await tokenFor(server.client, { channelId: second.channelId, id: second.id }),
    ]
    const alive = async (each: string[]) => Promise.all(each.map((token) => isAlive(server.client, token)))
    const before = await tokens()
    await server.client.post(`/external-users/${first.id}/revoke-tokens`)
    expect(await alive(before)).toEqual([false, true])
    const between = await tokens()
    await server.client.post(`/super-identities/${first.superIdentityId}/revoke-tokens`)
    expect(await alive(between)).toEqual([false, false])
    expect(await alive(await tokens())).toEqual([true, true])
  })

  it('ends 10,000 tokens of one person with one cut-off', async () => {
    const user = await makeExternalUser(server.client)
    const selectors = { channelId: user.channelId, id: user.id }
    const tokens: string[] = []
    while (tokens.length < 10_000) {
      tokens.push(...(await Promise.all(Array.from({ length: 50 }, () => tokenFor(server.client, selectors)))))
    }
    await server.client.post(`/super-identities/${user.superIdentityId}/revoke-tokens`)
    for (let first = 0; first < tokens.length; first += 50) {
      const alive = await Promise.all(tokens.slice(first, first + 50).map((token) => isAlive(server.client, token)))
      expect(alive).not.toContain(true)
    }
    const cutOffs = await server.db.read
      .selectFrom('cut_offs')
      .select('reach')
      .where('subject_id', '=', user.superIdentityId)
      .execute()
    expect(cutOffs).toEqual([{ reach: 'person' }])
  }, 180_000)

  it('revives no token when the clock jumps, an hour or two days, back or forth', async () => {
    const user = await makeExternalUser(server.client)
    const token = user.accessToken as string
    const start = clock.at
    await server.client.post(`/external-users/${user.id}/revoke-tokens`)
    for (const jump of [-hour, hour / 2, -48 * hour, 48 * hour, 0]) {
      clock.at = start + jump
      expect(await isAlive(server.client, token)).toBe(false)
      const fresh = await tokenFor(server.client, { channelId: user.channelId, id: user.id })
      expect(await isAlive(server.client, fresh)).toBe(true)
    }
  })

  it('records one event each and raises the version', async () => {
    const user = await makeExternalUser(server.client)
    await server.client.post(`/external-users/${user.id}/revoke-tokens`)
    await server.client.post(`/super-identities/${user.superIdentityId}/revoke-tokens`)
    const told = async (id: string) =>
      (await eventsOf(server.db, id)).map(({ type, after }) => [type, JSON.parse(after as string)])
    expect((await told(user.id)).slice(1)).toEqual([['external_user.tokens_revoked', { cutOff: expect.any(Number) }]])
    expect(await told(user.superIdentityId)).toEqual([
      ['super_identity.tokens_revoked', { cutOff: expect.any(Number) }],
    ])
    expect((await server.client.get(`/external-users/${user.id}`)).headers.get('etag')).toBe('"2"')
    await requireWholeChain(server.db, server.workspaceId)
  })

  it('does not know the people of another workspace, and needs its scope', async () => {
    const other = await server.otherWorkspace()
    const user = await makeExternalUser(other.client)
    for (const path of [`/external-users/${user.id}`, `/super-identities/${user.superIdentityId}`]) {
      const foreign = await server.client.post(`${path}/revoke-tokens`)
      const unknown = await server.client.post(`${path.slice(0, path.lastIndexOf('/'))}/${randomUUID()}/revoke-tokens`)
      expect([foreign.status, foreign.body.code]).toEqual([404, unknown.body.code])
      const reader = await server.clientWith(['external-users:write'], other.workspaceId)
      expect((await reader.post(`${path}/revoke-tokens`)).body.code).toBe('scope_missing')
    }
    expect(await isAlive(server.client, user.accessToken as string)).toBe(true)
  })

  it('shows the holder its own profile with tier and limits', async () => {
    const limits = [{ metric: 'messages', max: 10, windowSeconds: 60 }]
    const group = await makeGroup(server.client, {
      tierId: (await makeTier(server.client, { name: 'Gold', limits })).id,
    })
    const { accessToken, ...user } = await makeExternalUser(server.client, {
      externalUserGroupId: group.id,
      name: 'Ann',
    })
    const { status, body } = await createClient(server.address, `Bearer ${accessToken}`).get('/me')
    expect([status, body]).toEqual([200, { ...user, tier: 'Gold', limits }])
    const plain = await makeExternalUser(server.client)
    expect((await createClient(server.address, `Bearer ${plain.accessToken}`).get('/me')).body).toMatchObject({
      tier: null,
      limits: [],
    })
  })

  it('opens nothing else with the token, and /me with nothing else', async () => {
    const user = await makeExternalUser(server.client)
    const holder = createClient(server.address, `Bearer ${user.accessToken}`)
    for (const { id, surface, method, path } of Object.values(operations)) {
      if (id === 'me.get') continue
      const { status } = await holder.send(
        method,
        `/${basePaths[surface]}${path.replace('{id}', user.id)}`,
        method === 'GET' ? {} : { body: {} },
      )
      expect([id, status]).toEqual([id, 401])
    }
    expect((await server.client.get('/me')).status).toBe(401)
  })
})

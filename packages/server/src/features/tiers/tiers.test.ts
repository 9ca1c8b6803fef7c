import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { testDatabases } from '../../../test/databases.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('tiers on $name', (kind) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  it('answers a new tier with every field, its ETag and its defaults', async () => {
    const { status, body, headers } = await server.client.post('/tiers', { name: 'Free' })
    expect(status).toBe(200)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toEqual({
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
      name: 'Free',
      description: null,
      limits: [],
      tokenLifetimeSeconds: null,
      metadata: {},
      workspaceId: server.workspaceId,
    })
    expect((await server.client.get(`/tiers/${body.id}`)).body).toEqual(body)
  })

  it('replaces limits and metadata as a whole and leaves absent fields alone', async () => {
    const limits = [{ metric: 'messages', max: 10, windowSeconds: 60 }]
    const tier = await makeTier(server.client, { description: 'For trials', limits, metadata: { a: 1, b: 2 } })
    const { body } = await server.client.patch(`/tiers/${tier.id}`, { metadata: { c: [1, { d: null }] } })
    expect(body).toMatchObject({ description: 'For trials', limits, metadata: { c: [1, { d: null }] } })
    expect(body.metadata).not.toHaveProperty('a')
  })

  it('raises no version when a patch changes nothing', async () => {
    const tier = await makeTier(server.client, { metadata: { a: 1, b: 2 } })
    const { headers, body } = await server.client.patch(`/tiers/${tier.id}`, {
      metadata: { b: 2, a: 1 },
      name: tier.name,
    })
    expect(headers.get('etag')).toBe('"1"')
    expect(body.updatedAt).toBe(tier.updatedAt)
  })

  it('refuses two limits of one metric and window, and metadata above 4 KiB', async () => {
    const limit = { metric: 'messages', max: 1, windowSeconds: 60 }
    const twice = await server.client.post('/tiers', { name: 'Free', limits: [limit, { ...limit, max: 2 }] })
    expect([twice.status, twice.body.issues[0].path]).toEqual([400, 'limits.1'])
    const fat = await server.client.post('/tiers', { name: 'Free', metadata: { x: 'é'.repeat(2045) } })
    expect([fat.status, fat.body.issues[0].path]).toEqual([400, 'metadata'])
  })

  it('keeps a tier that is in use, and says by what', async () => {
    const tier = await makeTier(server.client)
    const group = await makeGroup(server.client, { tierId: tier.id })
    const channel = await makeChannel(server.client, { defaultTierId: tier.id })
    const user = await makeExternalUser(server.client, { tierId: tier.id })
    const refused = await server.client.delete(`/tiers/${tier.id}`)
    expect([refused.status, refused.body.code]).toEqual([409, 'tier_in_use'])
    expect(refused.body.message).toContain('1 external users, 1 groups, 1 channels')
    await server.client.patch(`/external-user-groups/${group.id}`, { tierId: null })
    await server.client.patch(`/channels/${channel.id}`, { defaultTierId: null })
    await server.client.patch(`/external-users/${user.id}`, { tierId: null })
    expect((await server.client.delete(`/tiers/${tier.id}`)).status).toBe(200)
    expect((await server.client.get(`/tiers/${tier.id}`)).status).toBe(404)
  })

  it('finds by a part of name or description, whatever case and accents', async () => {
    const tier = await makeTier(server.client, { name: 'Crème', description: 'For 50%_of them' })
    const ids = async (search: string) =>
      (await server.client.get(`/tiers?search=${encodeURIComponent(search)}`)).body.map((t: { id: string }) => t.id)
    expect(await ids('CREME')).toEqual([tier.id])
    expect(await ids('50%_OF')).toEqual([tier.id])
    expect(await ids('5%')).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { testDatabases, type TestDatabaseKind } from '../../server/test/databases.ts'
import { startTestServer, type TestServer } from '../../server/test/test-server.ts'
import {
  createClient,
  NarthexError,
  type Client,
  type ExternalUser,
  type NotModified,
  type Versioned,
} from './index.ts'

describe('the SDK against a real service', () => {
  let server: TestServer
  let narthex: Client

  beforeAll(async () => {
    server = await startTestServer(testDatabases[0] as TestDatabaseKind)
    narthex = createClient({ baseUrl: server.address, apiKey: server.client.key })
  })
  afterAll(() => server.close())

  const makeChannel = async () => (await narthex.channels.create({ name: 'Web chat', kind: 'web' })).data

  it('creates, authenticates, changes and erases an external user', async () => {
    const channel = await makeChannel()
    const created = await narthex.externalUsers.create({
      channelId: channel.id,
      identifier: 'ada',
      name: 'Ada Lovelace',
    })
    expect(created).toMatchObject({ etag: '"1"', notModified: false, data: { identifier: 'ada', blocked: false } })
    expect(created.requestId).not.toBe('')
    const { data } = await narthex.externalUsers.authenticate({ channelId: channel.id, identifier: 'ada' })
    expect([data.id, data.accessToken.split('.').length]).toEqual([created.data.id, 3])
    const updated = await narthex.externalUsers.update(
      data.id,
      { name: null, blocked: true },
      { ifMatch: created.etag },
    )
    expect(updated).toMatchObject({ data: { name: null, blocked: true } })
    expect(['', created.etag]).not.toContain(updated.etag)
    const refused = narthex.externalUsers.authenticate({ channelId: channel.id, identifier: 'ada' })
    await expect(refused).rejects.toMatchObject({ code: 'external_user_blocked', status: 403 })
    expect((await narthex.externalUsers.erase(data.id)).data.message).toContain('erased')
    expect((await narthex.externalUsers.get(data.id)).data.identifier).toBeNull()
  })

  it('says that nothing is new, and refuses a change of what somebody else has changed', async () => {
    const { data: tier, etag } = await narthex.tiers.create({ name: 'Standard' })
    expect(await narthex.tiers.get(tier.id, { ifNoneMatch: etag })).toMatchObject({
      notModified: true,
      data: null,
      etag,
    })
    await narthex.tiers.update(tier.id, { name: 'Premium' })
    expect((await narthex.tiers.get(tier.id, { ifNoneMatch: etag })).data?.name).toBe('Premium')
    await expect(narthex.tiers.update(tier.id, { name: 'Basic' }, { ifMatch: etag })).rejects.toMatchObject({
      status: 412,
    })
    await expect(narthex.tiers.delete(tier.id, { ifMatch: etag })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await expect(narthex.tiers.delete(tier.id, { ifMatch: '' })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect((await narthex.tiers.delete(tier.id)).data.message).not.toBe('')
  })

  it('walks through a list without skipping or repeating, by page and as a whole', async () => {
    const { id: channelId } = await makeChannel()
    const made: string[] = []
    for (let i = 0; i < 7; i += 1)
      made.push((await narthex.externalUsers.create({ channelId, externalId: `crm-${i}` })).data.id)
    const first = await narthex.externalUsers.list({ channelIds: channelId, pageSize: 5, count: 'exact' })
    expect([first.data.length, first.total]).toEqual([5, 7])
    const second = await narthex.externalUsers.list({
      channelIds: [channelId],
      pageSize: 5,
      cursor: first.nextCursor ?? '',
    })
    expect([second.data.length, second.total, second.nextCursor]).toEqual([2, null, null])
    const walked: string[] = []
    for await (const user of narthex.externalUsers.listAll({ channelIds: [channelId], pageSize: 2 }))
      walked.push(user.id)
    expect(walked).toEqual(made.toReversed())
    const all: string[] = []
    for await (const user of narthex.externalUsers.listAll({ channelIds: [channelId] })) all.push(user.id)
    expect(all).toEqual(walked)
  })

  it('creates once however often the same key is sent', async () => {
    const make = () => narthex.externalUserGroups.create({ name: 'Drivers' }, { idempotencyKey: 'drivers-1' })
    const [first, second] = [await make(), await make()]
    expect(second.data).toEqual(first.data)
    const other = narthex.externalUserGroups.create({ name: 'Cooks' }, { idempotencyKey: 'drivers-1' })
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 422 })
  })

  it('hands over a new API key, rotates and revokes it', async () => {
    const { data: key } = await narthex.apiKeys.create({ name: 'Reader', scopes: ['tiers:read'] })
    const reader = createClient({ baseUrl: server.address, apiKey: key.apiKey })
    expect((await reader.tiers.list()).data).toBeInstanceOf(Array)
    await expect(reader.tiers.create({ name: 'Free' })).rejects.toMatchObject({ code: 'scope_missing', status: 403 })
    const rotated = await narthex.apiKeys.rotate(key.id, { overlapSeconds: 0 })
    await expect(reader.tiers.list()).rejects.toMatchObject({ code: 'unauthorized', status: 401 })
    expect(rotated.data.apiKey).not.toBe(key.apiKey)
    expect((await narthex.apiKeys.revoke(key.id)).data.revokedAt).not.toBeNull()
  })

  it('reads and changes the workspace, its channels and its persons', async () => {
    const { data: workspace } = await narthex.workspace.update({ tokenLifetimeSeconds: 600 })
    expect((await narthex.workspace.get()).data).toEqual(workspace)
    const channel = await makeChannel()
    expect((await narthex.channels.archive(channel.id)).data.archivedAt).not.toBeNull()
    expect((await narthex.channels.unarchive(channel.id)).data.archivedAt).toBeNull()
    const { data: user } = await narthex.externalUsers.create({ channelId: channel.id, identifier: 'grace' })
    const { data: person } = await narthex.superIdentities.update(user.superIdentityId, { firstname: 'Grace' })
    expect(person).toMatchObject({ firstname: 'Grace', externalUserIds: [user.id] })
  })

  it('rejects with the place and the rule when the input is not valid', async () => {
    const error = await narthex.tiers.create({ name: 'x' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NarthexError)
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, issues: [{ path: 'name' }] })
  })

  it('tells the compiler that only a conditional read can lack its data', () => {
    const read = (id: string) => narthex.externalUsers.get(id)
    const conditional = (id: string, tag?: string) => narthex.externalUsers.get(id, { ifNoneMatch: tag })
    expectTypeOf(read).returns.resolves.toEqualTypeOf<Versioned<ExternalUser>>()
    expectTypeOf(conditional).returns.resolves.toEqualTypeOf<Versioned<ExternalUser> | NotModified>()
  })
})

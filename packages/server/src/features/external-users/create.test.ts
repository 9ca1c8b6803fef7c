import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { countEvents, eventsOf } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const uuid4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const refusal = ({ status, body }: Reply) => [status, body.code]
const issue = ({ status, body }: Reply) => [status, body.code, body.issues?.[0]?.path]

describe.each(testDatabases)('creating external users on $name', (kind) => {
  let server: TestServer
  let client: Client

  const create = (body: object, headers?: Record<string, string>) => client.post('/external-users', body, headers)

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  it('answers the twelve fields, a token and an ETag, and get answers the same without the token', async () => {
    const channel = await makeChannel(client)
    const { status, body, headers } = await create({ channelId: channel.id, identifier: 'kiosk' })
    expect(status).toBe(200)
    expect(body).toEqual({
      id: expect.stringMatching(uuid4),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
      blocked: false,
      channelId: channel.id,
      externalId: null,
      externalUserGroupId: null,
      identifier: 'kiosk',
      name: null,
      superIdentityId: expect.stringMatching(uuid4),
      tierId: null,
      workspaceId: server.workspaceId,
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    expect([headers.get('etag'), headers.get('cache-control')]).toEqual(['"1"', 'no-store'])
    const { accessToken: _, ...shown } = body
    const got = await client.get(`/external-users/${body.id}`)
    expect(got.body).toEqual(shown)
    expect((await client.get(`/external-users/${body.id}`, { 'if-none-match': '"1"' })).status).toBe(304)
    expect((await client.get(`/super-identities/${body.superIdentityId}`)).body.externalUserIds).toEqual([body.id])
  })

  it('stores every field as it was given, and one event that names them', async () => {
    const [tier, group] = [await makeTier(client), await makeGroup(client)]
    const given = {
      externalId: 'crm-1',
      identifier: 'Ａnna',
      name: 'Änna',
      tierId: tier.id,
      externalUserGroupId: group.id,
    }
    const { body } = await create({
      channelId: (await makeChannel(client, { identifierKind: 'username' })).id,
      ...given,
    })
    expect(body).toMatchObject(given)
    const events = await eventsOf(server.db, body.id)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      type: 'external_user.created',
      subject_version: 1,
      actor_kind: 'api_key',
      before: null,
    })
    expect(JSON.parse(events[0]?.after ?? '')).toEqual({
      blocked: false,
      channelId: body.channelId,
      superIdentityId: body.superIdentityId,
      tierId: tier.id,
      externalUserGroupId: group.id,
      externalId: { commitment: expect.any(String) },
      identifier: { commitment: expect.any(String) },
      name: { commitment: expect.any(String) },
    })
  })

  it('counts lengths in code points after composition', async () => {
    const channelId = (await makeChannel(client)).id
    const ok = await create({ channelId, externalId: '👩🏽‍🚀'.repeat(62), name: 'e\u0301'.repeat(50) })
    expect([ok.status, ok.body.name]).toEqual([200, 'é'.repeat(50)])
    expect(issue(await create({ channelId, externalId: 'abc', name: 'é'.repeat(51) }))).toEqual([
      400,
      'invalid_request',
      'name',
    ])
    expect(issue(await create({ channelId, externalId: 'e\u0301e\u0301' }))).toEqual([
      400,
      'invalid_request',
      'externalId',
    ])
    expect(issue(await create({ channelId, externalId: 'x'.repeat(251) }))).toEqual([
      400,
      'invalid_request',
      'externalId',
    ])
    expect((await create({ channelId, identifier: '😀'.repeat(320) })).status).toBe(200)
    expect(issue(await create({ channelId, identifier: 'x'.repeat(321) }))).toEqual([
      400,
      'invalid_request',
      'identifier',
    ])
  })

  it.each([
    ['email', 'no address'],
    ['phone', '123'],
    ['phone', 'x1e3'],
    ['username', 'a b'],
    ['opaque', 'a\u0007b'],
  ])('refuses what cannot be an identifier of kind %s: %j', async (identifierKind, identifier) => {
    const channelId = (await makeChannel(client, { identifierKind })).id
    expect(issue(await create({ channelId, identifier }))).toEqual([400, 'invalid_request', 'identifier'])
  })

  it('refuses a body that names nobody, unknown keys, numbers for texts and lone surrogates', async () => {
    const channelId = (await makeChannel(client)).id
    expect(issue(await create({ channelId, name: 'Anna' }))).toEqual([400, 'invalid_request', 'identifier'])
    expect(issue(await create({ channelId, externalId: 'abc', blocked: true }))).toEqual([
      400,
      'invalid_request',
      'blocked',
    ])
    expect(issue(await create({ channelId, externalId: 1000 }))).toEqual([400, 'invalid_request', 'externalId'])
    const raw = `{"channelId":"${channelId}","identifier":"\\ud800"}`
    expect(issue(await client.send('POST', '/external-users', { raw }))).toEqual([400, 'invalid_request', 'identifier'])
    expect((await client.get(`/external-users?channelIds=${channelId}`)).body).toEqual([])
  })

  it('knows only channels, groups and tiers of the own workspace, and no archived channel', async () => {
    const other = (await server.otherWorkspace()).client
    const channelId = (await makeChannel(client)).id
    const archived = (await makeChannel(client)).id
    await client.post(`/channels/${archived}/archive`)
    const before = await countEvents(server.db)
    for (const id of [randomUUID(), archived, (await makeChannel(other)).id]) {
      expect(refusal(await create({ channelId: id, externalId: 'abc' }))).toEqual([404, 'channel_not_found'])
    }
    for (const tierId of [randomUUID(), (await makeTier(other)).id]) {
      expect(refusal(await create({ channelId, externalId: 'abc', tierId }))).toEqual([404, 'tier_not_found'])
    }
    for (const externalUserGroupId of [randomUUID(), (await makeGroup(other)).id]) {
      const reply = await create({ channelId, externalId: 'abc', externalUserGroupId })
      expect(refusal(reply)).toEqual([404, 'external_user_group_not_found'])
    }
    // The three things made in the other workspace.
    expect(await countEvents(server.db)).toBe(before + 3)
    expect((await client.delete(`/channels/${channelId}`)).status).toBe(200)
  })

  it('keeps identifiers unique on a channel in canonical form, and free on every other', async () => {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const anna = await makeExternalUser(client, { channelId, externalId: 'anna', identifier: 'Anna@Bücher.example' })
    const same = { channelId, identifier: 'anna@xn--bcher-kva.EXAMPLE' }
    expect(refusal(await create(same))).toEqual([409, 'identifier_taken'])
    expect(refusal(await create({ channelId, externalId: 'anna' }))).toEqual([409, 'external_id_taken'])
    const elsewhere = (await makeChannel(client, { identifierKind: 'email' })).id
    const free = await create({ ...same, externalId: 'anna', channelId: elsewhere })
    expect(free.status).toBe(200)
    // A typed address on an open channel inherits nothing.
    expect(free.body.superIdentityId).not.toBe(anna.superIdentityId)
    expect((await client.get(`/external-users?channelIds=${channelId}`)).body).toHaveLength(1)
  })

  it('copies the group of the channel, and never its tier', async () => {
    const [tier, group, own] = [await makeTier(client), await makeGroup(client), await makeGroup(client)]
    const channel = await makeChannel(client, { defaultTierId: tier.id, defaultExternalUserGroupId: group.id })
    const copied = await makeExternalUser(client, { channelId: channel.id })
    expect([copied.externalUserGroupId, copied.tierId]).toEqual([group.id, null])
    const chosen = await makeExternalUser(client, { channelId: channel.id, externalUserGroupId: own.id })
    expect(chosen.externalUserGroupId).toBe(own.id)
    await client.patch(`/channels/${channel.id}`, { defaultExternalUserGroupId: own.id })
    expect((await client.get(`/external-users/${copied.id}`)).body.externalUserGroupId).toBe(group.id)
  })

  it('creates a person without admission on a referral channel, and does not let them in', async () => {
    const channel = await makeChannel(client, { admission: 'referral' })
    const { status, body } = await create({ channelId: channel.id, externalId: 'crm-1' })
    expect([status, body.accessToken, body.externalId]).toEqual([200, null, 'crm-1'])
  })

  it('answers a retried creation from the first try, token included, and refuses the key for another body', async () => {
    const channelId = (await makeChannel(client)).id
    const key = { 'idempotency-key': randomUUID() }
    const first = await create({ channelId, externalId: 'crm-1' }, key)
    const again = await create({ externalId: 'crm-1', channelId }, key)
    expect(again.body).toEqual(first.body)
    expect(refusal(await create({ channelId, externalId: 'crm-2' }, key))).toEqual([422, 'idempotency_key_reused'])
    // A refusal is not kept: the same key may succeed later.
    const clash = { 'idempotency-key': randomUUID() }
    expect(refusal(await create({ channelId, externalId: 'crm-1' }, clash))).toEqual([409, 'external_id_taken'])
    await client.patch(`/external-users/${first.body.id}`, { externalId: 'crm-3' })
    expect((await create({ channelId, externalId: 'crm-1' }, clash)).status).toBe(200)
  })

  describe('where the integrator vouches for addresses', () => {
    const vouching = { identifierKind: 'email', admission: 'referral' }

    it('joins the accounts of one canonical address to one person, over channels', async () => {
      const [one, two] = [await makeChannel(client, vouching), await makeChannel(client, vouching)]
      const anna = await makeExternalUser(client, { channelId: one.id, identifier: 'Anna@example.com' })
      const also = await makeExternalUser(client, { channelId: two.id, identifier: 'anna@EXAMPLE.com' })
      const ben = await makeExternalUser(client, { channelId: two.id, identifier: 'ben@example.com' })
      expect(also.superIdentityId).toBe(anna.superIdentityId)
      expect(ben.superIdentityId).not.toBe(anna.superIdentityId)
      const person = (await client.get(`/super-identities/${anna.superIdentityId}`)).body
      expect(person).toMatchObject({ email: 'Anna@example.com', externalUserIds: [anna.id, also.id] })
    })

    it.each([
      ['an open channel', { identifierKind: 'email', admission: 'open' }],
      ['identifiers of another kind', { identifierKind: 'opaque', admission: 'referral' }],
    ])('joins nobody by %s', async (_, settings) => {
      const address = `${randomUUID()}@example.com`
      const vouched = await makeExternalUser(client, {
        channelId: (await makeChannel(client, vouching)).id,
        identifier: address,
      })
      const typed = await makeExternalUser(client, {
        channelId: (await makeChannel(client, settings)).id,
        identifier: address,
      })
      expect(typed.superIdentityId).not.toBe(vouched.superIdentityId)
      expect((await client.get(`/super-identities/${typed.superIdentityId}`)).body.email).toBeNull()
    })
  })
})

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { countEvents, eventsOf } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeGroup } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const refusal = ({ status, body }: Reply) => [status, body.code, body.accessToken]

describe.each(testDatabases)('authenticating external users on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.parse('2026-03-03T09:00:00.000Z')

  const authenticate = (body: object) => client.post('/external-users/authenticate', body)
  const idsWhere = async (query: string) =>
    (await client.get(`/external-users?${query}`)).body.map((user: { id: string }) => user.id)

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  it('answers the twelve published fields and an access token, null keys included', async () => {
    const { accessToken: _, ...user } = await makeExternalUser(client, { externalId: 'crm-12' })
    const { status, body, headers } = await authenticate({ channelId: user.channelId, externalId: 'crm-12' })
    expect(status).toBe(200)
    expect(body).toEqual({
      id: user.id,
      createdAt: '2026-03-03T09:00:00.000Z',
      updatedAt: '2026-03-03T09:00:00.000Z',
      blocked: false,
      channelId: user.channelId,
      externalId: 'crm-12',
      externalUserGroupId: null,
      identifier: null,
      name: null,
      superIdentityId: user.superIdentityId,
      tierId: null,
      workspaceId: server.workspaceId,
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['email', 'Anna.Maria@Bücher.example', ' anna.MARIA@XN--BCHER-kva.example '],
    ['phone', '020 7946 0958', '+44 20-7946-0958'],
    ['username', 'Ａｎｎａ', 'anna'],
    ['opaque', '007', '007'],
  ])(
    'recognises a known %s in another spelling and shows it as it was stored',
    async (identifierKind, stored, typed) => {
      const channel = await makeChannel(client, { identifierKind, defaultCountry: 'GB' })
      const user = await makeExternalUser(client, { channelId: channel.id, externalId: null, identifier: stored })
      const { status, body } = await authenticate({ channelId: channel.id, identifier: typed })
      expect([status, body.id, body.identifier]).toEqual([200, user.id, stored])
    },
  )

  it('takes opaque identifiers and external ids exactly, as texts', async () => {
    const channelId = (await makeChannel(client)).id
    const bodies = [{ identifier: '007' }, { identifier: '7' }, { identifier: 'Ab' }, { identifier: 'ab' }]
    const more = [{ externalId: '1e3' }, { externalId: '1000' }, { externalId: 'CRM' }, { externalId: 'crm' }]
    const replies = await Promise.all([...bodies, ...more].map((body) => authenticate({ channelId, ...body })))
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(8)
    expect(replies.map(({ body }) => body.identifier ?? body.externalId)).toEqual([
      '007',
      '7',
      'Ab',
      'ab',
      '1e3',
      '1000',
      'CRM',
      'crm',
    ])
  })

  it('finds by id, by external id, by identifier and by all of them, ids in any case', async () => {
    const { id, channelId } = await makeExternalUser(client, { externalId: 'crm-all', identifier: 'all' })
    const selectors = [{ id }, { id: id.toUpperCase() }, { externalId: 'crm-all' }, { identifier: 'all' }]
    for (const body of [...selectors, { id, externalId: 'crm-all', identifier: 'all' }]) {
      const reply = await authenticate({ channelId, id: null, externalId: null, identifier: null, ...body })
      expect([reply.status, reply.body.id]).toEqual([200, id])
    }
  })

  it('refuses selectors that do not name one and the same account', async () => {
    const channelId = (await makeChannel(client)).id
    const anna = await makeExternalUser(client, { channelId, externalId: 'anna', identifier: 'anna' })
    const ben = await makeExternalUser(client, { channelId, externalId: 'ben', identifier: 'ben' })
    const before = await countEvents(server.db)
    for (const body of [
      { id: anna.id, externalId: 'ben' },
      { id: ben.id, identifier: 'anna' },
      { externalId: 'anna', identifier: 'ben' },
      { externalId: 'anna', identifier: 'nobody' },
      { externalId: 'nobody', identifier: 'ben' },
      { id: randomUUID(), externalId: 'anna' },
    ]) {
      expect(refusal(await authenticate({ channelId, ...body }))).toEqual([400, 'selectors_disagree', undefined])
    }
    expect(await countEvents(server.db)).toBe(before)
  })

  it('refuses a request without a selector and an identifier that cannot be one, and names the field', async () => {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const nothing = await authenticate({ channelId, id: null })
    expect([nothing.status, nothing.body.code, nothing.body.issues[0].path]).toEqual([400, 'invalid_request', 'id'])
    const noAddress = await authenticate({ channelId, identifier: 'anna' })
    expect([noAddress.status, noAddress.body.issues[0].path]).toEqual([400, 'identifier'])
  })

  it('creates a stranger on an automatic channel with one event and the group of the channel', async () => {
    const group = await makeGroup(client)
    const channel = await makeChannel(client, { defaultExternalUserGroupId: group.id })
    const first = await authenticate({ channelId: channel.id, externalId: 'crm-new', identifier: 'new' })
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({
      externalId: 'crm-new',
      identifier: 'new',
      name: null,
      externalUserGroupId: group.id,
    })
    const events = await eventsOf(server.db, first.body.id)
    expect(events.map(({ type, subject_version }) => [type, subject_version])).toEqual([['external_user.created', 1]])
    expect((await authenticate({ channelId: channel.id, identifier: 'new' })).body.id).toBe(first.body.id)
  })

  it('creates nobody on a manual channel, nor anywhere for an id alone', async () => {
    const manual = (await makeChannel(client, { provisioning: 'manual' })).id
    const automatic = (await makeChannel(client)).id
    const elsewhere = await makeExternalUser(client, { externalId: 'crm-elsewhere' })
    for (const body of [
      { channelId: manual, externalId: 'crm-elsewhere' },
      { channelId: manual, identifier: 'stranger' },
      { channelId: automatic, id: randomUUID() },
      { channelId: automatic, id: elsewhere.id },
    ]) {
      expect(refusal(await authenticate(body))).toEqual([404, 'external_user_not_found', undefined])
    }
    expect(await idsWhere(`channelIds=${manual}&channelIds=${automatic}`)).toEqual([])
    const known = await makeExternalUser(client, { channelId: manual, externalId: 'crm-known' })
    expect((await authenticate({ channelId: manual, externalId: 'crm-known' })).body.id).toBe(known.id)
  })

  it('treats an archived channel as one that never was', async () => {
    const user = await makeExternalUser(client, { externalId: 'crm-archived' })
    await client.post(`/channels/${user.channelId}/archive`)
    const archived = await authenticate({ channelId: user.channelId, externalId: 'crm-archived' })
    const random = await authenticate({ channelId: randomUUID(), externalId: 'crm-archived' })
    expect(refusal(archived)).toEqual([404, 'channel_not_found', undefined])
    expect({ ...archived.body, requestId: '' }).toEqual({ ...random.body, requestId: '' })
    await client.post(`/channels/${user.channelId}/unarchive`)
    expect((await authenticate({ channelId: user.channelId, externalId: 'crm-archived' })).body.id).toBe(user.id)
  })

  it('refuses a stranger on a referral channel and leaves no trace of them', async () => {
    const channel = await makeChannel(client, { identifierKind: 'email', admission: 'referral' })
    const before = await countEvents(server.db)
    const persons = async () => (await client.get('/super-identities?count=exact')).headers.get('total-count')
    const personsBefore = await persons()
    const reply = await authenticate({ channelId: channel.id, identifier: 'stranger@example.com' })
    expect(refusal(reply)).toEqual([403, 'admission_required', undefined])
    expect([await countEvents(server.db), await persons()]).toEqual([before, personsBefore])
    expect(await idsWhere(`channelIds=${channel.id}`)).toEqual([])
    // Only a channel by which nobody ever came in can be deleted.
    expect((await client.delete(`/channels/${channel.id}`)).status).toBe(200)
  })

  it('gives no token to a known account without admission, nor to a blocked one', async () => {
    const referral = await makeChannel(client, { admission: 'referral' })
    await makeExternalUser(client, { channelId: referral.id, externalId: 'crm-waiting' })
    const waiting = await authenticate({ channelId: referral.id, externalId: 'crm-waiting' })
    expect(refusal(waiting)).toEqual([403, 'admission_required', undefined])
    const user = await makeExternalUser(client, { externalId: 'crm-blocked' })
    await client.patch(`/external-users/${user.id}`, { blocked: true })
    const blocked = await authenticate({ channelId: user.channelId, externalId: 'crm-blocked' })
    expect(refusal(blocked)).toEqual([403, 'external_user_blocked', undefined])
    await client.patch(`/external-users/${user.id}`, { blocked: false })
    expect((await authenticate({ channelId: user.channelId, externalId: 'crm-blocked' })).status).toBe(200)
  })

  it("does not find an account of another workspace's channel", async () => {
    const user = await makeExternalUser(client, { externalId: 'crm-ours' })
    const other = await server.otherWorkspace()
    const body = { channelId: user.channelId, externalId: 'crm-ours' }
    expect(refusal(await other.client.post('/external-users/authenticate', body))).toEqual([
      404,
      'channel_not_found',
      undefined,
    ])
  })

  it('stores a first sight at once and later ones at most once a minute, without event or version', async () => {
    const { id, channelId, updatedAt } = await makeExternalUser(client, { externalId: 'crm-seen' })
    const start = now
    const seenAfter = async (at: number) =>
      (await idsWhere(`channelIds=${channelId}&lastSeenAfter=${new Date(at).toISOString()}`)).length === 1
    const come = async (at: number) => {
      now = at
      expect((await authenticate({ channelId, externalId: 'crm-seen' })).status).toBe(200)
    }
    const events = await countEvents(server.db)
    expect(await idsWhere(`channelIds=${channelId}&neverSeen=true`)).toEqual([id])
    await come(start + 1_000)
    expect(await idsWhere(`channelIds=${channelId}&neverSeen=true`)).toEqual([])
    expect(await idsWhere(`channelIds=${channelId}&neverSeen=false`)).toEqual([id])
    expect([await seenAfter(start + 999), await seenAfter(start + 1_000)]).toEqual([true, false])
    await come(start + 60_999)
    await sleep(50)
    expect(await seenAfter(start + 1_000)).toBe(false)
    await come(start + 61_000)
    for (let tries = 0; tries < 100 && !(await seenAfter(start + 60_999)); tries += 1) await sleep(10)
    expect([await seenAfter(start + 60_999), await seenAfter(start + 61_000)]).toEqual([true, false])
    const after = await client.get(`/external-users/${id}`)
    expect([after.headers.get('etag'), after.body.updatedAt]).toEqual(['"1"', updatedAt])
    expect(await countEvents(server.db)).toBe(events)
  })
})

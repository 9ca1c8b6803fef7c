import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { testDatabases } from './databases.ts'
import { makeChannel, makeExternalUser } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('idempotency keys on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  const records = () => server.db.read.selectFrom('idempotency_records').selectAll().execute()

  it('answers the same external user, token and entity tag again', async () => {
    const { id: channelId } = await makeChannel(client)
    const headers = { 'idempotency-key': randomUUID() }
    const create = () => client.post('/external-users', { channelId, identifier: 'ann' }, headers)
    const first = await create()
    const second = await create()
    expect(first.body.accessToken).toMatch(/^ey/)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect((await client.get(`/external-users?channelIds=${channelId}`)).body).toHaveLength(1)
  })

  it('takes a body with the same meaning as the same body', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const send = (raw: string) =>
      client.send('POST', '/tiers', { raw, headers: { ...headers, 'content-type': 'application/json' } })
    const first = await send('{"name":"Free","metadata":{"a":1,"b":2}}')
    expect((await send(' {"metadata":{"b":2,"a":1.0}, "name":"Fr\\u0065e"}')).body).toEqual(first.body)
    expect((await send('{"name":"Free","metadata":{"a":1,"b":3}}')).status).toBe(422)
  })

  it('keeps a key apart by credential and by operation', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const other = await server.clientWith(['tiers:write'])
    const body = { name: 'Free' }
    const ids = [
      (await client.post('/tiers', body, headers)).body.id,
      (await other.post('/tiers', body, headers)).body.id,
      (await client.post('/external-user-groups', body, headers)).body.id,
    ]
    expect(new Set(ids).size).toBe(3)
  })

  it('forgets a request that failed, so that the next try may succeed', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const { id: channelId } = await makeChannel(client)
    await client.post(`/channels/${channelId}/archive`)
    const create = () => client.post('/external-users', { channelId, identifier: 'ann' }, headers)
    expect((await create()).status).toBe(404)
    expect((await client.post('/external-users', { channelId }, headers)).status).toBe(400)
    await client.post(`/channels/${channelId}/unarchive`)
    expect((await create()).status).toBe(200)
  })

  it('forgets an answer after 24 hours', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const create = async () => (await client.post('/tiers', { name: 'Free' }, headers)).body.id as string
    const first = await create()
    now += day - 1000
    expect(await create()).toBe(first)
    now += 2000
    expect(await create()).not.toBe(first)
  })

  it('forgets an answer when its external user is erased', async () => {
    const { id: channelId } = await makeChannel(client)
    const headers = { 'idempotency-key': randomUUID() }
    const create = () => client.post('/external-users', { channelId, identifier: 'ann' }, headers)
    const first = (await create()).body
    const before = await records()
    await client.post(`/external-users/${first.id}/erase`)
    expect(before.filter((record) => record.external_user_id === first.id)).toHaveLength(1)
    expect((await records()).filter((record) => record.external_user_id === first.id)).toEqual([])
    const again = (await create()).body
    expect(again.id).not.toBe(first.id)
  })

  it('forgets the answer that placed a block when its identifier is forgotten with the external user', async () => {
    const user = await makeExternalUser(client, { identifier: 'ann.blocked' })
    const headers = { 'idempotency-key': randomUUID() }
    const place = () => client.post('/blocks', { reach: 'identifier', identifier: 'ann.blocked' }, headers)
    const first = (await place()).body
    expect((await place()).body).toEqual(first)
    await client.post(`/external-users/${user.id}/erase`)
    expect((await client.get(`/blocks/${first.id}`)).body.identifier).toBeNull()
    expect((await place()).body.id).not.toBe(first.id)
  })

  it('stores neither the secret of an answer, nor personal fields, nor the key itself in the clear', async () => {
    const key = randomUUID()
    const headers = { 'idempotency-key': key }
    const { id: channelId } = await makeChannel(client)
    const made = (await client.post('/api-keys', { name: 'Shown once', scopes: ['tiers:read'] }, headers)).body
    const user = (await client.post('/external-users', { channelId, identifier: 'ann.secretive' }, headers)).body
    const stored = JSON.stringify(await records())
    for (const text of [
      key,
      made.apiKey,
      user.accessToken,
      user.accessToken.split('.')[2],
      'ann.secretive',
      'Shown once',
    ]) {
      expect(stored).not.toContain(text)
      expect(stored).not.toContain(Buffer.from(text).toString('base64url'))
    }
  })

  it('holds for one request that comes to two nodes at once', async () => {
    const node = await server.anotherNode()
    const headers = { 'idempotency-key': randomUUID() }
    const tries = await Promise.all(
      [client, node.client].map((one) => one.post('/tiers', { name: 'Only once' }, headers)),
    )
    const done = tries.filter(({ status }) => status === 200)
    expect(tries.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([])
    expect(new Set(done.map(({ body }) => body.id)).size).toBe(1)
    expect((await client.get('/tiers?search=Only%20once')).body).toHaveLength(1)
  })
})

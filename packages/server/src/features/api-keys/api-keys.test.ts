import { setTimeout as sleep } from 'node:timers/promises'
import { scopes } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const minute = 60_000

describe.each(testDatabases)('API keys on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  const make = async (fields: object = {}) =>
    (await client.post('/api-keys', { name: 'Shop', scopes: ['tiers:read'], ...fields })).body
  const using = (apiKey: string, address = server.address) => createClient(address, apiKey)
  const statusOf = async (apiKey: string, address?: string) => (await using(apiKey, address).get('/tiers')).status
  const shown = async (id: string) => await client.get(`/api-keys/${id}`)

  it('knows nobody by what only looks like a kind of secret', async () => {
    for (const secret of ['constructor_x', '__proto___x', 'toString_x', 'hasOwnProperty_', '_']) {
      expect(await statusOf(secret), secret).toBe(401)
    }
  })

  it('shows the secret once and stores only its digest', async () => {
    const { apiKey, ...key } = await make({ scopes: ['tiers:write', 'tiers:read'] })
    expect(apiKey).toMatch(/^nxk_[\dA-Za-z]{49}$/)
    expect(key).toEqual({
      id: expect.any(String),
      createdAt: new Date(now).toISOString(),
      updatedAt: key.createdAt,
      name: 'Shop',
      prefix: apiKey.slice(0, 9),
      scopes: ['tiers:read', 'tiers:write'],
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
      workspaceId: server.workspaceId,
    })
    expect((await shown(key.id)).body).toEqual(key)
    expect((await client.get(`/api-keys?ids=${key.id}`)).body).toEqual([key])
    const stored = await server.db.read.selectFrom('api_key_secrets').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(apiKey)
    expect(JSON.stringify(await eventsOf(server.db, key.id))).not.toContain(apiKey)
  })

  it('lets the former secret live for the overlap, and the one before it end at once', async () => {
    const first = await make()
    const rotate = async (body = {}) => (await client.post(`/api-keys/${first.id}/rotate`, body)).body.apiKey as string
    const second = await rotate({ overlapSeconds: 120 })
    expect(await Promise.all([first.apiKey, second].map((key) => statusOf(key)))).toEqual([200, 200])
    now += 119_000
    expect(await statusOf(first.apiKey)).toBe(200)
    now += 1_000
    expect(await statusOf(first.apiKey)).toBe(401)
    const third = await rotate()
    const fourth = await rotate({ overlapSeconds: 0 })
    expect(await Promise.all([second, third, fourth].map((key) => statusOf(key)))).toEqual([401, 401, 200])
    expect((await shown(first.id)).body.prefix).toBe(fourth.slice(0, 9))
  })

  it('ends a key at its moment, which must lie ahead and may be moved or taken away', async () => {
    const expiresAt = new Date(now + minute).toISOString()
    const { id, apiKey } = await make({ expiresAt })
    expect(
      (await client.post('/api-keys', { name: 'Late', scopes: ['tiers:read'], expiresAt: new Date(now).toISOString() }))
        .status,
    ).toBe(400)
    expect(await statusOf(apiKey)).toBe(200)
    now += minute
    expect(await statusOf(apiKey)).toBe(401)
    expect((await client.patch(`/api-keys/${id}`, { expiresAt: '2999-01-01T01:00:00+01:00' })).body.expiresAt).toBe(
      '2999-01-01T00:00:00.000Z',
    )
    expect(await statusOf(apiKey)).toBe(200)
    const beyond = await client.patch(`/api-keys/${id}`, { expiresAt: '9999-12-31T23:59:59-23:59' })
    expect([beyond.status, beyond.body.issues[0].path]).toEqual([400, 'expiresAt'])
    expect((await client.patch(`/api-keys/${id}`, { expiresAt: null })).body.expiresAt).toBeNull()
    expect(await statusOf(apiKey)).toBe(200)
  })

  it('notes the last use at most once a minute over all nodes, without a new version', async () => {
    const node = await server.anotherNode()
    const { id, apiKey } = await make()
    const version = (await shown(id)).headers.get('etag')?.split('.')[0]
    const lastUsedAt = async () => (await shown(id)).body.lastUsedAt
    const first = now
    await statusOf(apiKey)
    await expect.poll(lastUsedAt).toBe(new Date(first).toISOString())
    now += minute - 1
    // A change of any key makes every node read keys anew.
    await make()
    await statusOf(apiKey)
    await statusOf(apiKey, node.address)
    await sleep(100)
    expect(await lastUsedAt()).toBe(new Date(first).toISOString())
    now += 1
    await statusOf(apiKey, node.address)
    await expect.poll(lastUsedAt).toBe(new Date(now).toISOString())
    const after = await shown(id)
    expect(after.headers.get('etag')?.split('.')[0]).toBe(version)
    expect(after.body.updatedAt).toBe(after.body.createdAt)
    expect(await eventsOf(server.db, id)).toHaveLength(1)
  })

  it('shows a changed last use under another entity tag', async () => {
    const { id, apiKey } = await make()
    const { headers } = await shown(id)
    await statusOf(apiKey)
    await expect.poll(async () => (await shown(id)).body.lastUsedAt).not.toBeNull()
    const tag = headers.get('etag') as string
    expect((await client.get(`/api-keys/${id}`, { 'if-none-match': tag })).status).toBe(200)
    // What time changes is not the caller's to guard.
    expect((await client.patch(`/api-keys/${id}`, { name: 'Shop window' }, { 'if-match': tag })).status).toBe(200)
  })

  it('ends a revoked key here at once, and on every other node', async () => {
    const node = await server.anotherNode()
    const { id, apiKey } = await make()
    expect(await statusOf(apiKey, node.address)).toBe(200)
    const { body } = await client.post(`/api-keys/${id}/revoke`, {})
    expect(body.revokedAt).toBe(new Date(now).toISOString())
    expect(await statusOf(apiKey)).toBe(401)
    await expect.poll(() => statusOf(apiKey, node.address)).toBe(401)
  })

  it('keeps the moment of the first revocation, and may end the tokens later', async () => {
    const { id } = await make()
    const first = (await client.post(`/api-keys/${id}/revoke`, {})).body
    now += minute
    expect((await client.post(`/api-keys/${id}/revoke`, {})).body).toEqual(first)
    const { body } = await client.post(`/api-keys/${id}/revoke`, { tokens: true })
    expect(body.revokedAt).toBe(first.revokedAt)
    const cutOffs = await server.db.read.selectFrom('cut_offs').selectAll().where('subject_id', '=', id).execute()
    expect(cutOffs.map(({ reach }) => reach)).toEqual(['client'])
  })

  it('lets a key manage only keys whose scopes it holds itself', async () => {
    const { apiKey } = await make({ scopes: ['api-keys:write', 'api-keys:read', 'tiers:read'] })
    const weak = using(apiKey)
    const child = await weak.post('/api-keys', { name: 'Child', scopes: ['tiers:read'] })
    expect(child.status).toBe(200)
    expect((await weak.post(`/api-keys/${child.body.id}/rotate`, {})).status).toBe(200)
    const stronger = await make({ scopes })
    expect((await weak.patch(`/api-keys/${stronger.id}`, { name: 'Renamed' })).status).toBe(200)
    expect((await weak.patch(`/api-keys/${stronger.id}`, { expiresAt: null })).body.code).toBe('scope_exceeded')
  })

  it('refuses no scopes, unknown ones and the same one twice', async () => {
    for (const bad of [[], ['tiers:delete'], ['tiers:read', 'tiers:read']]) {
      expect((await client.post('/api-keys', { name: 'Shop', scopes: bad })).status).toBe(400)
    }
  })
})

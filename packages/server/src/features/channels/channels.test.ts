import { scopes } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('channels on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  it('needs name and kind only and answers every field', async () => {
    const { body } = await client.post('/channels', { name: 'Web chat', kind: 'web' })
    expect(body).toEqual({
      id: expect.any(String),
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
      name: 'Web chat',
      kind: 'web',
      description: null,
      identifierKind: 'opaque',
      defaultCountry: null,
      provisioning: 'automatic',
      admission: 'open',
      defaultTierId: null,
      defaultExternalUserGroupId: null,
      tokenLifetimeSeconds: null,
      archivedAt: null,
      workspaceId: server.workspaceId,
    })
    expect((await client.get(`/channels/${body.id}`)).body).toEqual(body)
  })

  it('cannot be found by who comes in while it is archived, and its people stay readable', async () => {
    const user = await makeExternalUser(client)
    const path = `/channels/${user.channelId}`
    const archived = await client.post(`${path}/archive`)
    expect(archived.body.archivedAt).toBe(archived.body.updatedAt)
    expect((await client.post(`${path}/archive`)).headers.get('etag')).toBe(archived.headers.get('etag'))
    const login = { channelId: user.channelId, id: user.id }
    const created = { channelId: user.channelId, externalId: 'crm-new' }
    expect((await client.post('/external-users/authenticate', login)).body.code).toBe('channel_not_found')
    expect((await client.post('/external-users', created)).body.code).toBe('channel_not_found')
    expect((await client.get(`/external-users/${user.id}`)).status).toBe(200)
    expect((await client.get(`/channels?archived=true&ids=${user.channelId}`)).body).toHaveLength(1)
    expect((await client.get(`/channels?archived=false&ids=${user.channelId}`)).body).toEqual([])
    expect((await client.post(`${path}/unarchive`)).body.archivedAt).toBeNull()
    expect((await client.post('/external-users/authenticate', login)).status).toBe(200)
  })

  it('opens a door that a reviewer guards only for a key that may', async () => {
    const { id } = await makeChannel(client, { admission: 'referral' })
    const weak = await server.clientWith(scopes.filter((scope) => scope !== 'channels:admission'))
    const refused = await weak.patch(`/channels/${id}`, { admission: 'open' })
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      403,
      'scope_missing',
      expect.stringContaining('channels:admission'),
    ])
    expect((await client.get(`/channels/${id}`)).body.admission).toBe('referral')
    expect((await weak.patch(`/channels/${id}`, { admission: 'referral', name: 'Still guarded' })).status).toBe(200)
    expect((await client.patch(`/channels/${id}`, { admission: 'open' })).body.admission).toBe('open')
    expect((await weak.patch(`/channels/${id}`, { admission: 'referral' })).body.admission).toBe('referral')
  })

  it('can be deleted until somebody comes in by it, and not even after that person is erased', async () => {
    const unused = await makeChannel(client)
    expect((await client.delete(`/channels/${unused.id}`)).body).toEqual({ message: expect.any(String) })
    expect((await client.get(`/channels/${unused.id}`)).status).toBe(404)
    const user = await makeExternalUser(client)
    await client.post(`/external-users/${user.id}/erase`)
    expect((await client.delete(`/channels/${user.channelId}`)).body.code).toBe('channel_in_use')
  })

  it('keeps its identifier kind once an account exists, and everything else can change', async () => {
    const { id } = await makeChannel(client)
    expect((await client.patch(`/channels/${id}`, { identifierKind: 'username' })).body.identifierKind).toBe('username')
    await makeExternalUser(client, { channelId: id })
    expect((await client.patch(`/channels/${id}`, { identifierKind: 'email' })).body.code).toBe('identifier_kind_fixed')
    const change = { identifierKind: 'username', kind: 'portal', provisioning: 'manual', tokenLifetimeSeconds: 60 }
    expect((await client.patch(`/channels/${id}`, change)).body).toMatchObject(change)
  })

  it('gives its group to new accounts and its tier to none', async () => {
    const { id: defaultExternalUserGroupId } = await makeGroup(client)
    const { id: defaultTierId } = await makeTier(client)
    const { id: channelId } = await makeChannel(client, { defaultExternalUserGroupId, defaultTierId })
    expect(await makeExternalUser(client, { channelId })).toMatchObject({
      externalUserGroupId: defaultExternalUserGroupId,
      tierId: null,
    })
    const own = (await makeGroup(client)).id
    expect((await makeExternalUser(client, { channelId, externalUserGroupId: own })).externalUserGroupId).toBe(own)
  })

  it('takes only countries that have a calling code', async () => {
    for (const defaultCountry of ['XX', 'de', 'DEU']) {
      const { status, body } = await client.post('/channels', { name: 'Calls', kind: 'voice', defaultCountry })
      expect([status, body.issues[0].path]).toEqual([400, 'defaultCountry'])
    }
    expect((await makeChannel(client, { defaultCountry: 'CH' })).defaultCountry).toBe('CH')
  })

  it('finds by a part of name or description', async () => {
    const { id } = await makeChannel(client, { name: 'Zürich desk', description: 'Beside the lake' })
    for (const search of ['zurich', 'LAKE']) {
      expect((await client.get(`/channels?search=${search}`)).body.map((c: { id: string }) => c.id)).toEqual([id])
    }
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('external user groups on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  const idsOf = async (query: string) =>
    (await client.get(`/external-user-groups?${query}`)).body.map(({ id }: { id: string }) => id)

  it('answers exactly the published fields, all nullable ones null by default', async () => {
    const { body } = await client.post('/external-user-groups', {})
    expect(body).toEqual({
      id: expect.any(String),
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
      externalId: null,
      name: null,
      tierId: null,
      workspaceId: server.workspaceId,
    })
  })

  it('clears with null, keeps what is absent', async () => {
    const group = await makeGroup(client, { externalId: 'acme-1', tierId: (await makeTier(client)).id })
    const { body } = await client.patch(`/external-user-groups/${group.id}`, { tierId: null })
    expect(body).toEqual({ ...group, tierId: null, updatedAt: body.updatedAt })
  })

  it('keeps an external id unique in the workspace and frees it with the group', async () => {
    const { id } = await makeGroup(client, { externalId: 'acme-2' })
    const second = () => client.post('/external-user-groups', { externalId: 'acme-2' })
    expect((await second()).body.code).toBe('external_id_taken')
    const stranger = (await server.otherWorkspace()).client
    expect((await stranger.post('/external-user-groups', { externalId: 'acme-2' })).status).toBe(200)
    await client.delete(`/external-user-groups/${id}`)
    expect((await second()).status).toBe(200)
  })

  it('leaves its external users and channels behind without a group, and raises their versions', async () => {
    const { id } = await makeGroup(client)
    const user = await makeExternalUser(client, { externalUserGroupId: id })
    const channel = await makeChannel(client, { defaultExternalUserGroupId: id })
    expect((await client.delete(`/external-user-groups/${id}`)).body).toEqual({ message: expect.any(String) })
    const { body, headers } = await client.get(`/external-users/${user.id}`)
    expect([body.externalUserGroupId, headers.get('etag')]).toEqual([null, '"2"'])
    const left = await client.get(`/channels/${channel.id}`)
    expect([left.body.defaultExternalUserGroupId, left.headers.get('etag')]).toEqual([null, '"2"'])
  })

  it('is found by external id, tier and a part of name or external id', async () => {
    const { id: tierId } = await makeTier(client)
    const { id } = await makeGroup(client, { name: 'Crème & Co', externalId: 'crm-Ünique', tierId })
    for (const query of [
      `externalId=${encodeURIComponent('crm-Ünique')}`,
      `tierIds=${tierId}`,
      'search=creme',
      'search=crm-un',
    ]) {
      expect(await idsOf(query)).toEqual([id])
    }
    expect(await idsOf('externalId=crm-')).toEqual([])
    expect(await idsOf(`search=creme&tierIds=${(await makeTier(client)).id}`)).toEqual([])
  })
})

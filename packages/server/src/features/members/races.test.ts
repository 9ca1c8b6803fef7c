// Members who change each other at the same moment, on two nodes.
import type { Role } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('races of members on $name', (kind) => {
  let server: TestServer
  let address: string

  beforeAll(async () => {
    server = await startTestServer(kind)
    address = (await server.anotherNode()).address
  })
  afterAll(() => server.close())

  const pairOf = async (role: Role) => {
    const { workspaceId } = await server.otherWorkspace()
    const [first, second] = await Promise.all([
      server.memberWith(role, { workspaceId }),
      server.memberWith(role, { workspaceId }),
    ])
    return { workspaceId, first, second, there: createClient(address, second.client.key) }
  }
  const owners = (workspaceId: string) =>
    server.db.read
      .selectFrom('members')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('role', '=', 'owner')
      .where('removed_at', 'is', null)
      .execute()

  it('of two owners who demote or remove each other exactly one stays', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { workspaceId, first, second, there } = await pairOf('owner')
      const act = (client: Client, id: string) =>
        round % 2 ? client.delete(`/members/${id}`) : client.patch(`/members/${id}`, { role: 'viewer' })
      const replies = await Promise.all([act(first.client, second.id), act(there, first.id)])
      expect(replies.map(({ status }) => status).toSorted()[0]).toBe(200)
      expect(['unauthorized', 'role_insufficient']).toContain(replies.find(({ status }) => status !== 200)?.body.code)
      expect(await owners(workspaceId)).toHaveLength(1)
    }
  })

  it('of two owners who both step down exactly one stays', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { workspaceId, first, second, there } = await pairOf('owner')
      const replies = await Promise.all([
        first.client.patch(`/members/${first.id}`, { role: 'admin' }),
        round % 2 ? there.delete(`/members/${second.id}`) : there.patch(`/members/${second.id}`, { role: 'viewer' }),
      ])
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409])
      expect(replies.find(({ status }) => status === 409)?.body.code).toBe('last_owner')
      expect(await owners(workspaceId)).toHaveLength(1)
    }
  })

  it('a last owner stays though another was invited, and leaves once that one has joined', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const { id, client } = await server.memberWith('owner', { workspaceId })
    const pending = { email: 'pending@example.com', firstname: 'Pia', lastname: 'Pend', role: 'owner' }
    expect((await client.post('/members', pending)).status).toBe(200)
    for (const reply of [
      await client.delete(`/members/${id}`),
      await client.patch(`/members/${id}`, { role: 'admin' }),
    ])
      expect([reply.status, reply.body.code]).toEqual([409, 'last_owner'])
    await server.memberWith('owner', { workspaceId })
    expect((await client.patch(`/members/${id}`, { role: 'admin' })).status).toBe(200)
  })

  it('a member who is being removed leaves neither a token nor a member behind', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { first, second, there } = await pairOf('owner')
      const [made, invited] = await Promise.all([
        there.post(`/members/${second.id}/tokens`, { name: 'Late' }),
        there.post('/members', { email: 'late@example.com', firstname: 'La', lastname: 'Te', role: 'owner' }),
        first.client.delete(`/members/${second.id}`),
      ])
      expect([200, 401]).toContain(invited.status)
      if (made.status === 200) expect((await there.as(made.body.memberToken).get('/workspace')).status).toBe(401)
      else expect(made.status).toBe(401)
    }
  })
})

import { connect } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { scopes } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('requests that were on their way when their key was revoked, on $name', (kind) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  /** Sends the head of a POST, revokes its key with its tokens, and then sends the body. */
  async function late(path: string, body: object): Promise<string> {
    const client = await server.clientWith(scopes)
    const text = JSON.stringify(body)
    const { hostname, port } = new URL(server.address)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `POST /api/v1${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ${client.key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`,
    )
    await sleep(100)
    await revoke(client)
    socket.write(text)
    const answer = await socket.toArray()
    return Buffer.concat(answer).toString()
  }

  async function revoke(client: Client): Promise<void> {
    const prefix = client.key.slice(0, 9)
    const keys = (await server.client.get('/api-keys?pageSize=100')).body as { id: string; prefix: string }[]
    const { id } = keys.find((key) => key.prefix === prefix) as { id: string }
    expect((await server.client.post(`/api-keys/${id}/revoke`, { tokens: true })).status).toBe(200)
  }

  it('get no token, whatever of them had arrived before', async () => {
    const channelId = (await makeChannel(server.client)).id
    const answer = await late('/external-users/authenticate', { channelId, externalId: 'crm-late' })
    expect(answer).toContain('HTTP/1.1 401')
    expect(answer).not.toContain('accessToken')
  })

  it('leave no key behind', async () => {
    const before = (await server.client.get('/api-keys?count=exact')).headers.get('total-count')
    const answer = await late('/api-keys', { name: 'Left behind', scopes: ['tiers:read'] })
    expect(answer).toContain('HTTP/1.1 401')
    // The key that was revoked is one more itself.
    const after = (await server.client.get('/api-keys?count=exact')).headers.get('total-count')
    expect(Number(after)).toBe(Number(before) + 1)
  })

  it('leave no living token when they race with the revocation on two nodes', async () => {
    const channelId = (await makeChannel(server.client)).id
    const node = await server.anotherNode()
    const me = async (token: string) => (await createClient(server.address, `Bearer ${token}`).get('/me')).status
    for (let round = 0; round < 5; round += 1) {
      const client = await server.clientWith(scopes)
      const clients = [client, createClient(node.address, client.key)]
      await Promise.all(clients.map((each) => each.get('/workspace')))
      const ask = async (each: Client) => {
        const tokens: string[] = []
        for (let i = 0; i < 40; i += 1) {
          const { body } = await each.post('/external-users/authenticate', { channelId, externalId: 'crm-racing' })
          if (body.accessToken) tokens.push(body.accessToken)
        }
        return tokens
      }
      const asking = clients.flatMap((each) => [ask(each), ask(each)])
      await sleep(15)
      await revoke(client)
      const tokens = (await Promise.all(asking)).flat()
      const statuses = await Promise.all(tokens.slice(-40).map(me))
      expect(statuses.filter((status) => status !== 401)).toEqual([])
    }
  })
})

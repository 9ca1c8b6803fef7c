// A secret that cannot be any is refused before the framework: in the words, and with the bounds, that it would have met there.
import { basePaths, operations, type Operation } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reply } from './client.ts'
import { testDatabases, type TestDatabaseKind } from './databases.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const kind = testDatabases[0] as TestDatabaseKind
const mistyped = (key: string) => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')
const anyId = '018f0000-0000-7000-8000-000000000000'

function seen({ status, headers, body }: Reply) {
  const fields: Record<string, string> = {}
  headers.forEach((value, name) => (fields[name] = value))
  delete fields.date
  return { status, fields, body }
}

async function countOf({ client }: TestServer, operation: string, status: number): Promise<number> {
  const { body } = await client.get('//metrics')
  const line = new RegExp(`^narthex_http_requests_total\\{operation="${operation}",status="${status}"\\} (\\d+)$`, 'm')
  return Number(line.exec(body)?.[1] ?? 0)
}

describe('a mistyped key', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  // The router also understands letters as percent-encodings; what stands before it does not.
  it.each((Object.values(operations) as Operation[]).map((one) => [one.id, one] as const))(
    'is answered by %s as any other stranger is',
    async (_id, { method, surface, path }) => {
      const base = `/${basePaths[surface]}/`
      const address = base + path.slice(1).replace('{id}', anyId)
      const respelled = address.replace(base + path[1], `${base}%${path.charCodeAt(1).toString(16)}`)
      const stranger = server.client.as(mistyped(server.client.key))
      const options = {
        headers: { 'x-request-id': 'one-and-the-same' },
        ...(method !== 'GET' && method !== 'DELETE' && { body: { name: 'x' } }),
      }
      const plain = seen(await stranger.send(method, address, options))
      const framework = seen(await stranger.send(method, respelled, options))
      expect(plain).toEqual(framework)
      expect(plain.status).toBe(401)
    },
  )

  it.each(['nxk_', 'Bearer', 'Bearer nxm_short', 'Basic dXNlcjpwYXNz', 'constructor_x', 'a b c'])(
    'is as bad as the text %s',
    async (text) => {
      const headers = { 'x-request-id': 'one-and-the-same' }
      const plain = await server.client.as(text).get('/tiers', headers)
      const framework = await server.client.as(text).get('//%61pi/v1/tiers', headers)
      expect(seen(plain)).toEqual(seen(framework))
      expect(plain.status).toBe(401)
    },
  )

  it('does not hide that there is no such address or method', async () => {
    const stranger = server.client.as(mistyped(server.client.key))
    expect(await stranger.get('/nothing-here')).toMatchObject({ status: 404, body: { code: 'route_not_found' } })
    expect(await stranger.send('DELETE', '/tiers')).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
  })

  it('is counted under the operation that was meant', async () => {
    const before = await countOf(server, 'externalUsers.authenticate', 401)
    const stranger = server.client.as(mistyped(server.client.key))
    await stranger.post('/external-users/authenticate', { channelId: anyId, externalId: 'x' })
    await stranger.post('/external-users/authenticate', { channelId: anyId, externalId: 'x' })
    expect((await countOf(server, 'externalUsers.authenticate', 401)) - before).toBe(2)
    expect((await countOf(server, 'externalUsers.authenticate', 401)) - before).toBe(2)
  })

  it('leaves the connection to the request after it, and its body unread', async () => {
    const stranger = server.client.as(mistyped(server.client.key))
    for (let i = 0; i < 5; i += 1) {
      expect((await stranger.post('/tiers', { name: 'x'.repeat(60_000) })).status).toBe(401)
      expect((await server.client.get('/tiers')).status).toBe(200)
    }
  })
})

it('is refused with 429 once its address has used up its second', async () => {
  const server = await startTestServer(kind, { environment: { NARTHEX_RATE_LIMIT: '20' } })
  try {
    const stranger = server.client.as(mistyped(server.client.key))
    const replies = await Promise.all(Array.from({ length: 12 }, () => stranger.get('/tiers')))
    const refused = replies.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(replies.every(({ status }) => status === 401 || status === 429)).toBe(true)
    expect(refused[0]).toMatchObject({ body: { code: 'rate_limited' } })
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  } finally {
    await server.close()
  }
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from './databases.ts'
import { eventsOf } from './events.ts'
import { makeExternalUser } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

describe.each(testDatabases)('a request on $name', (kind) => {
  let now = Date.parse('2026-03-03T09:00:00.000Z')
  let server: TestServer

  beforeAll(async () => {
    // A clock that never shows the same time twice, as on a busy machine.
    server = await startTestServer(kind, { clock: { now: () => (now += 7) } })
  })
  afterAll(() => server.close())

  it('has one moment: what it makes, what it tells of that, and the token it issues bear the same time', async () => {
    const user = await makeExternalUser(server.client)
    const [created] = await eventsOf(server.db, user.id)
    expect(created?.occurred_at).toBe(Date.parse(user.createdAt))
    const payload = Buffer.from((user.accessToken as string).split('.')[1] as string, 'base64url').toString()
    expect((JSON.parse(payload) as { iat: number }).iat).toBe(Math.floor(Date.parse(user.createdAt) / 1000))
    const { status } = await server.client.get(`/external-users/${user.id}/access?at=${user.createdAt}`)
    expect(status).toBe(200)
  })
})

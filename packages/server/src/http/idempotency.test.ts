import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../test/databases.ts'
import { makeChannel } from '../../test/factories.ts'
import { startTestServer, type TestServer } from '../../test/test-server.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('repeating a creation on $name', (kind) => {
  let server: TestServer
  let now = Date.now()
  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
  })
  afterAll(() => server.close())

  it('gives two nodes that are asked at once the same answer, and makes one thing', async () => {
    const other = await server.anotherNode()
    const { id: channelId } = await makeChannel(server.client)
    for (let round = 0; round < 10; round += 1) {
      const body = { channelId, externalId: `crm-${randomUUID()}`, identifier: `visitor-${randomUUID()}` }
      const headers = { 'idempotency-key': randomUUID() }
      const [here, there] = await Promise.all(
        [server.client, other.client].map((client) => client.post('/external-users', body, headers)),
      )
      expect(here?.status).toBe(200)
      expect(there?.body).toEqual(here?.body)
    }
    await other.close()
  })

  it('keeps an answer for a day, and then takes the key for a new request', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const first = await server.client.post('/tiers', { name: 'Gold' }, headers)
    now += day
    expect((await server.client.post('/tiers', { name: 'Gold' }, headers)).body).toEqual(first.body)
    now += 1
    const next = await server.client.post('/tiers', { name: 'Silver' }, headers)
    expect(next.status).toBe(200)
    expect((await server.client.post('/tiers', { name: 'Silver' }, headers)).body).toEqual(next.body)
  })

  it('refuses as usual what fails after the day, and forgets nothing by it', async () => {
    const { id: channelId } = await makeChannel(server.client)
    const body = { channelId, externalId: 'crm-once' }
    const headers = { 'idempotency-key': randomUUID() }
    expect((await server.client.post('/external-users', body, headers)).status).toBe(200)
    now += day + 1
    const again = await server.client.post('/external-users', body, headers)
    expect(again).toMatchObject({ status: 409, body: { code: 'external_id_taken' } })
  })
})

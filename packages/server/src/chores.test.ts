import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../test/databases.ts'
import { makeTier } from '../test/factories.ts'
import { startTestServer, type TestServer } from '../test/test-server.ts'
import { doChores } from './chores.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('tidying up on $name', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(kind)
    await server.client.post('/tiers', { name: 'Gold' }, { 'idempotency-key': randomUUID() })
    await makeTier(server.client)
  })
  afterAll(() => server.close())

  const records = () => server.db.read.selectFrom('idempotency_records').select('created_at').execute()
  const at = (now: number) => ({ now: () => now })

  it('keeps the answer of a creation for a day, for whoever repeats it', async () => {
    await doChores(server.db, at(Date.now() + day - 60_000), randomUUID())
    expect(await records()).toHaveLength(1)
  })

  it('leaves it to another process that is at it', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    await doChores(server.db, at(Date.now() + day - 30_000), one)
    await doChores(server.db, at(Date.now() + day + 30_000), other)
    expect(await records()).toHaveLength(1)
  })

  it('deletes it after the day', async () => {
    await doChores(server.db, at(Date.now() + 2 * day), randomUUID())
    expect(await records()).toEqual([])
  })
})

import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient } from '../test/browser-client.ts'
import { testDatabases } from '../test/databases.ts'
import { makeTier } from '../test/factories.ts'
import { settableClock } from '../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../test/test-server.ts'
import { doChores } from './chores.ts'

const minute = 60_000
const day = 24 * 60 * minute
const log = pino({ level: 'silent' })

describe.each(testDatabases)('tidying up on $name', (kind) => {
  let server: TestServer
  let made: number
  beforeAll(async () => {
    server = await startTestServer(kind)
    await server.client.post('/tiers', { name: 'Gold' }, { 'idempotency-key': randomUUID() })
    await makeTier(server.client)
    made = (await records())[0]?.created_at as number
  })
  afterAll(() => server.close())

  const records = () => server.db.read.selectFrom('idempotency_records').select('created_at').execute()
  const clock = settableClock()
  const choresAt = (now: number, holder: string = randomUUID()) => {
    clock.at = now
    return doChores({ db: server.db, clock, log, secret: testSecret, publicUrl: server.address }, holder)
  }

  it('keeps the answer of a creation for a day, for whoever repeats it', async () => {
    await choresAt(made + day - 2 * minute)
    expect(await records()).toHaveLength(1)
  })

  it('leaves it to another process that is at it', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    await choresAt(made + day - minute / 2, one)
    await choresAt(made + day + minute / 2 - 1, other)
    expect(await records()).toHaveLength(1)
  })

  it('deletes it after the day', async () => {
    await choresAt(made + day + 2 * minute)
    expect(await records()).toEqual([])
  })

  it('deletes sign-ins that have ended and invitations that nobody accepted in time, and no others', async () => {
    const browser = createBrowserClient(server.address)
    await browser.post('/console/sign-in/token', { memberToken: server.owner.key })
    const member = { email: 'late@example.com', firstname: 'La', lastname: 'Te', role: 'viewer' }
    await server.owner.post('/members', member)
    const left = async () =>
      (
        await Promise.all(
          (['sessions', 'member_invitations'] as const).map((table) =>
            server.db.read.selectFrom(table).select('secret_hash').execute(),
          ),
        )
      ).map((rows) => rows.length)
    const now = Date.now() + 3 * day
    await server.db.write((tx) => tx.updateTable('leases').set({ expires_at: 0 }).execute())
    await choresAt(Date.now() + 50 * minute)
    expect(await left()).toEqual([1, 1])
    await choresAt(now)
    expect(await left()).toEqual([0, 1])
    await choresAt(now + 5 * day)
    expect(await left()).toEqual([0, 0])
  })
})

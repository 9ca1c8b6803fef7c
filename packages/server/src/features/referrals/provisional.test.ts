// Which referrals give provisional access, and until when; what comes of it at the door is tested there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeReferral, makeTier } from '../../../test/factories.ts'
import { freshEmail, withdraw } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const hour = 60 * 60 * 1000

describe.each(testDatabases)('provisional access on $name is given by', (kind) => {
  const clock = settableClock()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
  })
  afterAll(() => server.close())

  const provide = async (hours: number | null) => {
    const provisionalAccess = hours === null ? null : { tierId: (await makeTier(server.client)).id, hours }
    expect((await server.client.patch('/workspace', { policies: { provisionalAccess } })).status).toBe(200)
  }
  /** As the event tells it. */
  const until = async (email: string) => {
    const referral = await makeReferral(server.owner, server.workspaceId, { email })
    const [event] = await eventsOf(server.db, referral.id)
    await withdraw(server.owner, referral)
    return JSON.parse(event?.after as string).provisionalUntil
  }

  it('no referral while the policy is off', async () => {
    expect(await until(freshEmail())).toBeNull()
  })

  it('the first referral of a person, for the hours that the policy says, and no later one', async () => {
    const email = freshEmail()
    await provide(5)
    expect(await until(email)).toBe(new Date(clock.at + 5 * hour).toISOString())
    await provide(24)
    expect(await until(email)).toBeNull()
    expect(await until(freshEmail())).toBe(new Date(clock.at + 24 * hour).toISOString())
    await provide(null)
  })

  it('no referral of a person who was referred before the policy was on', async () => {
    const email = freshEmail()
    await until(email)
    await provide(24)
    expect(await until(email)).toBeNull()
    await provide(null)
  })
})

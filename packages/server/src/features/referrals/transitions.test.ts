// Every way from one status to another, allowed and forbidden, from a table.
import { referralStatuses, type Referral, type ReferralStatus } from '@narthex/contract'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, readReferral, refusal, withdraw } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'
import { doChores } from '../../chores.ts'

/** A reviewer's decisions; nothing else is drawn. */
const decisions: Readonly<Record<ReferralStatus, readonly ReferralStatus[]>> = {
  REFERRED: ['ADMITTED', 'REJECTED'],
  ADMITTED: ['REVOKED'],
  REJECTED: ['ADMITTED'],
  REVOKED: ['ADMITTED'],
  WITHDRAWN: [],
  EXPIRED: ['ADMITTED'],
}
const minute = 60_000

const pairs = referralStatuses.flatMap((from) => referralStatuses.map((to) => [from, to] as const))

describe.each(testDatabases)('the status of a referral on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    reviewer = await server.memberWith('reviewer', { firstname: 'Rita', lastname: 'Reis' })
  })
  afterAll(() => server.close())

  const inOneMinute = () => new Date(clock.at + minute).toISOString()
  const chores = () =>
    doChores(
      { db: server.db, clock, log: pino({ level: 'silent' }), secret: testSecret, publicUrl: server.address },
      'one',
    )

  /** A referral that came to the status by the shortest way. */
  const referralIn = async (status: ReferralStatus): Promise<Referral> => {
    const referral = await makeReferral(server.owner, server.workspaceId)
    const review = (to: string, more = {}) => decide(reviewer.client, referral, { status: to, ...more })
    if (status === 'WITHDRAWN') await withdraw(server.owner, referral)
    else if (status === 'REVOKED') {
      await review('ADMITTED')
      await review('REVOKED')
    } else if (status === 'EXPIRED') {
      await review('ADMITTED', { admittedUntil: inOneMinute() })
      clock.at += minute
      await chores()
    } else if (status !== 'REFERRED') await review(status)
    const shown = await readReferral(server.owner, referral)
    expect(shown.status).toBe(status)
    return shown
  }

  it.each(pairs)('goes from %s to %s only where that is drawn', async (from, to) => {
    const before = await referralIn(from)
    const history = await decisionsOf(server.owner, before)
    const events = await eventsOf(server.db, before.id)
    const reply = await decide(reviewer.client, before, { status: to, reviewerComment: 'Because' })
    if (!decisions[from].includes(to)) {
      const message = `The referral does not go from ${from} to ${to}.`
      expect(refusal(reply)).toEqual([409, 'narthex.referral.conflict', message])
      expect(await readReferral(server.owner, before)).toEqual(before)
      expect(await decisionsOf(server.owner, before)).toEqual(history)
      expect(await eventsOf(server.db, before.id)).toHaveLength(events.length)
      return
    }
    const { meta: _, ...after } = reply.body
    const at = new Date(clock.at).toISOString()
    expect([reply.status, after]).toEqual([
      200,
      {
        ...before,
        status: to,
        meta: undefined,
        reviewerUser: { userId: reviewer.id, firstname: 'Rita', lastname: 'Reis', email: reviewer.email },
        reviewerComment: 'Because',
        reviewedAt: at,
      },
    ])
    expect(reply.headers.get('etag')).toBe(`"${reply.body.meta.version}"`)
    expect(reply.body.meta.version).toMatch(new RegExp(`^${events.length + 1}\\.`))
    const made = { from, to, by: after.reviewerUser, comment: 'Because', admittedUntil: null, override: false, at }
    expect(await decisionsOf(server.owner, before)).toEqual([...history, made])
    const last = (await eventsOf(server.db, before.id)).at(-1)
    expect([last?.type, last?.actor_kind, last?.actor_id]).toEqual([
      `referral.${to.toLowerCase()}`,
      'member',
      reviewer.id,
    ])
  })

  it.each(referralStatuses)('is withdrawn from %s only while it waits for its decision', async (from) => {
    const before = await referralIn(from)
    const reply = await withdraw(server.owner, before)
    if (from !== 'REFERRED') {
      const message = `A referral that is ${from} is not withdrawn.`
      expect(refusal(reply)).toEqual([409, 'narthex.referral.conflict', message])
      expect(await readReferral(server.owner, before)).toEqual(before)
      return
    }
    expect([reply.status, reply.body]).toEqual([204, ''])
    const after = await readReferral(server.owner, before)
    expect(after).toEqual({ ...before, status: 'WITHDRAWN', meta: { version: expect.stringMatching(/^2\./) } })
    const by = { userId: server.ownerId, firstname: 'First', lastname: 'Owner', email: 'owner@narthex.invalid' }
    expect(await decisionsOf(server.owner, before)).toMatchObject([{ from, to: 'WITHDRAWN', by, comment: null }])
    expect((await eventsOf(server.db, before.id)).map(({ type }) => type)).toEqual([
      'referral.referred',
      'referral.withdrawn',
    ])
  })
})

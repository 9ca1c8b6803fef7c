// The referrals of the demo: what the API shows and decides on them is what it would have written itself.
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeReferral } from '../../../test/factories.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { systemContext } from '../../initialise.ts'
import { systemClock } from '../../lib/clock.ts'
import { loadDemo } from './load.ts'
import { demoReferrals, type DemoReferralOptions } from './referral-world.ts'
import { memberTemplates } from './referral-templates.ts'
import { demoWorld } from './world.ts'

const now = Date.UTC(2026, 4, 17, 12, 30, 15, 250)
const day = 86_400_000

function referralsOf(size: number, options: Partial<DemoReferralOptions> = {}) {
  const { externalUsers } = demoWorld({ seed: 'first', scope: 'workspace-a', size: 2_000, now })
  return [...demoReferrals({ seed: 'first', scope: 'workspace-a', size, now, externalUsers, ...options })]
}

describe('the referrals of a demo world', () => {
  const many = referralsOf(20_000)

  it('repeat, and a larger world begins with the smaller one', () => {
    expect(referralsOf(500)).toEqual(many.slice(0, 500))
    const strip = ({ id: _id, superIdentityId: _person, ...rest }: (typeof many)[number]) => rest
    expect(referralsOf(50, { scope: 'workspace-b' }).map(strip)).toEqual(many.slice(0, 50).map(strip))
    expect(referralsOf(50, { seed: 'second' })[5]).not.toMatchObject({ referredAt: many[5]?.referredAt })
  })

  it('name every person and every address once', () => {
    expect(new Set(many.map(({ email }) => email.toLowerCase())).size).toBe(many.length)
    expect(new Set(many.flatMap(({ id, superIdentityId }) => [id, superIdentityId])).size).toBe(2 * many.length)
    const tooLong = many.filter(({ firstname, lastname }) => [firstname, lastname].some((name) => name.length > 100))
    expect(tooLong).toEqual([])
  })

  it('happen in order, and nothing of it after now but the ends of admissions', () => {
    const wrong = many.filter(({ referredAt, decisions }) => {
      const moments = [referredAt, ...decisions.map(({ at }) => at)]
      return moments.some((at, i) => !Number.isInteger(at) || at > now || at < (moments[i - 1] ?? now - 730 * day))
    })
    expect(wrong).toEqual([])
    const open = many.filter(({ decisions }) => decisions.at(-1)?.to === 'ADMITTED')
    expect(open.filter(({ decisions }) => (decisions.at(-1)?.admittedUntil ?? Infinity) <= now)).toEqual([])
  })

  it('are decided by nobody who referred them', () => {
    const roles = new Map(memberTemplates.map(({ key, role }) => [key, role]))
    const wrong = many.filter(({ referrer, decisions }) =>
      decisions.some(({ to, by }) =>
        to === 'EXPIRED'
          ? by !== null
          : to === 'WITHDRAWN'
            ? by !== referrer
            : by === referrer || !['owner', 'admin', 'reviewer'].includes(roles.get(by as string) as string),
      ),
    )
    expect(wrong).toEqual([])
  })

  it('leave a queue of the last two weeks, and every other state', () => {
    const share = (status: string) =>
      many.filter(({ decisions }) => (decisions.at(-1)?.to ?? 'REFERRED') === status).length / many.length
    expect(share('REFERRED')).toBeCloseTo(0.12, 1)
    expect(share('ADMITTED')).toBeCloseTo(0.54, 1)
    for (const status of ['REJECTED', 'REVOKED', 'WITHDRAWN', 'EXPIRED']) expect(share(status)).toBeGreaterThan(0.02)
    const waiting = many.filter(({ decisions }) => decisions.length === 0)
    expect(Math.min(...waiting.map(({ referredAt }) => referredAt))).toBeGreaterThan(now - 15 * day)
  })
})

describe.each(testDatabases)('a demo with referrals on $name', (kind) => {
  let server: TestServer
  let guarded: string

  const load = (referrals: number) => {
    const { db, workspaceId, address } = server
    const log = pino({ level: 'silent' })
    const operator = { db, clock: systemClock, log, secret: testSecret, publicUrl: address }
    const silent = { onProgress() {}, onReferrals() {} }
    return loadDemo(systemContext(operator, workspaceId), { seed: 'narthex', size: 60, referrals, ...silent })
  }
  const authenticate = (identifier: string) =>
    server.client.post('/external-users/authenticate', { channelId: guarded, identifier })
  const byStatus = () =>
    server.db.read
      .selectFrom('referrals')
      .select((eb) => ['referrer_id', 'status', eb.fn.countAll<number>().as('count')])
      .groupBy(['referrer_id', 'status'])
      .orderBy('referrer_id')
      .orderBy('status')
      .execute()

  beforeAll(async () => {
    server = await startTestServer(kind)
    guarded = (await load(150)).referred.guardedChannel
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  it('grows to what is asked for, and is refused when all of it is there', async () => {
    expect((await load(400)).referred).toMatchObject({ referrals: 400, created: 250 })
    await expect(load(400)).rejects.toThrow('is in the workspace already')
    await expect(load(100)).rejects.toThrow('is in the workspace already')
    expect((await server.client.get('/members?pageSize=100')).body).toHaveLength(memberTemplates.length + 1)
  })

  it('counts what is there', async () => {
    const counted = await server.db.read
      .selectFrom('referral_counts')
      .select(['referrer_id', 'status', 'count'])
      .where('count', '>', 0)
      .orderBy('referrer_id')
      .orderBy('status')
      .execute()
    expect(counted).toEqual(await byStatus())
    expect(new Set(counted.map(({ status }) => status)).size).toBe(6)
  })

  it('has a decision for every step, and a version and an event for every write', async () => {
    const rows = await server.db.read.selectFrom('referrals').selectAll().execute()
    const decisions = await server.db.read.selectFrom('referral_decisions').selectAll().orderBy('number').execute()
    for (const row of rows) {
      const own = decisions.filter(({ referral_id }) => referral_id === row.id)
      const steps = ['REFERRED', ...own.map(({ to_status }) => to_status)]
      expect(own.map(({ from_status }) => from_status)).toEqual(steps.slice(0, -1))
      expect([row.status, row.version, row.decision_count]).toEqual([steps.at(-1), steps.length, own.length])
      expect((await eventsOf(server.db, row.id)).map(({ type }) => type)).toEqual(
        steps.map((status) => `referral.${status.toLowerCase()}`),
      )
    }
  })

  it('tells of each as the API tells of what happens now', async () => {
    const { id } = await makeReferral(server.owner, server.workspaceId, { firstname: 'Ada', lastname: 'Doe' })
    const reviewer = (await server.memberWith('reviewer')).client
    const path = `referral:/external-users/${id}`
    for (const status of ['ADMITTED', 'REVOKED']) {
      const tag = (await reviewer.get(path)).headers.get('etag') as string
      expect((await reviewer.patch(path, { status }, { 'if-match': tag })).status).toBe(200)
    }
    const all = await server.db.read.selectFrom('events').selectAll().where('subject_kind', '=', 'referral').execute()
    const shapeOf = ({ before, after }: (typeof all)[number]) =>
      [before, after].map((side) => Object.keys(JSON.parse(side ?? '{}') as object).toSorted())
    for (const made of all.filter(({ subject_id }) => subject_id === id)) {
      const alike = all.find(({ type, subject_id }) => type === made.type && subject_id !== id)
      expect(shapeOf(alike as (typeof all)[number])).toEqual(shapeOf(made))
    }
  })

  it('lets in who was admitted, and nobody who waits', async () => {
    const [katherine, grace] = [
      await authenticate('katherine.johnson@example.com'),
      await authenticate('grace.hopper@example.com'),
    ]
    expect([katherine.status, grace.status, grace.body.code]).toEqual([200, 403, 'admission_required'])
  })

  it('offers a queue that can be decided, with evidence of who has written before', async () => {
    const waiting = await server.db.read
      .selectFrom('referrals')
      .select('id')
      .where('referred_email', '=', 'grace.hopper@example.com')
      .executeTakeFirstOrThrow()
    const path = `referral:/external-users/${waiting.id}`
    const evidence = (await server.owner.get(`${path}/evidence`)).body
    expect(evidence.accounts).toMatchObject([{ channelName: 'E-mail', match: 'email' }])
    const tag = (await server.owner.get(path)).headers.get('etag') as string
    const decided = await server.owner.patch(path, { status: 'ADMITTED' }, { 'if-match': tag })
    expect([decided.status, decided.body.status]).toEqual([200, 'ADMITTED'])
    expect((await authenticate('grace.hopper@example.com')).status).toBe(200)
  })
})

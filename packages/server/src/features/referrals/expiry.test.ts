// Admissions with an end: the clock decides at once, a chore records it later, and every write finds it recorded.
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, freshEmail, readReferral, refer, refusal, tagOf } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'
import { doChores } from '../../chores.ts'

const minute = 60_000
const log = pino({ level: 'silent' })

describe.each(testDatabases)('an admission with an end on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    reviewer = await server.memberWith('reviewer')
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  const chores = (holder = 'one') =>
    doChores({ db: server.db, clock, log, secret: testSecret, publicUrl: server.address }, holder)
  const path = (id: string) => `referral:/external-users/${id}`
  const inOneMinute = () => new Date(clock.at + minute).toISOString()
  const admitted = async (email = freshEmail()) => {
    const referral = await makeReferral(server.owner, server.workspaceId, { email })
    const reply = await decide(reviewer.client, referral, { status: 'ADMITTED', admittedUntil: inOneMinute() })
    expect(reply.status).toBe(200)
    return reply.body as { id: string; meta: { version: string } }
  }
  const rowOf = (id: string) =>
    server.db.read.selectFrom('referrals').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

  it('shows as over at its very end, with another entity tag, before anything is recorded', async () => {
    const { id, meta } = await admitted()
    const read = () => reviewer.client.get(path(id), { 'if-none-match': `"${meta.version}"` })
    clock.at += minute - 1
    expect((await read()).status).toBe(304)
    clock.at += 1
    const { status, body } = await read()
    expect([status, body.status]).toEqual([200, 'EXPIRED'])
    expect(body.reviewerUser.userId).toBe(reviewer.id)
    expect((await rowOf(id)).status).toBe('ADMITTED')
    expect(await decisionsOf(reviewer.client, { id })).toHaveLength(1)
  })

  it('gets its end recorded later, once, as of the moment it was due and by the service itself', async () => {
    const { id } = await admitted()
    const endsAt = inOneMinute()
    clock.at += minute - 1
    await chores()
    expect((await rowOf(id)).status).toBe('ADMITTED')
    clock.at += 5 * minute
    const shown = await readReferral(reviewer.client, { id })
    await chores()
    await chores()
    const after = await readReferral(reviewer.client, { id })
    expect(after).toEqual({ ...shown, meta: { version: expect.stringMatching(/^3\./) } })
    expect((await decisionsOf(reviewer.client, { id })).slice(1)).toEqual([
      { from: 'ADMITTED', to: 'EXPIRED', by: null, comment: null, admittedUntil: null, override: false, at: endsAt },
    ])
    const events = (await eventsOf(server.db, id)).slice(2)
    expect(
      events.map(({ type, actor_kind, actor_id, subject_version }) => [type, actor_kind, actor_id, subject_version]),
    ).toEqual([['referral.expired', 'system', null, 3]])
    expect(JSON.parse(events[0]?.after as string)).toEqual({ status: 'EXPIRED', comment: null, at: endsAt })
  })

  it('is admitted again over what a caller was shown, recorded or not', async () => {
    for (const recorded of [false, true]) {
      const referral = await admitted()
      clock.at += 2 * minute
      if (recorded) await chores()
      const tag = await tagOf(reviewer.client, referral)
      const reply = await reviewer.client.patch(path(referral.id), { status: 'ADMITTED' }, tag)
      expect([reply.status, reply.body.status]).toEqual([200, 'ADMITTED'])
      expect((await decisionsOf(reviewer.client, referral)).map(({ from, to }) => [from, to])).toEqual([
        ['REFERRED', 'ADMITTED'],
        ['ADMITTED', 'EXPIRED'],
        ['EXPIRED', 'ADMITTED'],
      ])
      expect((await eventsOf(server.db, referral.id)).map(({ type, actor_kind }) => [type, actor_kind])).toEqual([
        ['referral.referred', 'member'],
        ['referral.admitted', 'member'],
        ['referral.expired', 'system'],
        ['referral.admitted', 'member'],
      ])
    }
  })

  it('is not revoked once it is over, recorded or not', async () => {
    const referral = await admitted()
    const tag = await tagOf(reviewer.client, referral)
    clock.at += minute
    const expected = [409, 'narthex.referral.conflict', 'The referral does not go from EXPIRED to REVOKED.']
    const revoke = (headers: Record<string, string>) =>
      reviewer.client.patch(path(referral.id), { status: 'REVOKED' }, headers)
    expect(refusal(await revoke(tag))).toEqual(expected)
    expect((await rowOf(referral.id)).status).toBe('ADMITTED')
    await chores()
    expect((await revoke(tag)).status).toBe(412)
    expect(refusal(await revoke(await tagOf(reviewer.client, referral)))).toEqual(expected)
  })

  it('makes room for a new referral, and for another one to be admitted, the moment it is over', async () => {
    const email = freshEmail()
    const rejected = await makeReferral(server.owner, server.workspaceId, { email })
    await decide(reviewer.client, rejected, { status: 'REJECTED' })
    const first = await admitted(email)
    expect((await refer(server.owner, server.workspaceId, { email })).status).toBe(409)
    expect((await decide(reviewer.client, rejected, { status: 'ADMITTED' })).status).toBe(409)
    clock.at += minute
    const again = await decide(reviewer.client, rejected, { status: 'ADMITTED', admittedUntil: inOneMinute() })
    expect(again.status).toBe(200)
    expect((await rowOf(first.id)).status).toBe('EXPIRED')
    clock.at += minute
    expect((await refer(server.owner, server.workspaceId, { email })).status).toBe(201)
    expect((await rowOf(rejected.id)).status).toBe('EXPIRED')
  })

  it('ends once, whoever records it: a chore, a decision and a referral on two nodes at the same moment', async () => {
    const node = await server.anotherNode(clock)
    for (let round = 0; round < 5; round += 1) {
      const email = freshEmail()
      const referral = await admitted(email)
      clock.at += 2 * minute
      const tag = await tagOf(reviewer.client, referral)
      const [, admission, another] = await Promise.all([
        chores(`round ${round}`),
        reviewer.client.patch(path(referral.id), { status: 'ADMITTED' }, tag),
        refer(node.client.as(server.owner.key), server.workspaceId, { email }),
      ])
      expect([200, 409, 412]).toContain(admission.status)
      expect([201, 409]).toContain(another.status)
      expect(admission.status === 200 && another.status === 201).toBe(false)
      const ends = (await eventsOf(server.db, referral.id)).filter(({ type }) => type === 'referral.expired')
      expect(ends).toHaveLength(1)
    }
  })

  it('is recorded by one process of several, and more of them than one transaction takes', async () => {
    clock.at += 10 * minute
    await chores()
    const referrals = await Promise.all(Array.from({ length: 130 }, () => admitted()))
    clock.at += 2 * minute
    await Promise.all([chores('one'), chores('two'), chores('three')])
    for (const { id } of referrals) expect(await rowOf(id)).toMatchObject({ status: 'EXPIRED', version: 3 })
  })
})

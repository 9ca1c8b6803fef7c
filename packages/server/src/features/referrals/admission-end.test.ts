// Until when an admission lasts: what is proposed, what is named, and what the policy allows.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, refer } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('the end of an admission on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    reviewer = await server.memberWith('reviewer')
  })
  beforeEach(() => policy({ admissionDaysMax: null }))
  afterAll(() => server.close())

  const policy = async (policies: object) => {
    expect((await server.client.patch('/workspace', { policies })).status).toBe(200)
  }
  const inDays = (days: number) => new Date(clock.at + days * day).toISOString()
  const made = (fields: object = {}) => makeReferral(server.owner, server.workspaceId, { ...fields })
  const admit = (referral: { id: string }, fields: object = {}) =>
    decide(reviewer.client, referral, { status: 'ADMITTED', ...fields })
  const revoke = (referral: { id: string }) => decide(reviewer.client, referral, { status: 'REVOKED' })
  /** What the last decision gave. */
  const endOf = async (referral: { id: string }) => (await decisionsOf(reviewer.client, referral)).at(-1)?.admittedUntil
  const issue = ({ status, body }: Reply) => [status, body.errors?.[0].message]

  it('is what the referrer proposed, or what the reviewer names instead', async () => {
    const named = [
      [undefined, inDays(30)],
      [inDays(2), inDays(2)],
      [null, null],
    ] as const
    for (const [admittedUntil, expected] of named) {
      const referral = await made({ admittedUntil: inDays(30) })
      expect((await admit(referral, admittedUntil === undefined ? {} : { admittedUntil })).status).toBe(200)
      expect(await endOf(referral)).toBe(expected)
    }
    const open = await made()
    await admit(open)
    expect(await endOf(open)).toBeNull()
  })

  it('is taken from the proposal also where the first admission follows a rejection', async () => {
    const referral = await made({ admittedUntil: inDays(30) })
    await decide(reviewer.client, referral, { status: 'REJECTED' })
    await admit(referral)
    expect(await endOf(referral)).toBe(inDays(30))
  })

  it('of a second admission is only what that names', async () => {
    const referral = await made({ admittedUntil: inDays(30) })
    await admit(referral)
    await revoke(referral)
    await admit(referral)
    expect(await endOf(referral)).toBeNull()
    await revoke(referral)
    await admit(referral, { admittedUntil: inDays(3) })
    expect(await endOf(referral)).toBe(inDays(3))
  })

  it('lies in the future, and where the proposed one has passed meanwhile another has to be named', async () => {
    const referral = await made({ admittedUntil: inDays(1) })
    for (const admittedUntil of [inDays(-1), inDays(0)]) {
      expect(issue(await admit(referral, { admittedUntil }))).toEqual([400, 'admittedUntil must be in the future.'])
    }
    clock.at += day
    expect(issue(await admit(referral))).toEqual([400, 'admittedUntil must be given: the proposed end has passed.'])
    expect((await admit(referral, { admittedUntil: null })).status).toBe(200)
  })

  it('is nowhere later than the policy allows', async () => {
    await policy({ admissionDaysMax: 10 })
    const tooLate = [400, 'admittedUntil must be at most 10 days from now.']
    expect(issue(await refer(server.owner, server.workspaceId, { admittedUntil: inDays(10.001) }))).toEqual(tooLate)
    const referral = await made({ admittedUntil: inDays(10) })
    expect(issue(await admit(referral, { admittedUntil: inDays(10.001) }))).toEqual(tooLate)
    await admit(referral)
    expect(await endOf(referral)).toBe(inDays(10))
  })

  it('is the bound of the policy where there is none', async () => {
    await policy({ admissionDaysMax: 10 })
    const [open, cleared] = [await made(), await made({ admittedUntil: inDays(3) })]
    await admit(open)
    await admit(cleared, { admittedUntil: null })
    expect([await endOf(open), await endOf(cleared)]).toEqual([inDays(10), inDays(10)])
    await revoke(open)
    clock.at += day
    await admit(open)
    expect(await endOf(open)).toBe(inDays(10))
  })

  it('has to be named where a stricter policy came after the proposal', async () => {
    const referral = await made({ admittedUntil: inDays(30) })
    await policy({ admissionDaysMax: 10 })
    const expected = 'admittedUntil must be given, at most 10 days from now: the proposed end is later.'
    expect(issue(await admit(referral))).toEqual([400, expected])
    expect((await admit(referral, { admittedUntil: inDays(10) })).status).toBe(200)
  })
})

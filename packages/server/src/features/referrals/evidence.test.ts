import { randomUUID } from 'node:crypto'
import type { Evidence } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const path = (id: string) => `referral:/external-users/${id}`
const hour = 3_600_000

describe.each(testDatabases)('the evidence on a referral on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let client: Client
  let reviewer: TestMemberClient
  let referrer: TestMemberClient
  let guarded: string

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    client = server.client
    reviewer = await server.memberWith('reviewer', { firstname: 'Rosa', lastname: 'Reviewer' })
    referrer = await server.memberWith('referrer')
    guarded = (await makeChannel(client, { name: 'Field app', identifierKind: 'email', admission: 'referral' })).id
  })
  afterAll(() => server.close())

  const address = () => `${randomUUID()}@example.com`
  const refer = (fields: object = {}, by = referrer) => makeReferral(by.client, server.workspaceId, { ...fields })
  const evidence = async (id: string, by: Client = reviewer.client): Promise<Evidence> => {
    const { status, body } = await by.get(`${path(id)}/evidence`)
    expect([status, body]).toEqual([200, expect.anything()])
    return body
  }
  const review = async (id: string, body: object) => {
    const tag = (await reviewer.client.get(path(id))).headers.get('etag') as string
    const reply = await reviewer.client.patch(path(id), body, { 'if-match': tag })
    expect([reply.status, reply.body]).toEqual([200, expect.anything()])
    return reply.body
  }
  const iso = () => new Date(clock.at).toISOString()
  const later = (ms = hour) => void (clock.at += ms)
  const byReviewer = () => ({
    userId: reviewer.id,
    firstname: 'Rosa',
    lastname: 'Reviewer',
    email: reviewer.email,
  })

  it('says of somebody nobody knows that there is nothing', async () => {
    const alone = await server.memberWith('referrer')
    const { id } = await refer({}, alone)
    expect(await evidence(id)).toEqual({
      accounts: [],
      refusals: [],
      blocks: [],
      usage: { accounts: 0, firstSeenAt: null, lastSeenAt: null },
      referrer: {
        referred: 0,
        admitted: 0,
        pending: 0,
        rejected: 0,
        revoked: 0,
        expired: 0,
        withdrawn: 0,
        blockedNow: 0,
      },
    })
  })

  describe('accounts', () => {
    it('are those of the person, and those of others by the same address or number in any spelling', async () => {
      const email = address()
      const open = (await makeChannel(client, { name: 'Help desk', identifierKind: 'email' })).id
      const phones = (await makeChannel(client, { name: 'WhatsApp', identifierKind: 'phone', defaultCountry: 'DE' })).id
      const german = (await makeChannel(client, { name: 'SMS line', identifierKind: 'phone' })).id
      const number = `+49 170 ${String(clock.at).slice(-7)}`
      const madeAt = iso()
      const own = await makeExternalUser(client, { channelId: guarded, identifier: email })
      later()
      const typed = await makeExternalUser(client, { channelId: open, identifier: ` ${email.toUpperCase()} ` })
      await client.post('/external-users/authenticate', { channelId: open, id: typed.id })
      const seenAt = iso()
      // A person with a number of its own: named by an owner, since the referrer cannot know its id.
      const caller = await makeExternalUser(client, { channelId: phones, identifier: number.replace('+49 ', '0') })
      const texter = await makeExternalUser(client, { channelId: german, identifier: number })
      await makeExternalUser(client, { channelId: open, identifier: address() })
      const { id } = await refer({ email })
      const account = { channelId: guarded, channelName: 'Field app', blocked: false, lastSeenAt: null }
      expect((await evidence(id)).accounts).toEqual([
        { ...account, externalUserId: own.id, userId: own.superIdentityId, match: 'person', firstSeenAt: madeAt },
        {
          externalUserId: typed.id,
          userId: typed.superIdentityId,
          channelId: open,
          channelName: 'Help desk',
          match: 'email',
          blocked: false,
          firstSeenAt: seenAt,
          lastSeenAt: seenAt,
        },
      ])
      const called = await makeReferral(server.owner, server.workspaceId, { userId: caller.superIdentityId })
      const { accounts } = await evidence(called.id)
      expect(accounts.map(({ externalUserId, match }) => [externalUserId, match])).toEqual([
        [caller.id, 'person'],
        [texter.id, 'phone'],
      ])
    })

    it('are found by the address of the referral alone, and are never more than fifty of either sort', async () => {
      const email = address()
      const twins: string[] = []
      for (let i = 0; i < 52; i += 1) {
        const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
        const user = await makeExternalUser(client, { channelId, identifier: email })
        later(1_000)
        if (i > 0) await client.post('/external-users/authenticate', { channelId, id: user.id })
        twins.push(user.id)
      }
      const { id } = await refer({ email })
      const { accounts } = await evidence(id)
      // The latest seen first: without the one that never was, and without the first of the others.
      expect(accounts.map(({ externalUserId }) => externalUserId)).toEqual(twins.slice(2).toReversed())
      expect(new Set(accounts.map(({ match }) => match))).toEqual(new Set(['email']))
    })

    it('of another workspace are not among them', async () => {
      const email = address()
      const other = await server.otherWorkspace()
      const channelId = (await makeChannel(other.client, { identifierKind: 'email' })).id
      const user = await makeExternalUser(other.client, { channelId, identifier: email })
      await makeBlock(other.client, { reach: 'identifier', identifier: email })
      await makeBlock(other.client, { reach: 'person', superIdentityId: user.superIdentityId })
      const { id } = await refer({ email })
      expect(await evidence(id)).toMatchObject({ accounts: [], blocks: [] })
    })

    it('say which of them a block reaches', async () => {
      const email = address()
      const own = await makeExternalUser(client, { channelId: guarded, identifier: email })
      const open = (await makeChannel(client, { identifierKind: 'email' })).id
      const twin = await makeExternalUser(client, { channelId: open, identifier: email })
      await makeBlock(client, { reach: 'person', superIdentityId: twin.superIdentityId })
      const { id } = await refer({ email })
      const { accounts, blocks } = await evidence(id)
      expect(accounts.map(({ externalUserId, blocked }) => [externalUserId, blocked])).toEqual([
        [own.id, false],
        [twin.id, true],
      ])
      // The block is on somebody else, as far as anybody knows.
      expect(blocks).toEqual([])
    })
  })

  describe('refusals', () => {
    it('tell who refused the person, when and why, this referral included, the latest first', async () => {
      const email = address()
      const earlier = await refer({ email })
      later()
      await review(earlier.id, { status: 'REJECTED', reviewerComment: 'No contract' })
      const rejectedAt = iso()
      later()
      const { id, referredUser } = await refer({ email })
      await review(id, { status: 'ADMITTED' })
      later()
      await review(id, { status: 'REVOKED' })
      const { userId } = referredUser
      expect((await evidence(id)).refusals).toEqual([
        { referralId: id, userId, to: 'REVOKED', by: byReviewer(), comment: null, at: iso() },
        { referralId: earlier.id, userId, to: 'REJECTED', by: byReviewer(), comment: 'No contract', at: rejectedAt },
      ])
    })

    it('of somebody who has an account by the same address stand beside them', async () => {
      const email = address()
      const open = (await makeChannel(client, { identifierKind: 'email' })).id
      const twin = await makeExternalUser(client, { channelId: open, identifier: email })
      const theirs = await makeReferral(server.owner, server.workspaceId, { userId: twin.superIdentityId })
      await review(theirs.id, { status: 'REJECTED', reviewerComment: 'Known for fraud' })
      const { id } = await refer({ email })
      expect((await evidence(id)).refusals).toMatchObject([
        { referralId: theirs.id, userId: twin.superIdentityId, comment: 'Known for fraud' },
      ])
    })

    it('are never more than fifty', async () => {
      const { id } = await refer()
      for (let i = 0; i < 51; i += 1) {
        later(1_000)
        await review(id, { status: i === 0 ? 'REJECTED' : 'REVOKED', reviewerComment: `No ${i}` })
        await review(id, { status: 'ADMITTED' })
      }
      const { refusals } = await evidence(id)
      expect([refusals.length, refusals[0]?.comment, refusals.at(-1)?.comment]).toEqual([50, 'No 50', 'No 1'])
    })
  })

  describe('blocks', () => {
    it('are those in force on the person, an account or the address, by whatever form a channel knows it', async () => {
      const email = address()
      const own = await makeExternalUser(client, { channelId: guarded, identifier: email })
      const opaque = (await makeChannel(client)).id
      const place = async (fields: Readonly<Record<string, unknown>>) => {
        later(1_000)
        const block = await makeBlock(client, fields)
        return { blockId: block.id, placedAt: iso() }
      }
      const onPerson = await place({ reach: 'person', superIdentityId: own.superIdentityId, reason: 'Fraud' })
      const endsAt = new Date(clock.at + 24 * hour).toISOString()
      const onAccount = await place({ reach: 'external-user', externalUserId: own.id, endsAt })
      const onAddress = await place({ reach: 'identifier', identifier: email.toUpperCase() })
      const onOneChannel = await place({ reach: 'identifier', identifier: email, channelId: opaque })
      const lifted = await place({ reach: 'external-user', externalUserId: own.id })
      await client.post(`/blocks/${lifted.blockId}/lift`)
      await place({ reach: 'external-user', externalUserId: own.id, endsAt: new Date(clock.at + 2_000).toISOString() })
      await place({ reach: 'identifier', identifier: address() })
      later(10_000)
      const { id } = await makeReferral(server.owner, server.workspaceId, { userId: own.superIdentityId })
      const none = { externalUserId: null, channelId: null, reason: null, endsAt: null }
      expect((await evidence(id)).blocks).toEqual([
        { ...none, ...onOneChannel, reach: 'identifier', channelId: opaque },
        { ...none, ...onAddress, reach: 'identifier' },
        { ...none, ...onAccount, reach: 'external-user', externalUserId: own.id, endsAt },
        { ...none, ...onPerson, reach: 'person', reason: 'Fraud' },
      ])
    })

    it('of a denylisted address show for somebody who has no account', async () => {
      const email = address()
      const { id: blockId } = await makeBlock(client, { reach: 'identifier', identifier: email })
      const { id } = await refer({ email })
      expect((await evidence(id)).blocks).toMatchObject([{ blockId, reach: 'identifier' }])
    })

    it('are never more than fifty', async () => {
      const { id, referredUser } = await refer()
      const endsAt = () => new Date(clock.at + hour).toISOString()
      for (let i = 0; i < 51; i += 1) {
        await makeBlock(client, { reach: 'person', superIdentityId: referredUser.userId, endsAt: endsAt() })
      }
      expect((await evidence(id)).blocks).toHaveLength(50)
    })
  })

  it('says how the person has used the product, on every channel', async () => {
    const email = address()
    const firstSeenAt = iso()
    const first = await makeExternalUser(client, { channelId: guarded, identifier: email })
    later()
    const second = (await makeChannel(client, { identifierKind: 'email', admission: 'referral' })).id
    const other = await makeExternalUser(client, { channelId: second, identifier: email })
    const { id } = await refer({ email })
    expect((await evidence(id)).usage).toEqual({ accounts: 2, firstSeenAt, lastSeenAt: null })
    await review(id, { status: 'ADMITTED' })
    later()
    await client.post('/external-users/authenticate', { channelId: second, id: other.id })
    expect((await evidence(id)).usage).toEqual({ accounts: 2, firstSeenAt, lastSeenAt: iso() })
    await client.post(`/external-users/${first.id}/erase`)
    expect((await evidence(id)).usage).toMatchObject({ accounts: 1, lastSeenAt: iso() })
  })

  describe('the referrer', () => {
    it('is shown by how its other referrals turned out, this one not counted, ends told by the clock', async () => {
      const busy = await server.memberWith('referrer')
      const outcome = async (...steps: object[]) => {
        const made = await refer({}, busy)
        for (const step of steps) await review(made.id, step)
        return made
      }
      const soon = new Date(clock.at + hour).toISOString()
      await outcome()
      await outcome({ status: 'ADMITTED' })
      await outcome({ status: 'ADMITTED' })
      await outcome({ status: 'ADMITTED', admittedUntil: soon })
      await outcome({ status: 'REJECTED' })
      await outcome({ status: 'ADMITTED' }, { status: 'REVOKED' })
      const taken = await outcome()
      const tag = (await busy.client.get(path(taken.id))).headers.get('etag') as string
      expect((await busy.client.send('DELETE', path(taken.id), { headers: { 'if-match': tag } })).status).toBe(204)
      const banned = await outcome()
      await makeBlock(client, { reach: 'person', superIdentityId: banned.referredUser.userId })
      const listed = await outcome()
      await makeBlock(client, { reach: 'identifier', identifier: listed.referredUser.email as string })
      const { id } = await outcome({ status: 'ADMITTED' })
      const before = { referred: 9, admitted: 3, pending: 3, rejected: 1, revoked: 1, expired: 0, withdrawn: 1 }
      expect((await evidence(id)).referrer).toEqual({ ...before, blockedNow: 2 })
      later(2 * hour)
      expect((await evidence(id)).referrer).toEqual({ ...before, admitted: 2, expired: 1, blockedNow: 2 })
      // Of a referral that is over itself, only the others count.
      const ended = await outcome({ status: 'ADMITTED', admittedUntil: new Date(clock.at + hour).toISOString() })
      later(2 * hour)
      expect((await evidence(ended.id)).referrer).toMatchObject({ referred: 10, admitted: 3, expired: 1 })
    })

    it('counts a person once, whichever block of however many reaches it by whichever account', async () => {
      const busy = await server.memberWith('referrer')
      const email = address()
      const earlier = await refer({ email }, busy)
      const user = await makeExternalUser(client, { channelId: guarded, identifier: email })
      await makeBlock(client, { reach: 'external-user', externalUserId: user.id })
      await makeBlock(client, { reach: 'identifier', identifier: email })
      await review(earlier.id, { status: 'REJECTED' })
      await refer({ email }, busy)
      const { id } = await refer({}, busy)
      expect((await evidence(id)).referrer).toMatchObject({ referred: 2, blockedNow: 1 })
    })
  })

  describe('who may see it', () => {
    it('owners, admins and reviewers of the organization see it', async () => {
      const { id } = await refer()
      const admin = await server.memberWith('admin')
      for (const one of [server.owner, admin.client, reviewer.client]) {
        expect((await one.get(`${path(id)}/evidence`)).status).toBe(200)
      }
    })

    it('whoever sees the referral and does not decide is told so', async () => {
      const { id } = await refer()
      const viewer = await server.memberWith('viewer')
      for (const one of [viewer, referrer]) {
        const { status, body } = await one.client.get(`${path(id)}/evidence`)
        expect([status, body.errors[0].code]).toEqual([403, 'narthex.referral.forbidden'])
      }
      const { status, body } = await client.get(`${path(id)}/evidence`)
      expect([status, body.errors[0].code]).toEqual([403, 'narthex.referral.forbidden'])
    })

    it('to all others it does not exist', async () => {
      const { id } = await refer()
      const { workspaceId } = await server.otherWorkspace()
      const stranger = await server.memberWith('owner', { workspaceId })
      const other = await server.memberWith('referrer')
      for (const one of [stranger, other]) {
        const known = await one.client.get(`${path(id)}/evidence`)
        const random = await one.client.get(`${path(randomUUID())}/evidence`)
        const bare = (reply: typeof known) => [reply.status, { ...reply.body.errors[0], logref: '' }]
        expect(known.status).toBe(404)
        expect(bare(known)).toEqual(bare(random))
      }
    })
  })

  it('shows nothing in clear of who was erased, and keeps what keeps it out', async () => {
    const email = address()
    const own = await makeExternalUser(client, { channelId: guarded, identifier: email, name: 'Erika Gone' })
    const { id } = await refer({ email, firstname: 'Erika', lastname: 'Gone', referrerComment: 'Erika is fine' })
    await review(id, { status: 'REJECTED', reviewerComment: 'Erika Gone is not' })
    const { id: blockId } = await makeBlock(client, { reach: 'identifier', identifier: email, reason: 'Erika Gone' })
    await client.post(`/external-users/${own.id}/erase`)
    const shown = await evidence(id)
    expect(JSON.stringify(shown)).not.toMatch(new RegExp(`Erika|Gone|${email}`))
    expect(shown).toMatchObject({ accounts: [], usage: { accounts: 0 }, refusals: [{ to: 'REJECTED' }] })
    const { id: again } = await refer({ email })
    expect((await evidence(again)).blocks).toMatchObject([{ blockId, reason: null }])
  })
})

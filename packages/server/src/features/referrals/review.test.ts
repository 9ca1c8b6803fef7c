import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBlock } from '../../../test/blocks.ts'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, freshEmail, readReferral, refusal, tagOf } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const notUninvolved = [
  403,
  'narthex.referral.forbidden',
  'A referral is decided by a member who is neither its referrer nor the referred person.',
]
const past = '2020-01-01T00:00:00.000Z'

describe.each(testDatabases)('reviewing on $name', (kind) => {
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind)
    reviewer = await server.memberWith('reviewer')
  })
  afterAll(() => server.close())

  const path = (id: string) => `referral:/external-users/${id}`
  const made = (fields: object = {}) => makeReferral(server.owner, server.workspaceId, { ...fields })
  /** The status and the place that a refusal names. */
  const told = ({ status, body }: Reply) => [status, body.errors?.[0].messageParameters?.property]

  it('asks who decides, then for the version, then for the way, then for the rest', async () => {
    const { client: admin } = await server.memberWith('admin')
    await server.client.patch('/workspace', { policies: { reviewerCommentRequired: true } })
    const referral = await made()
    await makeBlock(server.client, { reach: 'person', superIdentityId: referral.referredUser.userId })
    const { client: referrer } = await server.memberWith('referrer')
    const { client: viewer } = await server.memberWith('viewer')
    const own = await makeReferral(referrer, server.workspaceId)
    const stale = { 'if-match': '"0"' }
    const wrong = { status: 'REVOKED', admittedUntil: past }
    const review = (client: Client, body: object, headers?: Record<string, string>) =>
      client.patch(path(referral.id), body, headers)
    const statuses = async (...replies: Promise<Reply>[]) => (await Promise.all(replies)).map(({ status }) => status)
    expect(await statuses(review(referrer, wrong, stale), review(viewer, wrong, stale))).toEqual([404, 403])
    expect(await statuses(referrer.patch(path(own.id), wrong, stale))).toEqual([403])
    expect(refusal(await review(server.owner, wrong, stale))).toEqual(notUninvolved)
    expect(refusal(await review(admin, wrong))[0]).toBe(428)
    expect(refusal(await review(admin, wrong, stale))[0]).toBe(412)
    for (const tag of ['1', 'W/"1"', '"1.1.1"', '""']) {
      expect((await review(admin, wrong, { 'if-match': tag })).status, tag).toBe(412)
    }
    const tag = await tagOf(admin, referral)
    expect(refusal(await review(admin, wrong, tag))).toEqual([
      409,
      'narthex.referral.conflict',
      'The referral does not go from REFERRED to REVOKED.',
    ])
    expect(told(await review(admin, { status: 'ADMITTED', admittedUntil: past }, tag))).toEqual([
      400,
      'reviewerComment',
    ])
    const reviewerComment = 'Known to us'
    const admission = { status: 'ADMITTED', reviewerComment }
    expect(told(await review(admin, { ...admission, admittedUntil: past }, tag))).toEqual([400, 'admittedUntil'])
    expect(refusal(await review(admin, admission, tag))[2]).toMatch(/^The person is blocked/)
    expect((await review(admin, { ...admission, override: true }, tag)).status).toBe(200)
    await server.client.patch('/workspace', { policies: { reviewerCommentRequired: false } })
  })

  it('takes any version that is named, its own part alone, and `*`', async () => {
    for (const tag of ['"1"', '"1.anything"', '"7", "1"', '*']) {
      const { id } = await made()
      const reply = await reviewer.client.patch(path(id), { status: 'ADMITTED' }, { 'if-match': tag })
      expect(reply.status, tag).toBe(200)
    }
  })

  it('takes a merge patch', async () => {
    const referral = await made()
    const headers = { ...(await tagOf(reviewer.client, referral)), 'content-type': 'application/merge-patch+json' }
    expect((await reviewer.client.patch(path(referral.id), { status: 'ADMITTED' }, headers)).status).toBe(200)
    const other = await server.owner.send('POST', 'referral:/external-users', { body: {}, headers })
    expect(other.status).toBe(415)
  })

  it.each(['ADMITTED', 'REJECTED'])('lets no member decide on whom it referred, in any role: %s', async (status) => {
    for (const role of ['owner', 'admin', 'reviewer'] as const) {
      await server.client.patch('/workspace', { policies: { reviewersMayRefer: true } })
      const { client } = await server.memberWith(role)
      const referral = await makeReferral(client, server.workspaceId)
      expect(refusal(await decide(client, referral, { status })), role).toEqual(notUninvolved)
      expect((await readReferral(client, referral)).status).toBe('REFERRED')
    }
  })

  it('lets no member decide on itself, by whichever address the person is known', async () => {
    const { client, email } = await server.memberWith('admin', { email: `Self.${randomUUID()}@Example.com` })
    const byReferral = await made({ email: email.toLowerCase() })
    expect(refusal(await decide(client, byReferral, { status: 'ADMITTED' }))).toEqual(notUninvolved)
    const channel = await makeChannel(server.client, { identifierKind: 'email' })
    const account = await makeExternalUser(server.client, { channelId: channel.id, identifier: email.toUpperCase() })
    const byAccount = await made({ userId: account.superIdentityId })
    expect(refusal(await decide(client, byAccount, { status: 'ADMITTED' }))).toEqual(notUninvolved)
    // A name on a channel of another kind that looks like the address is no address.
    const named = await makeExternalUser(server.client, {
      channelId: (await makeChannel(server.client)).id,
      identifier: email,
    })
    const other = await made({ userId: named.superIdentityId })
    expect((await decide(client, other, { status: 'ADMITTED' })).status).toBe(200)
  })

  it('shows the latest decision only, and no comment where that has none', async () => {
    const referral = await made()
    const { client, id } = await server.memberWith('admin')
    await decide(reviewer.client, referral, { status: 'ADMITTED', reviewerComment: 'First' })
    const { body } = await decide(client, referral, { status: 'REVOKED' })
    expect([body.status, body.reviewerUser.userId]).toEqual(['REVOKED', id])
    expect(body).not.toHaveProperty('reviewerComment')
    expect((await decisionsOf(client, referral)).map(({ to, comment }) => [to, comment])).toEqual([
      ['ADMITTED', 'First'],
      ['REVOKED', null],
    ])
  })

  it.each([undefined, ' ', '\u00a0\t\n', '\u200b\u2060'])(
    'takes no silence for a comment that is needed: %j',
    async (comment) => {
      const referral = await made()
      await makeBlock(server.client, { reach: 'person', superIdentityId: referral.referredUser.userId })
      const override = {
        status: 'ADMITTED',
        override: true,
        ...(comment !== undefined && { reviewerComment: comment }),
      }
      expect(told(await decide(reviewer.client, referral, override))).toEqual([400, 'reviewerComment'])
      expect((await readReferral(reviewer.client, referral)).status).toBe('REFERRED')
      expect((await decide(reviewer.client, referral, { ...override, reviewerComment: '👍' })).status).toBe(200)
    },
  )

  it('names an end and an override with an admission only', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toISOString()
    for (const [key, value] of [
      ['admittedUntil', inAMinute],
      ['admittedUntil', null],
      ['override', true],
    ] as const) {
      const referral = await made()
      const body = { status: 'REJECTED', reviewerComment: 'No', [key]: value }
      expect(told(await decide(reviewer.client, referral, body))).toEqual([400, key])
    }
  })

  describe('a blocked person', () => {
    const guarded = () => makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })

    /** Somebody with an account whom a block reaches in one way. */
    const blockedBy: Record<string, (id: { email: string; userId: string }) => Promise<unknown>> = {
      'a block on the person': ({ userId }) => makeBlock(server.client, { reach: 'person', superIdentityId: userId }),
      async 'a block on an account of the person'({ email }) {
        const { id: channelId } = await guarded()
        const account = await makeExternalUser(server.client, { channelId, identifier: email })
        await makeBlock(server.client, { reach: 'external-user', externalUserId: account.id })
      },
      async 'a block on the identifier of an account'({ email }) {
        const { id: channelId } = await guarded()
        await makeExternalUser(server.client, { channelId, identifier: email })
        await makeBlock(server.client, { reach: 'identifier', identifier: email.toUpperCase(), channelId })
      },
      async 'the denylist, before there is any account'({ email }) {
        await guarded()
        await makeBlock(server.client, { reach: 'identifier', identifier: email })
      },
      async 'the denylist of one e-mail channel'({ email }) {
        const { id: channelId } = await guarded()
        await makeBlock(server.client, { reach: 'identifier', identifier: email, channelId })
      },
    }

    it.each(Object.keys(blockedBy))('by %s is admitted with an override and a comment only', async (way) => {
      const email = freshEmail()
      const referral = await made({ email })
      await blockedBy[way]?.({ email, userId: referral.referredUser.userId })
      const refused = await decide(reviewer.client, referral, { status: 'ADMITTED', reviewerComment: 'Yes' })
      expect(refusal(refused)).toEqual([
        409,
        'narthex.referral.conflict',
        'The person is blocked: admitting it needs `override: true` and a comment.',
      ])
      const silent = await decide(reviewer.client, referral, { status: 'ADMITTED', override: true })
      expect(told(silent)).toEqual([400, 'reviewerComment'])
      const body = { status: 'ADMITTED', reviewerComment: 'All is well again', override: true }
      expect((await decide(reviewer.client, referral, body)).status).toBe(200)
      expect(await decisionsOf(reviewer.client, referral)).toMatchObject([
        { to: 'ADMITTED', comment: 'All is well again', override: true },
      ])
      const event = (await eventsOf(server.db, referral.id)).at(-1)
      expect(JSON.parse(event?.after as string)).toMatchObject({ status: 'ADMITTED', override: true })
      const blocks = await server.client.get('/blocks?live=true&pageSize=100')
      expect(blocks.body.length).toBeGreaterThan(0)
    })

    it('is rejected without further ado, and admitted plainly once the block is lifted', async () => {
      const referral = await made()
      const { userId } = referral.referredUser
      const block = await makeBlock(server.client, { reach: 'person', superIdentityId: userId })
      expect((await decide(reviewer.client, referral, { status: 'REJECTED' })).status).toBe(200)
      expect((await decide(reviewer.client, referral, { status: 'ADMITTED' })).status).toBe(409)
      await server.client.post(`/blocks/${block.id}/lift`, {})
      const body = { status: 'ADMITTED', reviewerComment: 'Lifted', override: true }
      expect((await decide(reviewer.client, referral, body)).status).toBe(200)
      // Nothing was there to be overridden.
      expect((await decisionsOf(reviewer.client, referral)).map(({ override }) => override)).toEqual([false, false])
    })
  })
})

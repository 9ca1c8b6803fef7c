// What a referral leaves behind: decisions, events with nothing personal in clear, counts, and names that stay true.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, tokenFor } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, freshEmail, readReferral, refer, withdraw } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const commitment = { commitment: expect.any(String) }

describe.each(testDatabases)('the history of referrals on $name', (kind) => {
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind)
    reviewer = await server.memberWith('reviewer', { firstname: 'Rita', lastname: 'Reis' })
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  const path = (id: string) => `referral:/external-users/${id}`
  const revision = async () =>
    (
      await server.db.read
        .selectFrom('workspaces')
        .select('referral_revision')
        .where('id', '=', server.workspaceId)
        .executeTakeFirstOrThrow()
    ).referral_revision

  it('tells each step in one event, and what is personal only to whoever holds its opening', async () => {
    const email = freshEmail()
    const named = { email, firstname: 'Secretia', lastname: 'Hiddenberg', referrerComment: 'Unspeakable' }
    const admittedUntil = new Date(Date.now() + 3_600_000).toISOString()
    const referral = await makeReferral(server.owner, server.workspaceId, { ...named, admittedUntil })
    await decide(reviewer.client, referral, { status: 'ADMITTED', reviewerComment: 'Unutterable' })
    await decide(reviewer.client, referral, { status: 'REVOKED', reviewerComment: 'Ineffable' })
    const events = await eventsOf(server.db, referral.id)
    expect(events.map(({ type, subject_kind, subject_version }) => [type, subject_kind, subject_version])).toEqual([
      ['referral.referred', 'referral', 1],
      ['referral.admitted', 'referral', 2],
      ['referral.revoked', 'referral', 3],
    ])
    const told = events.map(({ before, after }) => [JSON.parse(before ?? 'null'), JSON.parse(after as string)])
    const { userId: superIdentityId } = referral.referredUser
    expect(told).toEqual([
      [
        null,
        {
          status: 'REFERRED',
          superIdentityId,
          referrerId: server.ownerId,
          referrerOrganizationId: server.workspaceId,
          email: commitment,
          firstname: commitment,
          lastname: commitment,
          referrerComment: commitment,
          proposedUntil: admittedUntil,
          provisionalUntil: null,
        },
      ],
      [
        { status: 'REFERRED', admittedUntil: null },
        { status: 'ADMITTED', admittedUntil, comment: commitment, override: false, at: expect.any(String) },
      ],
      [{ status: 'ADMITTED' }, { status: 'REVOKED', comment: commitment, at: expect.any(String) }],
    ])
    const clear = JSON.stringify(told)
    for (const secret of [email, 'Secretia', 'Hiddenberg', 'Unspeakable', 'Unutterable', 'Ineffable']) {
      expect(clear).not.toContain(secret)
    }
    // The person that it made has no event of its own: this one told of it.
    expect(await eventsOf(server.db, superIdentityId)).toEqual([])
  })

  it('ends every token of the person where access is taken, and none where it is given', async () => {
    const user = await makeExternalUser(server.client)
    const { id: externalUserId, channelId } = user
    const referred = () => makeReferral(server.owner, server.workspaceId, { userId: user.superIdentityId })
    /** Whether a token from before the step is alive after it. */
    const survives = async (step: () => Promise<unknown>) => {
      const token = await tokenFor(server.client, { channelId, id: externalUserId })
      await step()
      return isAlive(server.client, token)
    }
    const one = await referred()
    const review = (status: string) => survives(() => decide(reviewer.client, one, { status }))
    const outcomes = [await review('REJECTED'), await review('ADMITTED'), await review('REVOKED')]
    expect(outcomes).toEqual([false, true, false])
    const open: { id: string }[] = []
    expect(await survives(async () => open.push(await referred()))).toBe(true)
    expect(await survives(() => withdraw(server.owner, open[0] as { id: string }))).toBe(false)
  })

  it('writes nothing where it is refused', async () => {
    const referral = await makeReferral(server.owner, server.workspaceId)
    const before = await revision()
    await refer(server.owner, server.workspaceId, { email: referral.referredUser.email, firstname: 'Zoe' })
    await decide(reviewer.client, referral, { status: 'REVOKED' })
    await decide(server.owner, referral, { status: 'ADMITTED' })
    expect(await eventsOf(server.db, referral.id)).toHaveLength(1)
    expect(await revision()).toBe(before)
  })

  it('names whoever decided also after it was removed', async () => {
    const { client, id, email } = await server.memberWith('admin', { firstname: 'Gone', lastname: 'Away' })
    const referral = await makeReferral(server.owner, server.workspaceId)
    await decide(client, referral, { status: 'REJECTED' })
    expect((await server.owner.delete(`/members/${id}`)).status).toBe(200)
    expect((await client.patch(path(referral.id), { status: 'ADMITTED' }, { 'if-match': '*' })).status).toBe(401)
    const by = { userId: id, firstname: 'Gone', lastname: 'Away', email }
    expect((await decisionsOf(server.owner, referral))[0]?.by).toEqual(by)
    expect((await readReferral(server.owner, referral)).reviewerUser).toEqual(by)
  })

  it('keeps how many there are by referrer and status, and raises the revision, with every write', async () => {
    const { client, id } = await server.memberWith('referrer')
    const counted = async () => {
      const rows = await server.db.read
        .selectFrom('referral_counts')
        .select(['status', 'count'])
        .where('referrer_id', '=', id)
        .where('count', '<>', 0)
        .execute()
      return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
    }
    const [one, two, three] = [
      await makeReferral(client, server.workspaceId),
      await makeReferral(client, server.workspaceId),
      await makeReferral(client, server.workspaceId),
    ]
    expect(await counted()).toEqual({ REFERRED: 3 })
    const before = await revision()
    await decide(reviewer.client, one, { status: 'ADMITTED' })
    await decide(reviewer.client, two, { status: 'REJECTED' })
    await withdraw(client, three)
    expect(await counted()).toEqual({ ADMITTED: 1, REJECTED: 1, WITHDRAWN: 1 })
    await decide(reviewer.client, one, { status: 'REVOKED' })
    expect(await counted()).toEqual({ REVOKED: 1, REJECTED: 1, WITHDRAWN: 1 })
    expect(await revision()).toBe(before + 4)
  })

  it('shows a person as it is called now, under another entity tag and the same version', async () => {
    const referral = await makeReferral(server.owner, server.workspaceId, { firstname: 'Ann' })
    const raised = await revision()
    const { userId } = referral.referredUser
    await server.client.patch(`/super-identities/${userId}`, { firstname: 'Anna', lastname: 'Doe' })
    const tag = { 'if-none-match': `"${referral.meta.version}"` }
    const { status, body } = await reviewer.client.get(path(referral.id), tag)
    expect([status, body.referredUser]).toEqual([200, { ...referral.referredUser, firstname: 'Anna', lastname: 'Doe' }])
    expect(body.meta.version).toMatch(/^1\./)
    expect(await revision()).toBe(raised + 1)
    // What the reviewer was shown before the new name still names the version that it decides over.
    const admitted = await reviewer.client.patch(
      path(referral.id),
      { status: 'ADMITTED' },
      { 'if-match': `"${referral.meta.version}"` },
    )
    expect(admitted.status).toBe(200)
  })

  it('shows the organization as it is called now', async () => {
    const referral = await makeReferral(server.owner, server.workspaceId)
    await server.client.patch('/workspace', { name: 'Carrots Inc' })
    const { organizationName, meta } = await readReferral(reviewer.client, referral)
    expect(organizationName).toBe('Carrots Inc')
    expect(meta.version).not.toBe(referral.meta.version)
  })

  it('shows the address that a person holds now, and none once it is erased', async () => {
    const { id: channelId } = await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })
    const [first, second] = [freshEmail(), freshEmail()]
    const account = await makeExternalUser(server.client, { channelId, identifier: first })
    const referral = await makeReferral(server.owner, server.workspaceId, { userId: account.superIdentityId })
    expect(referral.referredUser.email).toBe(first)
    await decide(reviewer.client, referral, { status: 'REJECTED' })
    const moved = await server.client.patch(`/external-users/${account.id}`, { identifier: second })
    expect(moved.status).toBe(200)
    expect((await readReferral(reviewer.client, referral)).referredUser.email).toBe(second)
    await server.client.post(`/external-users/${account.id}/erase`, {})
    expect((await readReferral(reviewer.client, referral)).referredUser).toEqual({ userId: account.superIdentityId })
  })
})

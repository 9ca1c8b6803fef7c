// Who sees a referral at all, and from where one may refer: for everybody else there is none.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeReferral } from '../../../test/factories.ts'
import { decide, decisionsOf, readReferral, refer, refusal, tagOf, withdraw } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const requestId = { 'x-request-id': 'the-same' }

/** The whole answer but for its time. */
function everything({ status, headers, body }: Reply) {
  const shown: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (name !== 'date') shown[name] = value
  })
  return { status, body, headers: shown }
}

describe.each(testDatabases)('referrals on $name are seen', (kind) => {
  let server: TestServer
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind)
    reviewer = await server.memberWith('reviewer')
  })
  afterAll(() => server.close())

  const path = (id: string) => `referral:/external-users/${id}`
  const policy = async (policies: object) => {
    expect((await server.client.patch('/workspace', { policies })).status).toBe(200)
  }

  /** The same question about this referral and about none; also while a precondition would decide it. */
  const expectUnknown = async (client: Client, id: string) => {
    const tag = { ...requestId, 'if-match': '"1"', 'if-none-match': '*' }
    const questions: ((id: string) => Promise<Reply>)[] = [
      (one) => client.get(path(one), tag),
      (one) => client.get(`${path(one)}/decisions`, requestId),
      (one) => client.patch(path(one), { status: 'ADMITTED' }, tag),
      (one) => client.patch(path(one), { status: 'ADMITTED' }, requestId),
      (one) => client.delete(path(one), tag),
    ]
    for (const ask of questions) {
      const answer = everything(await ask(id))
      expect(answer.status).toBe(404)
      expect(answer).toEqual(everything(await ask(randomUUID())))
    }
  }

  it('by every member but referrers, and by keys that may read them', async () => {
    const referral = await makeReferral(server.owner, server.workspaceId)
    const { client: viewer } = await server.memberWith('viewer')
    const key = await server.clientWith(['referrals:read'])
    for (const client of [server.owner, reviewer.client, viewer, key, server.client]) {
      expect(await readReferral(client, referral)).toEqual(referral)
      expect(await decisionsOf(client, referral)).toEqual([])
    }
    const blind = await server.clientWith(['members:read'])
    expect((await blind.get(path(referral.id))).status).toBe(403)
    const attempt = await key.patch(path(referral.id), { status: 'ADMITTED' })
    expect(refusal(attempt)[1]).toBe('narthex.referral.forbidden')
  })

  it('by a referrer only where it made them', async () => {
    const [one, other] = [await server.memberWith('referrer'), await server.memberWith('referrer')]
    const referral = await makeReferral(one.client, server.workspaceId)
    expect(await readReferral(one.client, referral)).toEqual(referral)
    await expectUnknown(other.client, referral.id)
    const decided = await decide(one.client, referral, { status: 'ADMITTED' })
    expect(refusal(decided)).toEqual([403, 'narthex.referral.forbidden', 'The role of the member does not allow this.'])
  })

  it('by nobody of another workspace', async () => {
    const referral = await makeReferral(server.owner, server.workspaceId)
    const other = await server.otherWorkspace()
    const stranger = await server.memberWith('owner', { workspaceId: other.workspaceId })
    await expectUnknown(stranger.client, referral.id)
    for (const address of [path(referral.id), `${path(referral.id)}/decisions`]) {
      expect((await other.client.get(address)).status).toBe(404)
    }
    const refused = await refer(stranger.client, server.workspaceId)
    expect(refusal(refused)).toEqual([404, 'narthex.referral.notFound', 'Organization not found.'])
    expect(refusal(await refer(stranger.client, randomUUID()))).toEqual(refusal(refused))
    expect(refusal(await refer(stranger.client, 'no id at all'))).toEqual(refusal(refused))
  })

  it('are made by owners, admins and referrers, and by reviewers where the policy says so', async () => {
    const statuses: Record<string, number> = {}
    for (const role of ['owner', 'admin', 'reviewer', 'referrer', 'viewer'] as const) {
      const { client } = await server.memberWith(role)
      statuses[role] = (await refer(client, server.workspaceId)).status
    }
    expect(statuses).toEqual({ owner: 201, admin: 201, reviewer: 403, referrer: 201, viewer: 403 })
    await policy({ reviewersMayRefer: true })
    expect((await refer(reviewer.client, server.workspaceId)).status).toBe(201)
    await policy({ reviewersMayRefer: false })
    expect((await refer(reviewer.client, server.workspaceId)).status).toBe(403)
  })

  it('are taken back by their referrer, owners and admins', async () => {
    const referrer = await server.memberWith('referrer')
    const { client: admin } = await server.memberWith('admin')
    const { client: viewer } = await server.memberWith('viewer')
    const made = () => makeReferral(referrer.client, server.workspaceId)
    for (const client of [referrer.client, admin, server.owner]) {
      expect((await withdraw(client, await made())).status).toBe(204)
    }
    for (const client of [reviewer.client, viewer]) {
      expect((await withdraw(client, await made())).status).toBe(403)
    }
    const { id } = await made()
    expect((await referrer.client.delete(path(id))).status).toBe(428)
    expect((await referrer.client.delete(path(id), { 'if-match': '"2"' })).status).toBe(412)
  })

  describe('with partner organizations', () => {
    const partner = async (role: 'owner' | 'referrer' | 'reviewer' = 'referrer') => {
      const { workspaceId } = await server.otherWorkspace()
      return { workspaceId, member: await server.memberWith(role, { workspaceId }) }
    }

    it('also by the partner who made them, as long as it is a partner', async () => {
      const { workspaceId, member } = await partner()
      expect((await refer(member.client, server.workspaceId)).status).toBe(404)
      await policy({ partnerOrganizationIds: [workspaceId.toUpperCase()] })
      const referral = await makeReferral(member.client, server.workspaceId)
      expect(referral.organizationId).toBe(server.workspaceId)
      expect(referral.referrerUser).toMatchObject({ userId: member.id, email: member.email })
      expect(await readReferral(member.client, referral)).toEqual(referral)
      expect(await readReferral(server.owner, referral)).toEqual(referral)
      const another = await makeReferral(server.owner, server.workspaceId)
      await expectUnknown(member.client, another.id)
      const { userId } = another.referredUser
      expect((await refer(member.client, server.workspaceId, { userId })).status).toBe(404)
      expect((await decide(member.client, referral, { status: 'ADMITTED' })).status).toBe(403)
      // The event belongs to the organization, where the partner's member acted.
      const [event] = await eventsOf(server.db, referral.id)
      expect([event?.workspace_id, event?.actor_id]).toEqual([server.workspaceId, member.id])
      await policy({ partnerOrganizationIds: [] })
      await expectUnknown(member.client, referral.id)
      expect((await refer(member.client, server.workspaceId)).status).toBe(404)
    })

    it('not by those of the partner who do not refer', async () => {
      const { workspaceId, member } = await partner('reviewer')
      await policy({ partnerOrganizationIds: [workspaceId] })
      expect((await refer(member.client, server.workspaceId)).status).toBe(404)
    })

    it.each([
      ['login', false],
      ['address alone', true],
    ])('are not decided by whoever made them from there and is a member here too, by %s', async (_, parted) => {
      const { workspaceId, member } = await partner()
      await policy({ partnerOrganizationIds: [workspaceId] })
      const referral = await makeReferral(member.client, server.workspaceId)
      if (parted) {
        await server.db.write((tx) =>
          tx.updateTable('members').set({ login_id: null }).where('id', '=', member.id).execute(),
        )
      }
      const here = await server.memberWith('admin', { email: member.email.toUpperCase() })
      expect(refusal(await decide(here.client, referral, { status: 'ADMITTED' }))[2]).toContain('neither its referrer')
      expect((await decide(reviewer.client, referral, { status: 'ADMITTED' })).status).toBe(200)
    })

    it('are withdrawn from the place that they were made from', async () => {
      const email = `both-${randomUUID()}@example.com`
      const [one, two] = [await server.otherWorkspace(), await server.otherWorkspace()]
      const first = await server.memberWith('referrer', { workspaceId: one.workspaceId, email })
      await policy({ partnerOrganizationIds: [one.workspaceId] })
      const referral = await makeReferral(first.client, server.workspaceId)
      await server.memberWith('referrer', { workspaceId: two.workspaceId, email })
      await policy({ partnerOrganizationIds: [two.workspaceId, one.workspaceId] })
      const tag = await tagOf(first.client, referral)
      expect((await first.client.delete(path(referral.id), tag)).status).toBe(204)
      expect((await decisionsOf(server.owner, referral)).map(({ by }) => by?.userId)).toEqual([first.id])
    })
  })
})

// Two processes on one database: who decides first wins, the other is told, and nobody comes in after access was taken.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const referralCount = 200
/** Pairs in flight together: enough that both nodes are always busy, few enough for the pools of either. */
const atOnce = 20

const path = (id: string) => `referral:/external-users/${id}`
const whileOwn = (tag: string | null) => ({ 'if-match': tag as string })
const statusesOf = (replies: readonly Reply[]) => replies.map(({ status }) => status).toSorted()

async function inChunks<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < items.length; first += atOnce) {
    await Promise.all(items.slice(first, first + atOnce).map((item, i) => work(item, first + i)))
  }
}

describe.each(testDatabases)('two nodes on $name', (kind) => {
  let server: TestServer
  /** Two reviewers and a referrer, each of whom asks both nodes. */
  let first: Client
  let second: Client
  let referrer: Client
  let elsewhere: (client: Client) => Client
  let guarded: string

  beforeAll(async () => {
    server = await startTestServer(kind)
    const other = await server.anotherNode()
    elsewhere = (client) => other.client.as(client.key)
    first = (await server.memberWith('reviewer')).client
    second = (await server.memberWith('reviewer')).client
    referrer = (await server.memberWith('referrer')).client
    guarded = (await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })).id
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  const refer = (fields: object = {}) => makeReferral(referrer, server.workspaceId, { ...fields })
  const get = async (id: string) => {
    const { status, headers, body } = await first.get(path(id))
    expect(status).toBe(200)
    return { tag: headers.get('etag'), body }
  }
  const decisionsOf = async (id: string) => (await first.get(`${path(id)}/decisions`)).body.decisions
  const review = async (client: Client, id: string, body: object, tag?: string | null) =>
    client.patch(path(id), body, whileOwn(tag ?? (await get(id)).tag))
  const rowOf = async (id: string) =>
    server.db.read.selectFrom('referrals').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  /** An admitted person with an account on the guarded channel. */
  const admitted = async () => {
    const email = `${randomUUID()}@example.com`
    const { id, referredUser } = await refer({ email })
    expect((await review(first, id, { status: 'ADMITTED' })).status).toBe(200)
    const user = await makeExternalUser(server.client, { channelId: guarded, identifier: email })
    return { id, personId: referredUser.userId, user }
  }

  it(
    `of two reviewers of each of ${referralCount} referrals exactly one decides, the other is told`,
    { timeout: 120_000 },
    async () => {
      const referrals: string[] = []
      await inChunks(Array.from({ length: referralCount }), async () => void referrals.push((await refer()).id))
      const lost = { 409: 0, 412: 0 }
      await inChunks(referrals, async (id, index) => {
        const { tag } = await get(id)
        // Every second pair wants the opposite; the others agree, and still only one of them decides.
        const choices = ['ADMITTED', index % 2 === 0 ? 'REJECTED' : 'ADMITTED']
        const replies = await Promise.all([
          first.patch(path(id), { status: choices[0], reviewerComment: 'First' }, whileOwn(tag)),
          elsewhere(second).patch(path(id), { status: choices[1], reviewerComment: 'Second' }, whileOwn(tag)),
        ])
        const won = replies.findIndex(({ status }) => status === 200)
        const [, loser] = replies.toSorted((a, b) => a.status - b.status) as [Reply, Reply]
        expect([replies.filter(({ status }) => status === 200).length, [409, 412].includes(loser.status)]).toEqual([
          1,
          true,
        ])
        lost[loser.status as 409 | 412] += 1
        const comment = won === 0 ? 'First' : 'Second'
        expect(await decisionsOf(id)).toMatchObject([{ from: 'REFERRED', to: choices[won], comment }])
        expect(await rowOf(id)).toMatchObject({ status: choices[won], version: 2, decision_count: 1 })
        const events = await eventsOf(server.db, id)
        expect(events.map(({ type, subject_version }) => [type, subject_version])).toEqual([
          ['referral.referred', 1],
          [`referral.${choices[won]?.toLowerCase()}`, 2],
        ])
        const shown = (await elsewhere(first).get(path(id))).body
        expect([shown.status, shown.reviewerComment]).toEqual([choices[won], comment])
      })
      expect(lost[409] + lost[412]).toBe(referralCount)
    },
  )

  it('keeps its counts right through all of it', async () => {
    const counted = await server.db.read
      .selectFrom('referral_counts')
      .select(['status', 'count'])
      .where('count', '>', 0)
      .orderBy('status')
      .execute()
    const stored = await server.db.read
      .selectFrom('referrals')
      .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
      .groupBy('status')
      .orderBy('status')
      .execute()
    expect(counted).toEqual(stored)
  })

  it('of two referrals of one person at once makes one, whether the person was known or not', async () => {
    const another = (await server.memberWith('referrer')).client
    for (let round = 0; round < 10; round += 1) {
      const email = `${randomUUID()}@example.com`
      const known = round % 2 === 0 ? null : (await makeExternalUser(server.client)).superIdentityId
      const body = { organizationId: server.workspaceId, ...(known === null ? { email } : { userId: known }) }
      const replies = await Promise.all([
        referrer.post('referral:/external-users', body),
        elsewhere(another).post('referral:/external-users', body),
      ])
      if (known !== null) {
        // Whom one has not referred one cannot name by id: an owner may.
        expect(statusesOf(replies)).toEqual([404, 404])
        const owners = await Promise.all(
          [server.owner, elsewhere(server.owner)].map((owner) => owner.post('referral:/external-users', body)),
        )
        expect(statusesOf(owners)).toEqual([201, 409])
        continue
      }
      expect(statusesOf(replies)).toEqual([201, 409])
      const holders = await server.db.read
        .selectFrom('super_identity_emails')
        .select('super_identity_id')
        .where('email_canonical', '=', email)
        .execute()
      const made = replies.find(({ status }) => status === 201)?.body
      expect(holders).toEqual([{ super_identity_id: made.referredUser.userId }])
      expect(await eventsOf(server.db, made.id)).toHaveLength(1)
    }
  })

  it('admits a refused person again or takes a new referral of it, never both', async () => {
    await inChunks(Array.from({ length: 10 }), async () => {
      const email = `${randomUUID()}@example.com`
      const { id } = await refer({ email })
      await review(first, id, { status: 'REJECTED' })
      const { tag } = await get(id)
      const replies = await Promise.all([
        first.patch(path(id), { status: 'ADMITTED' }, whileOwn(tag)),
        elsewhere(referrer).post('referral:/external-users', { organizationId: server.workspaceId, email }),
      ])
      expect([
        [200, 409],
        [201, 409],
      ]).toContainEqual(statusesOf(replies))
    })
  })

  it('refuses a person who is blocked on one node while the other admits it, whoever was first', async () => {
    const outcomes = { 200: 0, 409: 0 }
    await inChunks(Array.from({ length: 20 }), async () => {
      const email = `${randomUUID()}@example.com`
      const { id, referredUser } = await refer({ email })
      const { tag } = await get(id)
      const [admission, block] = await Promise.all([
        first.patch(path(id), { status: 'ADMITTED' }, whileOwn(tag)),
        elsewhere(server.client).post('/blocks', { reach: 'person', superIdentityId: referredUser.userId }),
      ])
      expect(block.status).toBe(200)
      expect([200, 409]).toContain(admission.status)
      outcomes[admission.status as 200 | 409] += 1
      expect(await decisionsOf(id)).toHaveLength(admission.status === 200 ? 1 : 0)
      const refused = await server.client.post('/external-users/authenticate', {
        channelId: guarded,
        identifier: email,
      })
      expect([refused.status, refused.body.code]).toEqual([403, 'external_user_blocked'])
    })
    expect(outcomes[200] + outcomes[409]).toBe(20)
  })

  it('issues no token after the answer to a revocation, and none of before is good', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, user } = await admitted()
      const { tag } = await get(id)
      const away = elsewhere(server.client)
      const enter = () => away.post('/external-users/authenticate', { channelId: guarded, id: user.id })
      const replies: Promise<Reply>[] = []
      const revocation = first.patch(path(id), { status: 'REVOKED' }, whileOwn(tag))
      let answered = false
      void revocation.finally(() => (answered = true))
      while (!answered) {
        replies.push(enter())
        await replies.at(-1)
      }
      expect((await revocation).status).toBe(200)
      const late = await Promise.all([enter(), enter(), enter()])
      expect(late.map(({ status, body }) => [status, body.code])).toEqual(
        Array.from({ length: 3 }, () => [403, 'admission_ended']),
      )
      const issued = (await Promise.all(replies)).filter(({ status }) => status === 200).map(({ body }) => body)
      for (const { accessToken } of [user, ...issued]) {
        for (const node of [server.client, away]) {
          expect((await node.as(`Bearer ${accessToken}`).get('/me')).status).toBe(401)
        }
      }
    }
  })

  it('lets in again whom a later decision admits, and leaves the tokens of before dead', async () => {
    const { id, user } = await admitted()
    await review(elsewhere(second), id, { status: 'REVOKED' })
    await review(first, id, { status: 'ADMITTED' })
    const again = await elsewhere(server.client).post('/external-users/authenticate', {
      channelId: guarded,
      id: user.id,
    })
    expect(again.status).toBe(200)
    const me = (client: Client, token: string) => client.as(`Bearer ${token}`).get('/me')
    expect((await me(server.client, again.body.accessToken)).status).toBe(200)
    expect((await me(server.client, user.accessToken as string)).status).toBe(401)
  })
})

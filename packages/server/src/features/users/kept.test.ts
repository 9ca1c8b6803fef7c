// The list of users beside what it is a copy of: after every kind of change the same as if it were made anew.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { refer, refusal } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

/** Written from what is said of the list, not from what keeps it. */
const fresh = sql<Record<string, unknown>>`
  select workspace_id, id, 'MEMBER' as kind, firstname, lastname, email from members where removed_at is null
  union all
  select workspace_id, id, 'PERSON', firstname, lastname, email from (
    select p.*, (select email from super_identity_emails e where e.workspace_id = p.workspace_id
        and e.super_identity_id = p.id order by email_canonical limit 1) as email,
      (select count(*) from referrals r where r.workspace_id = p.workspace_id and r.super_identity_id = p.id) as referrals
    from super_identities p
  ) persons where erased_at is null and merged_into_id is null
    and (firstname is not null or lastname is not null or email is not null or referrals > 0)
  order by workspace_id, id`

describe.each(testDatabases)('the kept list of users on $name', (kind) => {
  let server: TestServer
  let referrer: TestMemberClient
  let vouching: string

  beforeAll(async () => {
    server = await startTestServer(kind)
    referrer = await server.memberWith('referrer')
    vouching = (await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })).id
  })
  afterAll(() => server.close())

  const address = () => `p-${randomUUID()}@example.com`
  const listing = async (query = '', client = server.owner) => {
    const { body } = await client.get(`referral:/users?organizationId=${server.workspaceId}&size=100${query}`)
    return { ids: body.users.map((user: { userId: string }) => user.userId), total: body.meta.page.totalElements }
  }

  async function expectTrue(): Promise<void> {
    const { read } = server.db
    const kept = await sql`select * from users order by workspace_id, id`.execute(read)
    expect(kept.rows).toEqual((await fresh.execute(read)).rows)
    const counted = await sql`select workspace_id, kind, count(*) as count from users
      group by workspace_id, kind order by workspace_id, kind`.execute(read)
    const sums = await sql`select workspace_id, kind, sum(count) as count from user_counts
      group by workspace_id, kind having sum(count) > 0 order by workspace_id, kind`.execute(read)
    expect(sums.rows).toEqual(counted.rows)
    for (const client of [server.owner, referrer.client]) {
      for (const query of ['', '&filter={"kind":"PERSON"}', '&filter={"email":{"startsWith":"p-"}}']) {
        const { ids, total } = await listing(query, client)
        expect(total, query).toBe(ids.length)
      }
    }
  }

  const stranger = async () => (await makeExternalUser(server.client)).superIdentityId as string
  const rename = (id: string, names: object) => server.client.patch(`/super-identities/${id}`, names)
  const referred = async (fields: object) => {
    const answer = await refer(referrer.client, server.workspaceId, fields as Record<string, unknown>)
    expect(answer.status).toBe(201)
    return answer.body.referredUser.userId as string
  }

  it('does not hold strangers, and holds them while they have a name', async () => {
    const id = await stranger()
    await expectTrue()
    expect((await listing()).ids).not.toContain(id)
    for (const names of [{ firstname: 'Ann' }, { lastname: 'Doe' }, { firstname: null }]) {
      await rename(id, names)
      await expectTrue()
      expect((await listing()).ids).toContain(id)
    }
    await rename(id, { lastname: null })
    await expectTrue()
    expect((await listing()).ids).not.toContain(id)
  })

  it('holds a person with the first address that it holds, on channels that vouch for addresses', async () => {
    const { id, superIdentityId } = await makeExternalUser(server.client, {
      channelId: vouching,
      identifier: address(),
    })
    await expectTrue()
    const next = address()
    await server.client.patch(`/external-users/${id}`, { identifier: next })
    await expectTrue()
    expect((await listing(`&filter={"email":"${next}"}`)).ids).toEqual([superIdentityId])
    await server.client.patch(`/external-users/${id}`, { identifier: null, externalId: 'crm' })
    await expectTrue()
    expect((await listing()).ids).not.toContain(superIdentityId)
  })

  it('holds whoever was referred, known before or not', async () => {
    const byAddress = await referred({ email: address() })
    await expectTrue()
    const named = await referred({ email: address(), firstname: 'Zoë', lastname: 'Kim' })
    const known = await stranger()
    const answer = await refer(server.owner, server.workspaceId, { userId: known })
    expect(answer.status).toBe(201)
    await expectTrue()
    const { ids } = await listing('&filter={"kind":"PERSON"}', referrer.client)
    expect(ids.toSorted()).toEqual([byAddress, named].toSorted())
    expect((await listing()).ids).toContain(known)
    await server.owner.post(`referral:/referrals/${answer.body.id}/withdraw`, {})
    await expectTrue()
  })

  it('lets whoever is erased go, referred or not, and gives an erased person no new name', async () => {
    const alone = await referred({ email: address(), firstname: 'Gone' })
    const account = await makeExternalUser(server.client, { channelId: vouching, identifier: address() })
    await rename(account.superIdentityId, { firstname: 'Gone' })
    await expectTrue()
    expect((await server.client.post(`/super-identities/${alone}/erase`)).status).toBe(200)
    expect((await server.client.post(`/external-users/${account.id}/erase`)).status).toBe(200)
    await expectTrue()
    for (const id of [alone, account.superIdentityId]) {
      expect((await server.owner.get(`referral:/users/${id}`)).status).toBe(404)
      expect((await listing()).ids).not.toContain(id)
      const again = await rename(id, { firstname: 'Back' })
      expect([again.status, again.body.code]).toEqual([409, 'super_identity_erased'])
      expect((await rename(id, { firstname: null })).status).toBe(200)
    }
    const sent = await server.owner.get(`referral:/users/${alone}`)
    expect(refusal(sent)).toEqual([404, 'narthex.referral.notFound', 'User not found.'])
  })

  it('follows who is a member', async () => {
    const { id } = await server.memberWith('viewer')
    await expectTrue()
    expect((await listing('&filter={"kind":"MEMBER"}')).ids).toContain(id)
    await server.owner.delete(`/members/${id}`)
    await expectTrue()
    expect((await listing()).ids).not.toContain(id)
  })

  it('is true after many at once', async () => {
    const before = (await listing()).total
    const email = address()
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        makeExternalUser(server.client, { channelId: vouching, identifier: i < 6 ? address() : `${i}${email}` }),
      ),
    )
    await Promise.all(Array.from({ length: 6 }, () => referred({ email: address(), firstname: 'Kim' })))
    await expectTrue()
    expect((await listing()).total).toBe(before + 18)
  })
})

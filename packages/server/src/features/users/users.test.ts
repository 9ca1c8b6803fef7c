// Users over HTTP: whom a caller may see, on the wire, page by page.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '@narthex/contract'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { refer, refusal } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('users on $name', (kind) => {
  let server: TestServer
  let referrer: TestMemberClient
  let partner: TestMemberClient
  /** By what is known of them. */
  const persons: Record<'named' | 'held' | 'referred' | 'byReferrer' | 'byPartner' | 'unknown', string> = {} as never

  const at = (query = '') => `referral:/users?organizationId=${server.workspaceId}${query}`
  const list = async (query = '', client: Client = server.owner) => {
    const { status, body } = await client.get(at(`&size=100${query}`))
    expect(status).toBe(200)
    return body as { users: User[]; meta: { page: { totalElements: number } } }
  }
  const idsOf = ({ users }: { users: User[] }) => users.map(({ userId }) => userId)
  const sorted = (ids: readonly string[]) => ids.toSorted()
  const filter = (text: object) => `&filter=${encodeURIComponent(JSON.stringify(text))}`
  const personOf = async (client: Client, fields: Record<string, unknown>) =>
    (await refer(client, server.workspaceId, fields)).body.referredUser.userId as string

  beforeAll(async () => {
    server = await startTestServer(kind)
    referrer = await server.memberWith('referrer', { firstname: 'Rita', lastname: 'Reis' })
    const other = await server.otherWorkspace()
    partner = await server.memberWith('referrer', { workspaceId: other.workspaceId, firstname: 'Pia', lastname: 'Paz' })
    await server.client.patch('/workspace', { policies: { partnerOrganizationIds: [other.workspaceId] } })
    const named = await makeExternalUser(server.client)
    await server.client.patch(`/super-identities/${named.superIdentityId}`, { firstname: 'Ada', lastname: 'Lovelace' })
    const gated = await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })
    const held = await makeExternalUser(server.client, { channelId: gated.id, identifier: 'Held@Example.com' })
    Object.assign(persons, {
      named: named.superIdentityId,
      held: held.superIdentityId,
      unknown: (await makeExternalUser(server.client)).superIdentityId,
      referred: await personOf(server.owner, { email: 'zoe@example.com', firstname: 'Zoë' }),
      byReferrer: await personOf(referrer.client, { email: 'guest@example.com', firstname: 'ada' }),
      byPartner: await personOf(partner.client, { email: 'abroad@example.com' }),
    })
  })
  afterAll(() => server.close())

  it('are the members and the persons known to the organization, and nobody else', async () => {
    const { users, meta } = await list()
    const known = [persons.named, persons.held, persons.referred, persons.byReferrer, persons.byPartner]
    expect(idsOf({ users })).toEqual(sorted([server.ownerId, referrer.id, ...known]))
    expect(meta.page.totalElements).toBe(7)
    const version = expect.stringMatching(/^\d+\.[\w-]{12}$/)
    expect(users).toContainEqual({
      userId: referrer.id,
      firstname: 'Rita',
      lastname: 'Reis',
      email: referrer.email,
      organizationId: server.workspaceId,
      kind: 'MEMBER',
      meta: { version },
    })
    expect(users).toContainEqual({
      userId: persons.held,
      email: 'Held@Example.com',
      organizationId: server.workspaceId,
      kind: 'PERSON',
      meta: { version },
    })
  })

  it('are seen by role: a referrer sees its own persons, a partner itself and its own', async () => {
    const everybody = idsOf(await list())
    for (const role of ['admin', 'reviewer', 'viewer'] as const) {
      const { id, client } = await server.memberWith(role)
      expect(idsOf(await list('', client))).toEqual(sorted([...everybody, id]))
      await server.owner.delete(`/members/${id}`)
    }
    expect(idsOf(await list('', server.client))).toEqual(everybody)
    expect(idsOf(await list('', referrer.client))).toEqual(sorted([server.ownerId, referrer.id, persons.byReferrer]))
    expect(idsOf(await list('', partner.client))).toEqual(sorted([partner.id, persons.byPartner]))
    const seen = await list(filter({ userId: { in: everybody } }), partner.client)
    expect(idsOf(seen)).toEqual([persons.byPartner])
  })

  it.each([
    ['an address', { email: 'Held@Example.com' }, ['held']],
    ['an address in another case', { email: 'held@example.com' }, []],
    ['no address', { email: 'x' }, []],
    ['a kind', { kind: 'PERSON', email: { startsWith: 'guest' } }, ['byReferrer']],
    ['another kind', { kind: 'ROBOT' }, []],
    ['a name', { or: { firstname: 'Ada', lastname: 'Nobody' } }, ['named']],
    ['a missing name', { kind: 'PERSON', firstname: null }, ['held', 'byPartner']],
    [
      'all but a name',
      { kind: 'PERSON', not: { firstname: { in: ['Ada', 'ada'] } } },
      ['held', 'referred', 'byPartner'],
    ],
    ['another organization', { organizationId: 'x' }, []],
  ])('are found by %s', async (_, asked, names) => {
    const { users, meta } = await list(filter(asked))
    expect(idsOf({ users })).toEqual(sorted(names.map((name) => persons[name as keyof typeof persons])))
    expect(meta.page.totalElements).toBe(names.length)
  })

  it('are found by id, known or not', async () => {
    for (const field of ['id', 'userId']) {
      expect(idsOf(await list(filter({ [field]: persons.named })))).toEqual([persons.named])
      expect(idsOf(await list(filter({ [field]: { in: [persons.unknown, server.ownerId] } })))).toEqual([
        server.ownerId,
      ])
    }
  })

  it('are sorted by code point, missing values last, and paged', async () => {
    const names = async (sort: string) => (await list(`&sort=${sort}`)).users.map(({ firstname }) => firstname ?? null)
    const owner = (await server.owner.get(`/members/${server.ownerId}`)).body.firstname
    const ascending = [owner, 'Ada', 'Rita', 'Zoë', 'ada'].toSorted((a, b) => (a < b ? -1 : 1))
    expect(await names('firstname')).toEqual([...ascending, null, null])
    expect(await names('-firstname')).toEqual([...ascending.toReversed(), null, null])
    const kinds = (await list('&sort=-kind,email')).users.map((user) => user.kind)
    expect(kinds).toEqual([...Array(5).fill('PERSON'), ...Array(2).fill('MEMBER')])
    const all = idsOf(await list('&sort=email'))
    const pages = await Promise.all(
      [0, 1, 2, 3].map((number) => server.owner.get(at(`&sort=email&size=3&number=${number}`))),
    )
    expect(pages.flatMap(({ body }) => idsOf(body))).toEqual(all)
    expect(pages.map(({ body }) => body.meta.page.elements)).toEqual([3, 3, 1, 0])
  })

  it('are refused what is not known of them', async () => {
    for (const [query, parameter] of [
      [filter({ role: 'owner' }), 'filter.role'],
      ['&sort=role', 'sort'],
      ['&number=x', 'number'],
    ]) {
      const { status, body } = await server.owner.get(at(query))
      expect([status, body.errors[0].messageParameters]).toEqual([400, { parameter }])
    }
    expect((await server.owner.get('referral:/users')).body.errors[0].code).toBe('narthex.referral.missingParameter')
    for (const id of [randomUUID(), 'x']) {
      const answer = await server.owner.get(`referral:/users?organizationId=${id}`)
      expect(refusal(answer)).toEqual([404, 'narthex.referral.notFound', 'Organization not found.'])
    }
  })

  it('are got one by one as the list has them, with their version as the tag', async () => {
    for (const [client, ids] of [
      [server.owner, [server.ownerId, persons.named, persons.held, persons.byPartner]],
      [referrer.client, [server.ownerId, referrer.id, persons.byReferrer]],
      [partner.client, [persons.byPartner]],
    ] as const) {
      const { users } = await list('', client)
      for (const id of ids) {
        const { status, body, headers } = await client.get(`referral:/users/${id.toUpperCase()}`)
        expect([status, body]).toEqual([200, users.find(({ userId }) => userId === id)])
        expect(headers.get('etag')).toBe(`"${body.meta.version}"`)
        const again = await client.get(`referral:/users/${id}`, { 'if-none-match': headers.get('etag') as string })
        expect(again.status).toBe(304)
      }
    }
    const { body } = await partner.client.get(`referral:/users/${partner.id}`)
    expect([body.kind, body.organizationId === server.workspaceId]).toEqual(['MEMBER', false])
  })

  it('are unknown to whoever may not see them', async () => {
    const stranger = await server.otherWorkspace()
    for (const [client, ids] of [
      [server.owner, [persons.unknown, partner.id, randomUUID(), 'x']],
      [referrer.client, [persons.named, persons.byPartner]],
      [partner.client, [server.ownerId, referrer.id, persons.named, persons.byReferrer]],
      [stranger.client, [server.ownerId, persons.named]],
    ] as const) {
      for (const id of ids) {
        const answer = await client.get(`referral:/users/${id}`)
        expect(refusal(answer), id).toEqual([404, 'narthex.referral.notFound', 'User not found.'])
      }
    }
  })

  it('change their version with their names, and are gone with their membership', async () => {
    const before = (await server.owner.get(`referral:/users/${persons.named}`)).body
    await server.client.patch(`/super-identities/${persons.named}`, { firstname: 'Augusta' })
    const after = (await server.owner.get(`referral:/users/${persons.named}`)).body
    expect([after.firstname, after.meta.version === before.meta.version]).toEqual(['Augusta', false])
    const { id } = await server.memberWith('viewer')
    expect((await server.owner.get(`referral:/users/${id}`)).status).toBe(200)
    await server.owner.delete(`/members/${id}`)
    expect((await server.owner.get(`referral:/users/${id}`)).status).toBe(404)
    expect(idsOf(await list())).not.toContain(id)
  })
})

// Lists of referrals over HTTP: their form on the wire, pages, entity tags, and who sees what.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { insertReferrals } from '../../../test/referral-rows.ts'
import { decide, refer, refusal } from '../../../test/referrals.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const start = Date.parse('2026-03-03T09:30:00.000Z')

describe.each(testDatabases)('referrals on $name', (kind) => {
  let server: TestServer
  let clock: SettableClock
  let reviewer: TestMemberClient
  let referrer: TestMemberClient
  let mine: { id: string; referredUser: { userId: string } }
  let theirs: { id: string; referredUser: { userId: string } }
  let readingKey: Client

  const at = (organizationId: string, query = '') => `referral:/external-users?organizationId=${organizationId}${query}`
  const list = (query = '', client = server.owner) => client.get(at(server.workspaceId, query))
  const idsOf = ({ body }: { body: { externalUsers: { id: string }[] } }) => body.externalUsers.map(({ id }) => id)
  const filtered = (filter: unknown) =>
    `&filter=${encodeURIComponent(typeof filter === 'string' ? filter : JSON.stringify(filter))}`

  beforeAll(async () => {
    clock = Object.assign(settableClock(), { at: start })
    server = await startTestServer(kind, { clock })
    reviewer = await server.memberWith('reviewer', { firstname: 'Rosa', lastname: 'Ruiz' })
    referrer = await server.memberWith('referrer', { firstname: 'Rita', lastname: 'Reis' })
    readingKey = await server.clientWith(['referrals:read'])
    mine = (
      await refer(referrer.client, server.workspaceId, {
        email: 'john_doe@server.org',
        firstname: 'john',
        lastname: 'doe',
        referrerComment: 'A technician for robot arms',
      })
    ).body
    clock.at += 1000
    theirs = (await refer(server.owner, server.workspaceId, { email: 'jane@server.org' })).body
    clock.at += 1000
    const decision = { status: 'ADMITTED', reviewerComment: 'Welcome' }
    await decide(reviewer.client, mine, decision)
  })
  afterAll(() => server.close())

  it('answers in the form of the source, latest first', async () => {
    const { status, body } = await list()
    expect(status).toBe(200)
    const owner = (await server.owner.get(`/members/${server.ownerId}`)).body
    expect(body).toEqual({
      externalUsers: [
        {
          id: theirs.id,
          organizationId: server.workspaceId,
          organizationName: expect.any(String),
          referredUser: { userId: theirs.referredUser.userId, email: 'jane@server.org' },
          status: 'REFERRED',
          referredAt: '2026-03-03T09:30:01.000Z',
          referrerUser: { userId: owner.id, firstname: owner.firstname, lastname: owner.lastname, email: owner.email },
          meta: { version: expect.any(String) },
        },
        {
          id: mine.id,
          organizationId: server.workspaceId,
          organizationName: body.externalUsers[0].organizationName,
          referredUser: {
            userId: mine.referredUser.userId,
            firstname: 'john',
            lastname: 'doe',
            email: 'john_doe@server.org',
          },
          status: 'ADMITTED',
          referredAt: '2026-03-03T09:30:00.000Z',
          referrerUser: { userId: referrer.id, firstname: 'Rita', lastname: 'Reis', email: referrer.email },
          reviewerUser: { userId: reviewer.id, firstname: 'Rosa', lastname: 'Ruiz', email: reviewer.email },
          referrerComment: 'A technician for robot arms',
          reviewerComment: 'Welcome',
          reviewedAt: '2026-03-03T09:30:02.000Z',
          meta: { version: expect.any(String) },
        },
      ],
      meta: { page: { totalPages: 1, number: 0, size: 10, elements: 2, totalElements: 2 } },
    })
    const one = await server.owner.get(`referral:/external-users/${mine.id}`)
    expect(body.externalUsers[1]).toEqual(one.body)
    expect(one.headers.get('etag')).toBe(`"${body.externalUsers[1].meta.version}"`)
  })

  it('finds by person, in either case, and by whatever the filter says', async () => {
    expect(idsOf(await list(`&userId=${mine.referredUser.userId}`))).toEqual([mine.id])
    expect(idsOf(await list(`&userId=${mine.referredUser.userId.toUpperCase()}`))).toEqual([mine.id])
    expect(idsOf(await list(filtered({ 'referredUser.userId': mine.referredUser.userId.toUpperCase() })))).toEqual([
      mine.id,
    ])
    expect(
      idsOf(await list(filtered({ 'referredUser.email': { endsWith: '@server.org' }, status: 'ADMITTED' }))),
    ).toEqual([mine.id])
    expect(idsOf(await list(filtered({ name: 'CISCO' })))).toEqual([])
    expect(idsOf(await list(filtered({ id: 275 })))).toEqual([])
    expect(idsOf(await list(filtered({ parentId: 263 })))).toEqual([])
    expect(idsOf(await list(filtered({ parentId: null })))).toHaveLength(2)
    expect(idsOf(await list(filtered('{}')))).toHaveLength(2)
  })

  it('finds nothing by ids that are none', async () => {
    for (const userId of ['x', '1', '%25', '%27', '--', 'a'.repeat(100)]) {
      const { status, body } = await list(`&userId=${userId}`)
      expect([status, body.externalUsers, body.meta.page.totalElements]).toEqual([200, [], 0])
    }
  })

  it.each([
    ['-referredAt', ['theirs', 'mine']],
    ['referredAt', ['mine', 'theirs']],
    ['+referredAt', ['mine', 'theirs']],
    ['%2BreferredAt', ['mine', 'theirs']],
    ['%20referredAt', ['mine', 'theirs']],
    ['-status,+referredAt', ['theirs', 'mine']],
    ['status', ['mine', 'theirs']],
    ['name,-organizationId,parentId,-referredUser.email', ['mine', 'theirs']],
    ['reviewedAt', ['mine', 'theirs']],
    ['-reviewedAt', ['mine', 'theirs']],
  ])('sorts by %s', async (sort, order) => {
    const names = { [mine.id]: 'mine', [theirs.id]: 'theirs' }
    expect(idsOf(await list(`&sort=${sort}`)).map((id) => names[id])).toEqual(order)
  })

  it.each([
    ['number=1.5', 'number'],
    ['number=-1', 'number'],
    ['number=1e1', 'number'],
    ['number=', 'number'],
    ['number=0&number=0', 'number'],
    ['size=0', 'size'],
    ['size=-1', 'size'],
    ['size=10.0', 'size'],
    ['size=', 'size'],
    ['size=1&size=2', 'size'],
    ['sort=', 'sort'],
    ['sort=colour', 'sort'],
    ['sort=status,status', 'sort'],
    ['sort=status,', 'sort'],
    ['sort=status&sort=status', 'sort'],
    ['userId=', 'userId'],
    ['userId=a&userId=b', 'userId'],
    ['filter=', 'filter'],
    ['filter=%7B', 'filter'],
    ['filter=%7B%7D&filter=%7B%7D', 'filter'],
    [`filter=${encodeURIComponent('{"colour":"red"}')}`, 'filter.colour'],
    [`filter=${encodeURIComponent('{"referredUser.email":{"in":{"value":1}}}')}`, 'filter.referredUser.email.in.value'],
    ['page=1', 'page'],
  ])('refuses %s and names the place', async (query, parameter) => {
    for (const id of [server.workspaceId, randomUUID()]) {
      const { status, body } = await server.owner.get(at(id, `&${query}`))
      expect([status, body.errors[0].code, body.errors[0].messageParameters]).toEqual([
        400,
        'narthex.referral.invalidParameter',
        { parameter },
      ])
    }
  })

  it('asks for the organization', async () => {
    const { status, body } = await server.owner.get('referral:/external-users')
    expect([status, body.errors[0].code]).toEqual([400, 'narthex.referral.missingParameter'])
    expect(body.errors[0].messageParameters).toEqual({ parameter: 'organizationId' })
  })

  it('answers for an organization of strangers as for none', async () => {
    const stranger = await server.otherWorkspace()
    const answers = await Promise.all(
      [stranger.workspaceId, randomUUID(), 'x', '%25'].map((id) => server.owner.get(at(id))),
    )
    for (const answer of answers)
      expect(refusal(answer)).toEqual([404, 'narthex.referral.notFound', 'Organization not found.'])
    expect((await stranger.client.get(at(server.workspaceId))).status).toBe(404)
    expect((await list('', server.client)).status).toBe(200)
    expect((await server.owner.get(at(server.workspaceId.toUpperCase()))).status).toBe(200)
  })

  it('shows a referrer its own, and everybody else who may read all', async () => {
    expect(idsOf(await list('', referrer.client))).toEqual([mine.id])
    const { body } = await list(filtered({ 'referrerUser.userId': server.ownerId }), referrer.client)
    expect([body.externalUsers, body.meta.page.totalElements]).toEqual([[], 0])
    expect(idsOf(await list(`&userId=${theirs.referredUser.userId}`, referrer.client))).toEqual([])
    for (const client of [readingKey, reviewer.client, (await server.memberWith('viewer')).client]) {
      expect(idsOf(await list('', client))).toEqual([theirs.id, mine.id])
    }
  })

  it('gives a list a tag of all that is shown, and answers 304 to it', async () => {
    const first = await list()
    const tag = first.headers.get('etag') as string
    expect(tag).toMatch(/^"[\w-]{22}"$/)
    for (const held of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const { status, body, headers } = await server.owner.get(at(server.workspaceId), { 'if-none-match': held })
      expect([status, body, headers.get('etag')]).toEqual([304, '', tag])
    }
    expect((await server.owner.get(at(server.workspaceId), { 'if-none-match': '"x"' })).status).toBe(200)
    const others = [
      await list('', referrer.client),
      await list('&size=1'),
      await list('&number=1'),
      await list('&sort=referredAt'),
    ]
    for (const { headers } of others) expect(headers.get('etag')).not.toBe(tag)
    expect((await list('', readingKey)).headers.get('etag')).toBe(tag)
  })

  it('gives another tag as soon as a person is called otherwise, a decision is made or a page is added', async () => {
    const seen = new Set<string>()
    const changed = async (query: string) => {
      const tag = (await list(query)).headers.get('etag') as string
      expect(seen.has(`${query} ${tag}`)).toBe(false)
      seen.add(`${query} ${tag}`)
      expect((await server.owner.get(at(server.workspaceId, query), { 'if-none-match': tag })).status).toBe(304)
    }
    await changed('&size=1')
    await changed('')
    const named = await server.client.patch(`/super-identities/${mine.referredUser.userId}`, { firstname: 'Jon' })
    expect(named.status).toBe(200)
    await changed('')
    expect((await list()).body.externalUsers[1].referredUser.firstname).toBe('Jon')
    const again = (await refer(server.owner, server.workspaceId)).body
    await changed('&size=1')
    await changed('')
    expect((await decide(reviewer.client, again, { status: 'REJECTED' })).status).toBe(200)
    await changed('')
    await server.client.patch('/workspace', { name: 'Carrots Inc' })
    await changed('')
    expect(idsOf(await list(filtered({ name: 'Carrots Inc', status: 'REJECTED' })))).toEqual([again.id])
  })
})

describe.each(testDatabases)('pages of referrals on $name', (kind) => {
  let server: TestServer
  let clock: SettableClock
  const count = 205

  const list = async (query: string) => {
    const { status, body } = await server.owner.get(
      `referral:/external-users?organizationId=${server.workspaceId}&${query}`,
    )
    expect(status).toBe(200)
    return body
  }

  beforeAll(async () => {
    clock = Object.assign(settableClock(), { at: start })
    server = await startTestServer(kind, { clock })
    const rows = Array.from({ length: count }, (_, i) => ({
      referred_at: start - i,
      status: 'ADMITTED' as const,
      ...(i < 5 && { admitted_until: start + 1000 }),
    }))
    await insertReferrals(server.db, { workspaceId: server.workspaceId, referrerId: server.ownerId }, rows)
  })
  afterAll(() => server.close())

  it.each([
    ['', { totalPages: 21, number: 0, size: 10, elements: 10 }],
    ['size=101', { totalPages: 3, number: 0, size: 100, elements: 100 }],
    ['size=2147483647&number=2', { totalPages: 3, number: 2, size: 100, elements: 5 }],
    ['size=100&number=3', { totalPages: 3, number: 3, size: 100, elements: 0 }],
    ['size=1&number=204', { totalPages: 205, number: 204, size: 1, elements: 1 }],
    ['size=41&number=4', { totalPages: 5, number: 4, size: 41, elements: 41 }],
    ['size=999999999999999&number=2147483647', { totalPages: 3, number: 2_147_483_647, size: 100, elements: 0 }],
  ])('%s holds what it says', async (query, page) => {
    const { externalUsers, meta } = await list(query)
    expect(meta).toEqual({ page: { ...page, totalElements: count } })
    expect(externalUsers).toHaveLength(page.elements)
  })

  it('counts nothing where nothing matches', async () => {
    const { externalUsers, meta } = await list(`filter=${encodeURIComponent('{"status":{"in":[]}}')}`)
    expect([externalUsers, meta.page]).toEqual([
      [],
      { totalPages: 0, number: 0, size: 10, elements: 0, totalElements: 0 },
    ])
  })

  it('tells an admission whose end has come from one that lasts, before that is on record', async () => {
    const total = async (status: string) =>
      (await list(`filter=${encodeURIComponent(JSON.stringify({ status }))}`)).meta.page.totalElements
    expect([await total('ADMITTED'), await total('EXPIRED')]).toEqual([count, 0])
    const tag = async () =>
      (await server.owner.get(`referral:/external-users?organizationId=${server.workspaceId}`)).headers.get('etag')
    const before = await tag()
    clock.at = start + 1000
    expect([await total('ADMITTED'), await total('EXPIRED')]).toEqual([count - 5, 5])
    expect(await tag()).not.toBe(before)
    const { externalUsers } = await list('sort=-status&size=6')
    expect(externalUsers.map(({ status }: { status: string }) => status)).toEqual([
      ...Array(5).fill('EXPIRED'),
      'ADMITTED',
    ])
    clock.at = start
    expect([await total('ADMITTED'), await total('EXPIRED')]).toEqual([count, 0])
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('listing external users on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.parse('2026-03-03T09:00:00.000Z')

  const list = (query: string) => client.get(`/external-users?${query}`)
  const ids = async (query: string): Promise<string[]> =>
    (await list(query)).body.map((user: { id: string }) => user.id)
  const issue = async (query: string) => {
    const { status, body } = await list(query)
    return [status, body.code, body.issues?.[0]?.path]
  }

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  it('answers a bare array of whole users, newest first and by id within a moment', async () => {
    const channelId = (await makeChannel(client)).id
    const users = []
    for (const pause of [0, 0, 0, 1, 5]) {
      now += pause
      const { accessToken: _, ...user } = await makeExternalUser(client, { channelId, name: 'Anna' })
      users.push(user)
    }
    const byAge = users.toSorted((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? 1 : -1))
    const { body, headers } = await list(`channelIds=${channelId}`)
    expect(body).toEqual(byAge)
    expect([headers.get('link'), headers.get('total-count')]).toEqual([null, null])
    expect((await list(`channelIds=${channelId}&pageNumber=2&pageSize=2`)).body).toEqual(byAge.slice(2, 4))
    expect((await list(`channelIds=${channelId}&pageNumber=9&count=exact`)).body).toEqual([])
  })

  it('walks by cursor over every row once, while others are created and removed from the filter', async () => {
    const channelId = (await makeChannel(client)).id
    const made: string[] = []
    for (let i = 0; i < 7; i += 1) made.push((await makeExternalUser(client, { channelId, name: 'Walker' })).id)
    const walked: string[] = []
    let next: string | undefined = `/external-users?channelIds=${channelId}&search=walk&pageSize=2&count=exact`
    while (next) {
      const { body, headers } = await client.get(next)
      walked.push(...body.map((user: { id: string }) => user.id))
      const link = /^<https:\/\/id\.example\.com\/api\/v1(.+)>; rel="next"$/.exec(headers.get('link') ?? '')
      next = link?.[1]
      now += 1
      await makeExternalUser(client, { channelId, name: 'Walker' })
    }
    expect(walked.toSorted()).toEqual(made.toSorted())
    const cursor = /cursor=([\w-]+)/.exec(
      (await list(`channelIds=${channelId}&pageSize=1`)).headers.get('link') ?? '',
    )?.[1]
    expect(await issue(`pageSize=1&cursor=${cursor}`)).toEqual([400, 'invalid_request', 'cursor'])
    expect(await issue(`channelIds=${channelId}&cursor=x${cursor}`)).toEqual([400, 'invalid_request', 'cursor'])
    expect(await issue(`channelIds=${channelId}&pageNumber=1&cursor=${cursor}`)).toEqual([
      400,
      'invalid_request',
      'pageNumber',
    ])
  })

  it('combines values of one filter by or, and filters by and', async () => {
    const [one, two] = [(await makeChannel(client)).id, (await makeChannel(client)).id]
    const [tier, group] = [(await makeTier(client)).id, (await makeGroup(client)).id]
    const a = await makeExternalUser(client, { channelId: one, tierId: tier })
    const b = await makeExternalUser(client, { channelId: two, tierId: tier, externalUserGroupId: group })
    const c = await makeExternalUser(client, { channelId: two, externalUserGroupId: group })
    const found = async (query: string) => (await ids(query)).toSorted()
    expect(await found(`channelIds=${one}&channelIds=${two}`)).toEqual([a.id, b.id, c.id].toSorted())
    expect(await found(`channelIds=${one.toUpperCase()}`)).toEqual([a.id])
    expect(await found(`channelIds=${two}&tierIds=${tier}`)).toEqual([b.id])
    expect(await found(`externalUserGroupIds=${group}&tierIds=${tier}&tierIds=${randomUUID()}`)).toEqual([b.id])
    expect(await found(`superIdentityIds=${a.superIdentityId}&superIdentityIds=${c.superIdentityId}`)).toEqual(
      [a.id, c.id].toSorted(),
    )
    expect(await found(`ids=${a.id}&ids=${c.id}&channelIds=${two}`)).toEqual([c.id])
    expect(await found(`tierIds=${tier}&channelIds=${randomUUID()}`)).toEqual([])
  })

  it('takes a hundred values of a filter, each only as a UUID, and no more', async () => {
    const user = await makeExternalUser(client)
    const query = (count: number) =>
      [user.id, ...Array.from({ length: count - 1 }, () => randomUUID())].map((id) => `ids=${id}`).join('&')
    expect(await ids(query(100))).toEqual([user.id])
    expect(await issue(query(101))).toEqual([400, 'invalid_request', 'ids'])
    expect(await issue('channelIds=all')).toEqual([400, 'invalid_request', 'channelIds.0'])
  })

  it.each([
    'pageNumber=0',
    'pageNumber=1.5',
    'pageNumber=abc',
    'pageSize=0',
    'pageSize=101',
    'pageSize=',
    'pageSize=1e1',
    'blocked=yes',
    'neverSeen=1',
    'search=',
    'name=Anna',
    'blocked=true&blocked=true',
    'createdAfter=yesterday',
    'createdAfter=2026-02-30T00:00:00Z',
    'createdBefore=2016-12-31T23:59:60Z',
    'lastSeenAfter=2026-03-03',
    'count=all',
    'search=%ff',
  ])('refuses ?%s and names the parameter', async (query) => {
    expect(await issue(query)).toEqual([400, 'invalid_request', query.split('=', 1)[0]])
  })

  it('finds an identifier in the canonical form of every channel, and an external id exactly', async () => {
    const channel = async (identifierKind: string, defaultCountry?: string) =>
      (await makeChannel(client, { identifierKind, ...(defaultCountry && { defaultCountry }) })).id
    const on = async (channelId: string, identifier: string) =>
      (await makeExternalUser(client, { channelId, identifier })).id
    const [email, british, american, username, opaque] = [
      await channel('email'),
      await channel('phone', 'GB'),
      await channel('phone', 'US'),
      await channel('username'),
      await channel('opaque'),
    ] as const
    const anna = await on(email, 'Anna@Bücher.example')
    const sameText = await on(opaque, 'anna@bücher.example')
    const london = await on(british, '020 7946 0958')
    const reno = await on(american, '(775) 555-0123')
    const named = await on(username, 'Ｂen')
    const found = async (identifier: string) => (await ids(`identifier=${encodeURIComponent(identifier)}`)).toSorted()
    expect(await found('ANNA@xn--bcher-kva.example')).toEqual([anna])
    expect(await found('anna@bücher.example')).toEqual([anna, sameText].toSorted())
    expect(await found('+44 20 7946 0958')).toEqual([london])
    expect(await found('02079460958')).toEqual([london])
    expect(await found('775-555-0123')).toEqual([reno])
    expect(await found('BEN')).toEqual([named])
    expect(await found('be')).toEqual([])
    expect(await found('\u0007')).toEqual([])
    const user = await makeExternalUser(client, { channelId: opaque, externalId: 'CRM-7' })
    expect([await ids('externalId=CRM-7'), await ids('externalId=crm-7'), await ids('externalId=CRM')]).toEqual([
      [user.id],
      [],
      [],
    ])
    expect(await ids(`externalId=CRM-7&channelIds=${email}`)).toEqual([])
  })

  it('takes time bounds strictly, to the millisecond, in any zone', async () => {
    const channelId = (await makeChannel(client)).id
    now = Date.parse('2026-03-04T00:00:00.500Z')
    const user = await makeExternalUser(client, { channelId, externalId: 'crm-1' })
    await client.post('/external-users/authenticate', { channelId, externalId: 'crm-1' })
    const matches = async (query: string) => (await ids(`channelIds=${channelId}&${query}`)).includes(user.id)
    for (const kind of ['created', 'lastSeen']) {
      expect(await matches(`${kind}After=2026-03-04T00:00:00.499Z`)).toBe(true)
      expect(await matches(`${kind}After=2026-03-04T00:00:00.500Z`)).toBe(false)
      expect(await matches(`${kind}Before=2026-03-04T00:00:00.500Z`)).toBe(false)
      expect(await matches(`${kind}Before=2026-03-04T01:00:00.501%2B01:00`)).toBe(true)
    }
  })

  it('searches name, identifier and external id as plain text in any script', async () => {
    const channelId = (await makeChannel(client)).id
    const names = [
      'Crème Brûlée',
      'ПЁТР',
      '山田太郎',
      '김철수',
      'ÇAĞLAR',
      'Straße',
      'محمد',
      'สมชาย',
      '😀👍🏽 smile',
      'a*b"c\'d',
    ]
    const more = ['100%_sure', 'x\\y\\z', 'NEAR(a, b)', 'one AND two', 'col:umn ^x', '-- ;drop', 'O’Neil', '{a b}+c']
    const made = new Map<string, string>()
    for (const name of [...names, ...more]) {
      made.set((await makeExternalUser(client, { channelId, name, externalId: `key-${made.size}` })).id, name)
    }
    const found = async (text: string) =>
      (await ids(`channelIds=${channelId}&pageSize=100&search=${encodeURIComponent(text)}`)).map((id) => made.get(id))
    for (const [text, name] of [
      ['creme brulee', 'Crème Brûlée'],
      ['петр', 'ПЁТР'],
      ['太', '山田太郎'],
      ['田太郎', '山田太郎'],
      ['철', '김철수'],
      ['caglar', 'ÇAĞLAR'],
      ['STRASSE', 'Straße'],
      ['حم', 'محمد'],
      ['มชา', 'สมชาย'],
      ['😀', '😀👍🏽 smile'],
      ['👍🏽 s', '😀👍🏽 smile'],
      ['*B"', 'a*b"c\'d'],
      ['"c\'', 'a*b"c\'d'],
      ['%_', '100%_sure'],
      ['0%_S', '100%_sure'],
      ['\\', 'x\\y\\z'],
      ['x\\y', 'x\\y\\z'],
      ['near(', 'NEAR(a, b)'],
      ['AND', 'one AND two'],
      ['col:', 'col:umn ^x'],
      [' ^x', 'col:umn ^x'],
      ['-- ;', '-- ;drop'],
      ['O’N', 'O’Neil'],
      ['}+c', '{a b}+c'],
    ] as const) {
      expect([text, await found(text)]).toEqual([text, [name]])
    }
    expect(await found('key-1')).toHaveLength(1 + Math.max(0, made.size - 10))
    for (const text of ['%%%', '___', '"""', 'NEAR(x', 'OR NOT', '***', 'zzz', 'x_y', '1%s'])
      expect(await found(text)).toEqual([])
  })

  it('shows nothing of another workspace, whatever its ids or texts', async () => {
    const other = await server.otherWorkspace()
    const theirs = await makeExternalUser(other.client, { identifier: 'theirs', externalId: 'crm-theirs' })
    for (const query of [
      `ids=${theirs.id}`,
      `channelIds=${theirs.channelId}`,
      'search=theirs',
      'identifier=theirs',
      'externalId=crm-theirs',
    ]) {
      expect(await ids(query)).toEqual([])
    }
    expect((await other.client.get('/external-users?search=THEIRS')).body).toHaveLength(1)
  })
})

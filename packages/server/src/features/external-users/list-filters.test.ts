// Every combination of filters against a plain evaluation of the same rules in memory, over one seeded world.
import fc from 'fast-check'
import type { ExternalUser } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { canonicalIdentifier, type IdentifierKind } from '../../lib/canonical-identifier.ts'
import { foldForSearch } from '../../lib/fold-for-search.ts'

interface Known {
  readonly user: ExternalUser
  readonly kind: IdentifierKind
  readonly seenAt: number | null
}

interface World {
  readonly known: readonly Known[]
  readonly channelIds: string[]
  readonly groupIds: string[]
  readonly tierIds: string[]
  readonly moments: number[]
}

type Filter = Partial<{
  channelIds: string[]
  externalUserGroupIds: string[]
  tierIds: string[]
  superIdentityIds: string[]
  ids: string[]
  identifier: string
  externalId: string
  search: string
  blocked: boolean
  neverSeen: boolean
  createdAfter: number
  createdBefore: number
  lastSeenAfter: number
  lastSeenBefore: number
}>

const start = Date.parse('2026-03-03T09:00:00.000Z')
const words = [
  'Crème',
  'Brûlée',
  'Пётр',
  '山田太郎',
  '김철수',
  'Çağlar',
  'Straße',
  'สมชาย',
  '😀👍',
  '100%',
  'a_b',
  '"x"',
  'AND',
  '\\',
  'İz',
  'ΣΑΣ',
]
const phones = ['020 7946 0958', '+442079460959', '07700 900123', '+1 775 555 0123']
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })

/** The rules of the list in their plainest form. */
function expected({ known }: World, filter: Filter): string[] {
  const among = (values: string[] | undefined, value: string | null) =>
    !values?.length || values.includes(value as string)
  const inTime = (at: number | null, after: number | undefined, before: number | undefined) =>
    (after === undefined || (at !== null && at > after)) && (before === undefined || (at !== null && at < before))
  const called = (kind: IdentifierKind, text: string | null) => {
    const form = text === null ? null : canonicalIdentifier(kind, text, 'GB')
    return form && 'canonical' in form ? form.canonical : null
  }
  const matches = ({ user, kind, seenAt }: Known) => {
    const { search, identifier, externalId, blocked, neverSeen } = filter
    const texts = [user.name, user.identifier, user.externalId].map((text) => foldForSearch(text ?? ''))
    const wanted = identifier === undefined ? null : called(kind, identifier)
    return (
      among(filter.channelIds, user.channelId) &&
      among(filter.externalUserGroupIds, user.externalUserGroupId) &&
      among(filter.tierIds, user.tierId) &&
      among(filter.superIdentityIds, user.superIdentityId) &&
      among(filter.ids, user.id) &&
      (identifier === undefined || (wanted !== null && wanted === called(kind, user.identifier))) &&
      (externalId === undefined || user.externalId === externalId) &&
      (search === undefined || texts.some((text) => text.includes(foldForSearch(search)))) &&
      (blocked === undefined || user.blocked === blocked) &&
      (neverSeen === undefined || (seenAt === null) === neverSeen) &&
      inTime(Date.parse(user.createdAt), filter.createdAfter, filter.createdBefore) &&
      inTime(seenAt, filter.lastSeenAfter, filter.lastSeenBefore)
    )
  }
  const place = ({ user }: Known) => user.createdAt + user.id
  return known
    .filter(matches)
    .toSorted((a, b) => (place(a) < place(b) ? 1 : -1))
    .map(({ user }) => user.id)
}

function queryOf(filter: Filter): string {
  const query = new URLSearchParams({ pageSize: '100', count: 'exact' })
  for (const [key, value] of Object.entries(filter)) {
    if (typeof value === 'number') query.set(key, new Date(value).toISOString())
    else for (const one of [value].flat()) query.append(key, String(one))
  }
  return query.toString()
}

/** Up to 100 users on channels of every kind, several in the same millisecond; the same world on each database but for ids. */
async function makeWorld({ client }: TestServer, clock: { at: number }): Promise<World> {
  const kinds = ['email', 'phone', 'username', 'opaque', 'opaque'] as const
  const channels = await Promise.all(
    kinds.map((identifierKind) => makeChannel(client, { identifierKind, defaultCountry: 'GB' })),
  )
  const groupIds = [(await makeGroup(client)).id, (await makeGroup(client)).id]
  const tierIds = [(await makeTier(client)).id, (await makeTier(client)).id]
  const word = fc.constantFrom(...words)
  const plan = fc.record({
    channel: fc.nat(kinds.length - 1),
    name: optional(fc.tuple(word, word).map((pair) => `Mx ${pair.join(' ')}`)),
    group: optional(fc.nat(1)),
    tier: optional(fc.nat(1)),
    blocked: fc.boolean(),
    seen: fc.boolean(),
    pause: fc.constantFrom(0, 0, 0, 1, 1_000),
    tail: word,
  })
  const plans = fc.sample(plan, { seed: 20_260_303, numRuns: 100 })
  const known: Known[] = []
  for (const [i, { channel, name, group, tier, blocked, seen, pause, tail }] of plans.entries()) {
    clock.at += pause
    const kind = kinds[channel] as (typeof kinds)[number]
    const identifiers = {
      email: `Anna${i % 7}@Bücher.example`,
      phone: phones[i % 4],
      username: `bén${i % 9}`,
      opaque: `${tail} ${i % 11}`,
    }
    const body = {
      channelId: channels[channel]?.id,
      externalId: `crm-${tail}-${i % 20}`,
      identifier: identifiers[kind],
      name,
      externalUserGroupId: group === null ? null : groupIds[group],
      tierId: tier === null ? null : tierIds[tier],
    }
    const { status, body: user } = await client.post('/external-users', body)
    // Some of the plans name the same account twice; the first one has it.
    if (status === 409) continue
    expect(status).toBe(200)
    const { id, channelId } = user
    if (seen) await client.post('/external-users/authenticate', { channelId, id })
    const shown = blocked ? (await client.patch(`/external-users/${id}`, { blocked })).body : user
    known.push({ user: shown, kind, seenAt: seen ? clock.at : null })
  }
  const moments = known.map(({ user }) => Date.parse(user.createdAt))
  return { known, channelIds: channels.map(({ id }) => id), groupIds, tierIds, moments }
}

function filters({ known, channelIds, groupIds, tierIds, moments }: World, filtersMax: number): fc.Arbitrary<Filter> {
  const some = (values: string[]) => fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
  const moment = fc.tuple(fc.constantFrom(...moments), fc.constantFrom(-1, 0, 1)).map(([at, off]) => at + off)
  const text = fc.constantFrom(
    ...known.flatMap(({ user }) => [user.name, user.identifier, user.externalId].filter((t) => t !== null)),
  )
  const piece = fc.tuple(text, fc.nat(20), fc.integer({ min: 1, max: 8 })).map(([whole, from, length]) => {
    const points = [...whole]
    return points
      .slice(from % points.length)
      .slice(0, length)
      .join('')
  })
  const respelt = (t: string) => fc.constantFrom(t, t.toUpperCase(), t.toLowerCase())
  const every = {
    channelIds: some(channelIds),
    externalUserGroupIds: some(groupIds),
    tierIds: some(tierIds),
    superIdentityIds: some(known.map(({ user }) => user.superIdentityId)),
    ids: some(known.map(({ user }) => user.id)),
    identifier: text.chain(respelt),
    externalId: text,
    search: fc.oneof(piece.chain(respelt), fc.constantFrom(...words, '*', '%', '_', 'NEAR(', '" OR "', '^')),
    blocked: fc.boolean(),
    neverSeen: fc.boolean(),
    createdAfter: moment,
    createdBefore: moment,
    lastSeenAfter: moment,
    lastSeenBefore: moment,
  }
  const names = Object.keys(every) as (keyof typeof every)[]
  const chosen = fc.subarray(names, { minLength: 1, maxLength: filtersMax })
  return chosen.chain((keys) =>
    fc.record(Object.fromEntries(keys.map((key) => [key, every[key]]))),
  ) as fc.Arbitrary<Filter>
}

describe.each(testDatabases)('filters of external users on $name', (kind) => {
  const clock = { at: start }
  let server: TestServer
  let world: World

  beforeAll(async () => {
    clock.at = start
    server = await startTestServer(kind, { clock: { now: () => clock.at } })
    world = await makeWorld(server, clock)
  })
  afterAll(() => server.close())

  async function check(filter: Filter) {
    const { status, body, headers } = await server.client.get(`/external-users?${queryOf(filter)}`)
    const wanted = expected(world, filter)
    expect([status, body.map?.((user: ExternalUser) => user.id)]).toEqual([200, wanted])
    expect(headers.get('total-count')).toBe(String(wanted.length))
    return wanted.length
  }

  it('each alone answers exactly the matching users in their order', async () => {
    expect(world.known.length).toBeGreaterThan(40)
    const hits = new Map<string, number>()
    for (const filter of fc.sample(filters(world, 1), { seed: 1, numRuns: 200 })) {
      const [key] = Object.keys(filter)
      const found = await check(filter)
      if (key && found > 0) hits.set(key, (hits.get(key) ?? 0) + 1)
    }
    // An evaluation that never matches anything would prove nothing.
    expect(hits.size).toBe(14)
  })

  it('any combination answers exactly the matching users in their order', async () => {
    let hits = 0
    const property = fc.asyncProperty(filters(world, 4), async (filter) => {
      if ((await check(filter)) > 0) hits += 1
    })
    await fc.assert(property, { seed: 2, numRuns: 200 })
    expect(hits).toBeGreaterThan(50)
  })
})

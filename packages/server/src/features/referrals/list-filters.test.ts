// Random filters and orders over random referrals: both databases answer as the reference says, in every spelling.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Referral } from '@narthex/contract'
import { testDatabases } from '../../../test/databases.ts'
import { insertReferrals, type ReferralFields } from '../../../test/referral-rows.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'
import { compareReferrals, isMatch, respelled, type Filter, type Sorting } from '../../../test/referral-filter.ts'

const now = Date.parse('2026-03-03T09:30:00.000Z')
const texts = [
  'a',
  'A',
  'ab',
  'aB',
  'b%',
  '%',
  '_',
  '*a',
  'é',
  'e',
  'éa',
  '😀',
  '\uFFFD',
  '\uE000b',
  'a b',
  '275',
  '10',
  '\uD7FF',
  '\uD7FFz',
  '\u{10FFFF}',
  'ADMITTED',
]
const times = [now - 2, now - 1, now, now + 1, now + 2, Date.parse('2018-01-01T00:00:00Z')]
const textFields = [
  'status',
  'referrerComment',
  'reviewerComment',
  ...['referredUser', 'referrerUser', 'reviewerUser'].flatMap((user) =>
    ['firstname', 'lastname', 'email'].map((name) => `${user}.${name}`),
  ),
]
const idFields = [
  'id',
  'organizationId',
  'parentId',
  'referredUser.userId',
  'referrerUser.userId',
  'reviewerUser.userId',
]
const statuses = ['REFERRED', 'ADMITTED', 'REJECTED', 'REVOKED', 'WITHDRAWN', 'EXPIRED'] as const

const text = fc.constantFrom(...texts)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 })

/** Admissions end before, at and after the moment of the tests. */
const row: fc.Arbitrary<ReferralFields> = fc.record({
  status: fc.constantFrom(...statuses),
  admitted_until: maybe(fc.constantFrom(...times)),
  referred_at: fc.constantFrom(...times),
  reviewed_at: maybe(fc.constantFrom(...times)),
  referrer_comment: maybe(text),
  reviewer_comment: maybe(text),
  referred_firstname: maybe(text),
  referred_lastname: maybe(text),
  referred_email: maybe(text),
  referrer_firstname: maybe(text),
  referrer_lastname: maybe(text),
  referrer_email: maybe(text),
  reviewer_firstname: maybe(text),
  reviewer_lastname: maybe(text),
  reviewer_email: maybe(text),
})

const unreviewed = {
  reviewer_firstname: null,
  reviewer_lastname: null,
  reviewer_email: null,
  reviewer_comment: null,
  reviewed_at: null,
}

function filters(ids: readonly string[], names: readonly string[]): fc.Arbitrary<Filter> {
  const iso = fc.constantFrom(
    ...times.map((ms) => new Date(ms).toISOString()),
    '2026-03-03T11:30:00.0000001+02:00',
    '2026-03-03T09:29:59.9995Z',
  )
  const operators = (value: fc.Arbitrary<unknown>, own: fc.Arbitrary<Filter>) =>
    fc.letrec<{ any: Filter }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small', maxDepth: 2 },
        fc.oneof(fc.record({ eq: maybe(value) }), fc.record({ in: fc.array(maybe(value), { maxLength: 5 }) }), own),
        fc.record({ or: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ and: fc.array(tie('any'), { minLength: 1, maxLength: 2 }) }),
        fc.record({ not: fc.oneof(tie('any'), fc.array(tie('any'), { minLength: 1, maxLength: 2 })) }),
      ),
    })).any
  const textOperand = fc.oneof(text, fc.constantFrom(275, 10, 1e21), fc.constantFrom(...statuses))
  const part = fc.oneof(text, fc.constantFrom('', 'RE', 'ED'))
  const ofText = operators(
    textOperand,
    fc.oneof(fc.record({ startsWith: part }), fc.record({ endsWith: part }), fc.record({ contains: part })),
  )
  const between = fc
    .tuple(fc.constantFrom('[', '('), fc.array(iso, { minLength: 2, maxLength: 2 }), fc.constantFrom(']', ')'))
    .map(([opening, ends, closing]) => {
      const [from, to] = ends.toSorted((a, b) => Date.parse(a) - Date.parse(b))
      return `${opening}${from}, ${to}${closing}`
    })
  const ofTime = operators(iso, fc.oneof(fc.record({ before: iso }), fc.record({ after: iso }), fc.record({ between })))
  const id = fc.constantFrom(...ids, 'x')
  const ofId = operators(id, fc.record({ startsWith: id.map((each) => each.slice(0, 2)) }))
  const name = fc.constantFrom(...names)
  const ofName = operators(name, fc.record({ contains: name.map((each) => each.slice(1, 3)) }))
  const field = (among: readonly string[], value: fc.Arbitrary<unknown>, own: fc.Arbitrary<Filter>) =>
    fc.tuple(fc.constantFrom(...among), fc.oneof(value, own))
  const member = fc.oneof(
    { arbitrary: field(textFields, textOperand, ofText), weight: 5 },
    { arbitrary: field(['referredAt', 'reviewedAt'], iso, ofTime), weight: 2 },
    { arbitrary: field(idFields, id, ofId), weight: 2 },
    { arbitrary: field(['name', 'organizationName'], name, ofName), weight: 1 },
  )
  return fc.letrec<{ any: Filter }>((tie) => {
    const joined = fc.tuple(fc.constantFrom('and', 'or', 'not'), tie('any'))
    const members = fc.uniqueArray(fc.oneof({ depthSize: 'small', maxDepth: 3 }, member, joined), {
      minLength: 1,
      maxLength: 3,
      selector: ([key]) => key,
    })
    return { any: members.map((each) => Object.fromEntries(each as [string, unknown][])) }
  }).any
}

const sortings: fc.Arbitrary<Sorting> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...textFields, ...idFields, 'referredAt', 'reviewedAt', 'name'),
    descending: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3, selector: ({ field }) => field },
)

/** Where an admission is over and not recorded yet the status is no longer what is stored. */
const worlds = testDatabases.flatMap((kind) => [
  { ...kind, world: 'while an admission is over unrecorded', ends: true },
  { ...kind, world: 'while all is recorded', ends: false },
])

describe.each(worlds)('filters and orders of referrals on $name, $world', (kind) => {
  let server: TestServer
  let everything: Referral[]
  let parentId: string
  let referrer: TestMemberClient
  let filter: fc.Arbitrary<Filter>

  const list = async (query: string, client = server.owner) => {
    const { status, body } = await client.get(`referral:/external-users?organizationId=${server.workspaceId}&${query}`)
    expect([status, body.errors]).toEqual([200, undefined])
    return body as { externalUsers: Referral[]; meta: { page: { totalElements: number } } }
  }
  const idsOf = (referrals: readonly Referral[]) => referrals.map(({ id }) => id)
  const expected = (asked: Filter, sorting: Sorting, among = everything) =>
    idsOf(among.filter((each) => isMatch(each, asked, parentId)).toSorted(compareReferrals(sorting, parentId)))
  const asText = (sorting: Sorting) =>
    sorting.map(({ field, descending }) => (descending ? `-${field}` : `%2B${field}`)).join()

  beforeAll(async () => {
    const clock = Object.assign(settableClock(), { at: now })
    server = await startTestServer(kind, { clock })
    const { workspaceId, ownerId } = server
    parentId = (await server.otherWorkspace()).workspaceId
    await server.db.write((tx) =>
      tx.updateTable('workspaces').set({ parent_id: parentId }).where('id', '=', workspaceId).execute(),
    )
    const second = await server.memberWith('referrer')
    referrer = second
    const rows = fc.sample(row, { numRuns: 90, seed: 7 }).map((fields, i) => ({
      ...fields,
      ...(!kind.ends && { admitted_until: null }),
      referrer_id: i % 3 === 0 ? second.id : ownerId,
      ...(fields.status === 'REFERRED' ? unreviewed : { reviewer_id: i % 2 === 0 ? second.id : ownerId }),
    }))
    const made = await insertReferrals(server.db, { workspaceId, referrerId: ownerId }, rows)
    everything = (await list('size=100')).externalUsers
    const ids = [
      workspaceId,
      parentId,
      ownerId,
      second.id,
      ...made.slice(0, 5).flatMap((each) => [each.id, each.super_identity_id]),
    ]
    filter = filters(
      [...ids, ...ids.map((id) => id.toUpperCase())],
      [everything[0]?.organizationName as string, 'Another'],
    )
  })
  afterAll(() => server.close())

  it('find what the reference says, in the order that it says, with the total', async () => {
    expect(everything).toHaveLength(90)
    await fc.assert(
      fc.asyncProperty(filter, sortings, async (asked, sorting) => {
        const ids = expected(asked, sorting)
        const query = `filter=${encodeURIComponent(JSON.stringify(asked))}&sort=${asText(sorting)}`
        const { externalUsers, meta } = await list(`${query}&size=100`)
        expect([idsOf(externalUsers), meta.page.totalElements]).toEqual([ids, ids.length])
      }),
      { numRuns: 250 },
    )
  })

  it('find the same page by page, and for a referrer its own', async () => {
    const sizes = fc.integer({ min: 1, max: 40 })
    await fc.assert(
      fc.asyncProperty(fc.option(filter), sortings, sizes, fc.boolean(), async (asked, sorting, size, isOwn) => {
        const query = `${asked ? `filter=${encodeURIComponent(JSON.stringify(asked))}&` : ''}sort=${asText(sorting)}&size=${size}`
        const own = everything.filter(({ referrerUser }) => referrerUser.userId === referrer.id)
        const ids = expected(asked ?? {}, sorting, isOwn ? own : everything)
        const found: string[] = []
        for (let number = 0; number * size <= ids.length; number += 1) {
          const { externalUsers, meta } = await list(
            `${query}&number=${number}`,
            isOwn ? referrer.client : server.owner,
          )
          found.push(...idsOf(externalUsers))
          expect(meta.page).toEqual({
            totalPages: Math.ceil(ids.length / size),
            number,
            size,
            elements: externalUsers.length,
            totalElements: ids.length,
          })
        }
        expect(found).toEqual(ids)
      }),
      { numRuns: 60 },
    )
  })

  it('are read from the queue, latest first or last', async () => {
    const choices = fc.subarray([...statuses], { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(choices, fc.boolean(), async (among, descending) => {
        const asked = { status: { in: among } }
        const sorting = [{ field: 'referredAt', descending }]
        const query = `filter=${encodeURIComponent(JSON.stringify(asked))}&sort=${asText(sorting)}`
        const ids = expected(asked, sorting)
        for (const [number, page] of [ids.slice(0, 7), ids.slice(7, 14)].entries()) {
          expect(idsOf((await list(`${query}&size=7&number=${number}`)).externalUsers)).toEqual(page)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('mean the same in every spelling', async () => {
    await fc.assert(
      fc.asyncProperty(filter, fc.integer(), async (asked, seed) => {
        const spellings = [JSON.stringify(asked), respelled(asked, seed), respelled(asked, seed + 1)]
        const bodies = await Promise.all(spellings.map((each) => list(`filter=${encodeURIComponent(each)}&size=100`)))
        for (const body of bodies) expect(body).toEqual(bodies[0])
      }),
      { numRuns: 60 },
    )
  })
})

// How pages of a large organization are read: in the order of an index or by an index of what is asked for, never whole.
import { referralFields, type SortKey } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../../test/databases.ts'
import { fillOrganization, type LargeOrganization } from '../../../test/large-organization.ts'
import { expectBounded, expectOrdered, watch } from '../../../test/reads.ts'
import type { Context } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { always } from '../../lib/filter.ts'
import { readListPage } from '../../http/referral-list.ts'
import { listReferrals, type ListOptions } from './list.ts'
import type { Sight } from './sight.ts'

const count = 100_000
const fields = Object.keys(referralFields)
const sorts: SortKey[] = fields.flatMap((field) => [
  { field, descending: false },
  { field, descending: true },
])

describe.each(testDatabases)('referrals of a large organization on $name', (kind) => {
  let database: TestDatabase
  let db: Database
  let world: LargeOrganization

  beforeAll(async () => {
    database = await kind.create()
    db = await database.open()
    await db.migrate()
    world = await fillOrganization(db, count)
  })
  afterAll(() => database.drop())

  /** The plans of all statements on referrals that a list runs, besides those that count and those that get the rows shown. */
  async function reads(options: Partial<ListOptions>, sight: Partial<Sight> = {}) {
    const { watched, reads: readBy } = watch(db)
    const ctx = { db: watched, clock: { now: () => world.now } } as unknown as Context
    const all = { organization: world.organization, referrerIds: null, ...sight } as Sight
    const page = { size: 10, offset: 0, personId: undefined, condition: always, keys: [], ...options }
    const { rows, total } = await listReferrals(ctx, all, page)
    const plans = (await readBy()).filter(({ text, plan }) => /\breferrals\b/.test(text) && !/referrals_due/.test(plan))
    return { rows, total, plans }
  }

  const filtered = (filter: object, sort = '-referredAt', size = 10) =>
    readListPage({ number: 0, size, filter: JSON.stringify(filter), sort }, referralFields, 'id')

  it.each(sorts)('sorted by $field, descending: $descending, are read in the order of an index', async (key) => {
    const { rows, total, plans } = await reads({ keys: [key] })
    expect([rows.length, total]).toEqual([10, count])
    for (const { by, plan } of plans) {
      expect(by).toBe('read')
      expectBounded(plan, 'referrals')
      expectOrdered(plan)
    }
  })

  it.each([
    ['waiting, latest first', { status: 'REFERRED' }, '-referredAt', 50],
    ['waiting, oldest first', { status: 'REFERRED' }, 'referredAt', 50],
    ['of two statuses', { status: { in: ['ADMITTED', 'WITHDRAWN'] } }, '-referredAt', 75_450],
    ['of a status, by another field', { status: 'ADMITTED' }, 'referredUser.email', 75_000],
    ['of a status, by another field, descending', { status: 'ADMITTED' }, '-referredUser.lastname', 75_000],
    ['not of a status', { not: { status: 'ADMITTED' } }, '-referredAt', 25_000],
    ['of no status there is', { status: 'admitted' }, '-referredAt', 0],
  ])('%s are counted without being read and read from an index', async (_, filter, sort, matching) => {
    const { total, plans } = await reads(filtered(filter, sort))
    expect(total).toBe(matching)
    for (const { plan } of plans) expectBounded(plan, 'referrals')
  })

  it.each([
    ['an address', () => ({ 'referredUser.email': 'person-77@example.com' }), /referred_email/],
    [
      'an address of some status',
      () => ({ 'referredUser.email': 'person-777@example.com', status: 'ADMITTED' }),
      /referred_email/,
    ],
    [
      'the first letters of an address',
      () => ({ 'referredUser.email': { startsWith: 'person-777' } }),
      /referred_email/,
    ],
    ['an id', () => ({ id: world.someId }), /\bid=\?|referrals_pk/],
    ['a person', () => ({ 'referredUser.userId': world.somePersonId }), /super_identity_id/],
    [
      'a few moments',
      () => ({ referredAt: { between: `[${iso(world.start)}, ${iso(world.start + 40_000)}]` } }),
      /referred_at/,
    ],
  ])('with %s are found by its index, in any order', async (_, filter, index) => {
    for (const sort of ['-referredAt', 'referredUser.lastname', '-reviewerUser.email,status']) {
      const { rows, total, plans } = await reads(filtered(filter(), sort))
      expect(rows.length).toBe(Math.min(10, total))
      expect(total).toBeGreaterThan(0)
      for (const { plan } of plans) expectBounded(plan, 'referrals')
      expect(plans.slice(0, -1).map(({ plan }) => plan)).toEqual(
        plans.slice(0, -1).map(() => expect.stringMatching(index)),
      )
    }
  })

  it('of one person are found by it', async () => {
    const { rows, total, plans } = await reads({
      personId: world.somePersonId,
      keys: [{ field: 'referredAt', descending: true }],
    })
    expect([rows.length, total]).toEqual([1, 1])
    for (const { by, plan } of plans) {
      expect(by).toBe('read')
      expectBounded(plan, 'referrals')
    }
  })

  it("of one referrer's own are read in their order", async () => {
    const { total, plans } = await reads(filtered({}), { referrerIds: [world.referrerId] })
    expect(total).toBe(count / 5)
    for (const { by, plan } of plans) {
      expect(by).toBe('read')
      expectBounded(plan, 'referrals')
      expect(plan).not.toMatch(/TEMP B-TREE|Sort/)
    }
  })

  it('far on, or of what no index has, are read beside the event loop', async () => {
    const far = await reads({ keys: [{ field: 'referredAt', descending: true }], offset: 60_000 })
    expect(far.rows).toHaveLength(10)
    expect(far.plans[0]?.by).toBe('aside')
    const contained = await reads(filtered({ referrerComment: { contains: '999' } }))
    expect(contained.rows.length).toBeGreaterThan(0)
    expect(contained.plans.slice(0, -1).map(({ by }) => by)).toEqual(['aside', 'aside'])
  })

  it('pages through what is missing after what is there', async () => {
    const sort = (descending: boolean) => [{ field: 'reviewedAt', descending }]
    const reviewed = count - 50
    for (const descending of [true, false]) {
      const { rows } = await reads({ keys: sort(descending), offset: reviewed - 5 })
      expect(rows.map((row) => row.reviewed_at === null)).toEqual([...Array(5).fill(false), ...Array(5).fill(true)])
      const beyond = await reads({ keys: sort(descending), offset: reviewed + 20 })
      expect(beyond.rows.every((row) => row.reviewed_at === null)).toBe(true)
    }
  })

  it('that were counted once are not counted for the next page', async () => {
    const ctx = (fresh: Database) => ({ db: fresh, clock: { now: () => world.now } }) as unknown as Context
    const counts: string[] = []
    const fresh = {
      ...db,
      aside: db.aside.withPlugin({
        transformQuery({ node }) {
          counts.push(db.read.getExecutor().compileQuery(node, { queryId: 'count' }).sql)
          return node
        },
        transformResult: async ({ result }) => result,
      }),
    }
    const sight = { organization: world.organization, referrerIds: null } as unknown as Sight
    const options = filtered({ referrerComment: { endsWith: '7' } })
    const pages = [0, 10, 20].map((offset) =>
      listReferrals(ctx(fresh), sight, { ...options, offset, personId: undefined }),
    )
    const totals = (await Promise.all(pages)).map(({ total }) => total)
    expect(new Set(totals)).toEqual(new Set([count / 10]))
    expect(counts.filter((text) => text.startsWith('select count(*)'))).toHaveLength(1)
    const changed = { ...world.organization, referral_revision: world.organization.referral_revision + 1 }
    await listReferrals(ctx(fresh), { ...sight, organization: changed }, { ...options, personId: undefined })
    expect(counts.filter((text) => text.startsWith('select count(*)'))).toHaveLength(2)
  })
})

const iso = (ms: number) => new Date(ms).toISOString()

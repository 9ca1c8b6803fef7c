// How pages of an organization that knows very many people are read: by an index, never whole, never sorted.
import { userListFields, type SortKey } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../../test/databases.ts'
import { fillOrganization, fillUsers, type LargeOrganization } from '../../../test/large-organization.ts'
import { expectBounded, expectOrdered, watch } from '../../../test/reads.ts'
import type { Context } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { readListPage } from '../../http/referral-list.ts'
import { always } from '../../lib/filter.ts'
import { listUsersSeen, requireUser, type ListOptions } from './service.ts'

const count = 100_000
const members = 10
const fields = Object.keys(userListFields)
const sorts: SortKey[] = fields.flatMap((field) => [
  { field, descending: false },
  { field, descending: true },
])

describe.each(testDatabases)('users of a large organization on $name', (kind) => {
  let database: TestDatabase
  let db: Database
  let world: LargeOrganization

  beforeAll(async () => {
    database = await kind.create()
    db = await database.open()
    await db.migrate()
    world = await fillOrganization(db, count)
    await fillUsers(db, world)
  })
  afterAll(() => database.drop())

  const contextOf = (watched: Database, memberId?: string) => {
    const { id: workspaceId } = world.organization
    const membership = { workspaceId, id: memberId, role: 'referrer' }
    const member = { kind: 'member', workspaceId, id: memberId, memberships: [membership] }
    const principal = memberId === undefined ? { kind: 'api_key', workspaceId } : member
    return { db: watched, principal } as unknown as Context
  }

  /** The plans of all statements on users but those that count. */
  async function reads(options: Partial<ListOptions>, memberId?: string) {
    const { watched, reads: readBy } = watch(db)
    const page = { size: 10, offset: 0, condition: always, keys: [], ...options }
    const { rows, total } = await listUsersSeen(contextOf(watched, memberId), world.organization.id, page)
    const all = (await readBy()).filter(({ text }) => /\busers\b/.test(text))
    return { rows, total, all, plans: all.filter(({ text }) => !text.startsWith('select count(*)')) }
  }

  const filtered = (filter: object, sort = 'id') =>
    readListPage({ number: 0, size: 10, filter: JSON.stringify(filter), sort }, userListFields, 'id')

  it.each(sorts)(
    'sorted by $field, descending: $descending, are not counted and read in the order of an index',
    async (key) => {
      const { rows, total, all, plans } = await reads({ keys: [key] })
      expect([rows.length, total]).toEqual([10, count + members])
      expect(all).toEqual(plans)
      for (const { by, plan } of plans) {
        expect(by).toBe('read')
        expectBounded(plan, 'users')
        expectOrdered(plan)
      }
    },
  )

  it.each([
    ['members', { kind: 'MEMBER' }, members],
    ['persons', { kind: 'PERSON' }, count],
    ['all but members', { not: { kind: 'MEMBER' } }, count],
    ['of the organization', {}, count + members],
    ['of no kind there is', { kind: 'ROBOT' }, 0],
  ])('%s are counted without being read', async (_, filter, matching) => {
    const { total, all, plans } = await reads(filtered(filter, 'lastname'))
    expect([total, all]).toEqual([matching, plans])
    for (const { plan } of plans) expectBounded(plan, 'users')
  })

  it.each([
    ['an address', { email: 'person-4242@example.com' }, 1],
    ['the first letters of an address', { email: { startsWith: 'person-4242' } }, 11],
    ['an id', () => ({ id: { in: [world.somePersonId] } }), 1],
    ['a name of some kind', { kind: 'PERSON', lastname: 'Last77' }, 100],
  ] as const)('with %s are found by an index, in any order', async (_, filter, matching) => {
    for (const sort of ['id', '-lastname', 'firstname,-email']) {
      const { total, all } = await reads(filtered(typeof filter === 'function' ? filter() : filter, sort))
      expect(total).toBe(matching)
      for (const { plan } of all) expectBounded(plan, 'users')
    }
  })

  it("of a referrer's own are found by its referrals or met on the way", async () => {
    const { total, plans } = await reads({}, world.referrerId)
    expect(total).toBe(count / 5 + members)
    for (const { plan } of plans) {
      expectBounded(plan, 'users')
      expectBounded(plan, 'referrals')
    }
    const [own] = (await reads(filtered({ email: 'person-1@example.com' }), world.referrerId)).rows
    expect(own?.email).toBe('person-1@example.com')
    expect((await reads(filtered({ email: 'person-2@example.com' }), world.referrerId)).total).toBe(0)
  })

  it('are got one by one without a look at the others', async () => {
    for (const [memberId, id] of [
      [undefined, world.somePersonId],
      [world.referrerId, world.somePersonId.replace('4242', '4241')],
    ] as const) {
      const { watched, reads: readBy } = watch(db)
      const { row } = await requireUser(contextOf(watched, memberId), id)
      expect(row.id).toBe(id)
      for (const { plan, text } of await readBy()) if (/\busers\b/.test(text)) expectBounded(plan, 'users')
    }
  })

  it('that were counted once are not counted for the next page, until somebody changes', async () => {
    const { watched, reads: readBy } = watch(db)
    const list = (offset: number) =>
      listUsersSeen(contextOf(watched), world.organization.id, {
        ...filtered({ email: { endsWith: '7@example.com' } }),
        offset,
      })
    const totals = (await Promise.all([0, 10, 20].map(list))).map(({ total }) => total)
    expect(new Set(totals)).toEqual(new Set([count / 10 + 1]))
    await db.write((tx) =>
      tx
        .updateTable('user_counts')
        .set((eb) => ({ revision: eb('revision', '+', 1) }))
        .execute(),
    )
    await list(0)
    const counts = (await readBy()).filter(({ text }) => text.startsWith('select count(*)'))
    expect(counts.map(({ by }) => by)).toEqual(['aside', 'aside'])
  })
})

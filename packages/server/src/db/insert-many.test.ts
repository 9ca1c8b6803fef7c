// Many rows arrive as each of them would alone, whatever way a database takes them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import type { Database } from './database.ts'
import { insertMany, insertUntaken } from './insert-many.ts'
import { insertOne } from './insert-one.ts'

const event = (id: string, more: object = {}) => ({
  workspace_id: 'w',
  id,
  type: 'tier.created',
  actor_kind: 'system',
  actor_id: null,
  subject_kind: 'tier',
  subject_id: 's',
  subject_version: 1,
  before: null,
  after: null,
  openings: null,
  request_id: null,
  occurred_at: 1_795_328_501_861,
  position: null,
  hash: null,
  ...more,
})

describe.each(testDatabases)('many rows on $name', (kind) => {
  let place: TestDatabase
  let db: Database

  const events = () => db.read.selectFrom('events').selectAll().orderBy('id').execute()

  beforeAll(async () => {
    place = await kind.create()
    db = await place.open()
    await db.migrate()
    await db.write(async (tx) => {
      const workspace = { id: 'w', name: 'W', token_lifetime_seconds: 60, cut_off_count: 0, version: 1 }
      await tx
        .insertInto('workspaces')
        .values({ ...workspace, created_at: 0, updated_at: 0 } as never)
        .execute()
    })
  })
  afterAll(() => place.drop())

  it('are stored as one by one, in any script and up to the largest number', async () => {
    const rows = [
      event('a', { after: '{"quoted":"\\\\ \\"\\n\\u2028"}', hash: 'Ünï 日本 👩🏽‍🚀 \u2028 \t' }),
      event('b', { position: Number.MAX_SAFE_INTEGER, after: '' }),
      event('c', { position: -1, hash: String.raw`\u0041 null \N`, subject_version: 0 }),
    ]
    await db.write((tx) => insertMany(tx, 'events', rows))
    const together = await events()
    expect(together).toEqual(rows)
    await db.write(async (tx) => {
      await tx.deleteFrom('events').execute()
      for (const row of rows) await insertOne(tx, 'events', row)
    })
    expect(await events()).toEqual(together)
  })

  it('are left out where their place is taken, and counted', async () => {
    const rows = ['c', 'd', 'd', 'e'].map((id) => event(id))
    expect(await db.write((tx) => insertUntaken(tx, 'events', rows))).toBe(2)
    expect((await events()).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it.each([Number.NaN, Infinity, undefined, new Date(0)])('are refused with %s in one of them', async (position) => {
    const rows = [event('y'), event('z', { position })]
    await expect(db.write((tx) => insertMany(tx, 'events', rows))).rejects.toThrow(TypeError)
    expect(await events()).toHaveLength(5)
  })
})

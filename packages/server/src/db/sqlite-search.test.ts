// Rows without trigrams are found by their texts, and whatever happens to one, the index holds what it should.
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../test/databases.ts'
import type { Database, Tx } from './database.ts'
import { migrations as released } from './migrations/index.ts'
import { contains, sought } from './search.ts'

const at = { version: 1, created_at: 1, updated_at: 1 }
const insert = (tx: Tx, id: string, search_text: string) =>
  tx
    .insertInto('super_identities')
    .values({ workspace_id: 'w', id, search_text, ...at })
    .execute()
const change = (tx: Tx, id: string, search_text: string) =>
  tx.updateTable('super_identities').set({ search_text }).where('id', '=', id).execute()
const remove = (tx: Tx, id: string) => tx.deleteFrom('super_identities').where('id', '=', id).execute()

async function openHouse(place: TestDatabase, options = {}): Promise<Database> {
  const db = await place.open(options)
  await db.migrate()
  const house = { id: 'w', name: 'House', token_lifetime_seconds: 3600, cut_off_count: 0, ...at }
  await db.write((tx) => tx.insertInto('workspaces').values(house).execute())
  return db
}

async function found(db: Database, term: string): Promise<string[]> {
  const rows = await db.read
    .selectFrom('super_identities')
    .select('id')
    .where((eb) => contains(db.read, eb, 'super_identities', sought(term)))
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** What the trigrams alone name. */
async function indexed(db: Database, trigram: string): Promise<number> {
  const { rows } =
    await sql`select rowid from super_identity_search where super_identity_search match ${trigram}`.execute(db.read)
  return rows.length
}

/** Enough that their commit writes the trigrams of everything before. */
const insertMany = (db: Database, name = 'many') =>
  db.write(async (tx) => {
    for (let i = 0; i < 600; i += 1) await insert(tx, `${name}-${i}`, 'somebody')
  })

describe('trigrams on SQLite', () => {
  let place: TestDatabase
  beforeEach(async () => {
    place = await (testDatabases[0] as TestDatabaseKind).create()
  })
  afterEach(() => place.drop())

  it('are not needed to find a row: it is found before as after', async () => {
    const db = await openHouse(place)
    await db.write((tx) => insert(tx, 'a', 'ada lovelace'))
    expect([await indexed(db, 'lov'), await found(db, 'lovel'), await found(db, 'lovem')]).toEqual([0, ['a'], []])
    await insertMany(db)
    expect([await indexed(db, 'lov'), await found(db, 'lovel'), await found(db, 'lovem')]).toEqual([1, ['a'], []])
  })

  it('follow a text that changes or goes, whether they were written or not', async () => {
    const db = await openHouse(place)
    await db.write((tx) => insert(tx, 'old', 'charles babbage'))
    await insertMany(db)
    await db.write(async (tx) => {
      await insert(tx, 'new', 'ada lovelace')
      await insert(tx, 'gone', 'ada lovelace')
      await change(tx, 'new', 'ada byron')
      await change(tx, 'old', 'charles darwin')
      await remove(tx, 'gone')
    })
    expect([await found(db, 'byron'), await found(db, 'love'), await found(db, 'babb')]).toEqual([['new'], [], []])
    await insertMany(db, 'more')
    expect([await found(db, 'byron'), await found(db, 'love'), await found(db, 'darw')]).toEqual([['new'], [], ['old']])
    expect([await indexed(db, 'lov'), await indexed(db, 'bab'), await indexed(db, 'byr')]).toEqual([0, 0, 1])
  })

  it('are written for a row that is given the key of a deleted one', async () => {
    const db = await openHouse(place)
    await insertMany(db)
    await db.write((tx) => remove(tx, 'many-599'))
    await db.write((tx) => insert(tx, 'a', 'ada lovelace'))
    expect([await indexed(db, 'lov'), await found(db, 'lovel')]).toEqual([1, ['a']])
  })

  it('of rows that an earlier version wrote stay', async () => {
    const earlier = Object.fromEntries(Object.entries(released).filter(([name]) => name < '0004'))
    const before = await openHouse(place, { migrations: earlier })
    await before.write((tx) => insert(tx, 'a', 'ada lovelace'))
    const db = await place.open()
    await db.migrate()
    await db.write((tx) => insert(tx, 'b', 'ada byron'))
    expect([await indexed(db, 'ada'), await found(db, 'ada')]).toEqual([1, ['a', 'b']])
    await db.write((tx) => change(tx, 'a', ''))
    expect([await indexed(db, 'ada'), await found(db, 'ada')]).toEqual([0, ['b']])
  })
})

// Bringing the schema up: once, by one of many, wholly or not at all.
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import { insertNote, noteIds, notesMigrations } from '../../test/notes-table.ts'
import type { Migrations } from './migrate.ts'
import { migrations as released } from './migrations/index.ts'

const added: Migrations = {
  ...notesMigrations,
  '0002-stars': () => ({ up: async (db) => void (await sql`create table stars (id text primary key)`.execute(db)) }),
}
const broken: Migrations = {
  ...added,
  '0003-broken': () => ({
    async up(db) {
      await sql`create table half (id text)`.execute(db)
      throw new Error('broken on the way')
    },
  }),
}

describe.each(testDatabases)('migrations on $name', ({ name, create }) => {
  let place: TestDatabase
  beforeEach(async () => {
    place = await create()
  })
  afterEach(() => place.drop())

  it('are applied once each, in order', async () => {
    const first = await place.open({ migrations: notesMigrations })
    expect(await first.migrate()).toEqual(['0001-notes'])
    expect(await first.migrate()).toEqual([])
    const next = await place.open({ migrations: added })
    expect(await next.migrate()).toEqual(['0002-stars'])
  })

  it('are applied by one of several that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => place.open({ migrations: added })))
    const applied = await Promise.all(all.map((database) => database.migrate()))
    expect(applied.flat()).toEqual(['0001-notes', '0002-stars'])
    await all[3]!.write((tx) => insertNote(tx, 'a'))
    expect(await noteIds(all[5]!.read)).toEqual(['a'])
  })

  it('that fail leave nothing behind', async () => {
    const database = await place.open({ migrations: broken })
    await expect(database.migrate()).rejects.toThrow('broken on the way')
    await expect(noteIds(database.read)).rejects.toThrow()
    const repaired = await place.open({ migrations: added })
    expect(await repaired.migrate()).toEqual(['0001-notes', '0002-stars'])
  })

  it('of a newer version are refused by name', async () => {
    const newer = await place.open({ migrations: added })
    await newer.migrate()
    const older = await place.open({ migrations: notesMigrations })
    await expect(older.migrate()).rejects.toThrow('it holds 0002-stars, which this version does not know')
  })

  it('may be scripts of several statements', async () => {
    const script: Migrations = {
      '0001-script': () => ({
        up: async (db) => void (await sql`create table one (id text); create table two (id text)`.execute(db)),
      }),
    }
    const database = await place.open({ migrations: script })
    await database.migrate()
    await sql`select * from two`.execute(database.read)
  })

  it('that break a reference are refused', async () => {
    const breaking: Migrations = {
      ...notesMigrations,
      '0002-breaking': () => ({
        async up(db) {
          await sql`insert into notes (id, author, likes, parent_id) values ('a', 'ann', 0, 'none')`.execute(db)
        },
      }),
    }
    const database = await place.open({ migrations: breaking })
    await expect(database.migrate()).rejects.toThrow(name === 'SQLite' ? 'broke a reference' : 'referred to')
  })

  it('that were released bring an empty database up', async () => {
    const database = await place.open()
    expect(await database.migrate()).toEqual(Object.keys(released))
  })
})

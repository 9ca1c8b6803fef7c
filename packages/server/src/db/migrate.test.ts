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

function releasedBefore(name: string): Migrations {
  return Object.fromEntries(Object.entries(released).filter(([each]) => each < name))
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

  it('mark a person as erased whose accounts all were, and nobody else, and list those who are known', async () => {
    const before = await place.open({ migrations: releasedBefore('0003') })
    await before.migrate()
    const at = { version: 1, created_at: 1, updated_at: 1 }
    const own = { workspace_id: 'w', search_text: '', ...at }
    await before.write(async (tx) => {
      const house = { id: 'w', name: 'House', token_lifetime_seconds: 3600, cut_off_count: 0, ...at }
      await tx.insertInto('workspaces').values(house).execute()
      const channel = { ...own, id: 'c', name: 'Chat', kind: 'web', identifier_kind: 'opaque' as const }
      await tx
        .insertInto('channels')
        .values({ ...channel, provisioning: 'automatic', admission: 'open' })
        .execute()
      for (const id of ['gone', 'half', 'here'])
        await tx
          .insertInto('super_identities')
          .values({ ...own, id })
          .execute()
      const held = { workspace_id: 'w', super_identity_id: 'here' }
      for (const email of ['B@x.org', 'a@x.org']) {
        const email_canonical = email.toLowerCase()
        await tx
          .insertInto('super_identity_emails')
          .values({ ...held, email, email_canonical })
          .execute()
      }
      const account = (id: string, super_identity_id: string, erased_at: number | null) =>
        tx
          .insertInto('external_users')
          .values({ ...own, id, channel_id: 'c', super_identity_id, erased_at })
          .execute()
      await account('1', 'gone', 5)
      await account('2', 'gone', 7)
      await account('3', 'half', 5)
      await account('4', 'half', null)
      await account('5', 'here', null)
    })
    const after = await place.open()
    expect(await after.migrate()).toContain('0003-members-and-referrals')
    const persons = await after.read.selectFrom('super_identities').select(['id', 'erased_at']).orderBy('id').execute()
    expect(persons.map(({ id, erased_at }) => [id, erased_at])).toEqual([
      ['gone', 7],
      ['half', null],
      ['here', null],
    ])
    const shown = { workspace_id: 'w', id: 'here', kind: 'PERSON', firstname: null, lastname: null, email: 'a@x.org' }
    expect(await after.read.selectFrom('users').selectAll().execute()).toEqual([shown])
    const counts = await after.read.selectFrom('user_counts').selectAll().execute()
    expect(counts).toEqual([{ workspace_id: 'w', kind: 'PERSON', part: 0, count: 1, revision: 1 }])
  })
})

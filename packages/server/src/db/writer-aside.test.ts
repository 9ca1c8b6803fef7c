// Large works: what every write guarantees, beside others who write, and what a dead thread leaves.
import { sql } from 'kysely'
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../test/databases.ts'
import { insertNote, noteIds, notes, notesMigrations } from '../../test/notes-table.ts'
import type { Database, Tx } from './database.ts'
import { DatabaseUnavailable, UniqueViolation } from './errors.ts'
import { afterCommit, publish, savepoint } from './transaction-hooks.ts'

const open = async (place: TestDatabase) => {
  const database = await place.open({ migrations: notesMigrations })
  await database.migrate()
  return database
}

const insertAll = (tx: Tx, ids: readonly string[]) => Promise.all(ids.map((id) => insertNote(tx, id)))

describe.each(testDatabases)('a large work on $name', ({ create }) => {
  let place: TestDatabase
  let database: Database
  beforeEach(async () => {
    place = await create()
    database = await open(place)
  })
  afterEach(() => place.drop())

  it('is stored when it resolves, by statements that were given together', async () => {
    const seen = await database.writeAside(async (tx) => {
      await insertAll(tx, ['a', 'b', 'c'])
      const updated = await notes(tx).updateTable('notes').set({ likes: 1 }).executeTakeFirst()
      expect(await noteIds(database.read)).toEqual([])
      return [Number(updated.numUpdatedRows), await noteIds(tx)]
    })
    expect(seen).toEqual([3, ['a', 'b', 'c']])
    expect(await noteIds(database.read)).toEqual(['a', 'b', 'c'])
  })

  it('leaves nothing when it throws, or one of its statements fails that nobody awaited', async () => {
    const refusal = new Error('refused')
    const refused = database.writeAside(async (tx) => {
      await insertNote(tx, 'a')
      throw refusal
    })
    await expect(refused).rejects.toBe(refusal)
    const swallowed = database.writeAside(async (tx) => {
      await insertNote(tx, 'a')
      for (const id of ['a', 'b']) insertNote(tx, id).catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('went on as if it had not')
    await database.writeAside((tx) => insertNote(tx, 'c'))
    expect(await noteIds(database.read)).toEqual(['c'])
  })

  it('leaves nothing of the statements behind one that fails', async () => {
    const clash = database.writeAside((tx) =>
      Promise.all([insertAll(tx, ['a', 'b']), insertNote(tx, 'a', { text: 'again' }), insertAll(tx, ['c', 'd'])]),
    )
    await expect(clash).rejects.toMatchObject({ name: 'UniqueViolation', table: 'notes', columns: ['id'] })
    await database.writeAside((tx) => insertNote(tx, 'e'))
    expect(await noteIds(database.read)).toEqual(['e'])
  })

  it('can go on after a savepoint', async () => {
    await database.writeAside(async (tx) => {
      await insertNote(tx, 'a')
      await expect(savepoint(tx, () => insertAll(tx, ['b', 'a', 'c']))).rejects.toBeInstanceOf(UniqueViolation)
      await insertNote(tx, 'd')
    })
    expect(await noteIds(database.read)).toEqual(['a', 'd'])
  })

  it('is told after its commit, and not at all when it fails', async () => {
    const heard: unknown[] = []
    database.subscribe('tiers', (payload) => heard.push(payload))
    const telling = (id: string) => async (tx: Tx) => {
      publish(tx, 'tiers', id)
      afterCommit(tx, () => heard.push(`effect of ${id}`))
      await insertNote(tx, id)
    }
    await database.writeAside(telling('a'))
    await expect(database.writeAside(telling('a'))).rejects.toBeInstanceOf(UniqueViolation)
    expect(heard.filter((each) => each !== null)).toEqual(['a', 'effect of a'])
  })

  it('refuses a handle that was kept', async () => {
    let kept: Tx | undefined
    await database.writeAside(async (tx) => void (kept = tx))
    await expect(insertNote(kept as Tx, 'a')).rejects.toThrow('This transaction has ended')
  })

  it('loses no row beside other writes, large or not', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `note-${100 + i}`)
    const write = (id: string, i: number) =>
      (i % 3 === 0 ? database.write : database.writeAside)((tx) => insertNote(tx, id))
    await Promise.all(ids.map(write))
    expect(await noteIds(database.read)).toEqual(ids)
  })

  it('is finished when the database is closed meanwhile, and none is taken afterwards', async () => {
    const running = database.writeAside((tx) => insertAll(tx, ['a', 'b']))
    await Promise.all([running, database.close()])
    await expect(database.writeAside((tx) => insertNote(tx, 'c'))).rejects.toThrow()
    expect(await noteIds((await open(place)).read)).toEqual(['a', 'b'])
  })

  it('can be settled after', async () => {
    await database.writeAside((tx) => insertNote(tx, 'a'))
    await database.settle()
    expect(await noteIds(database.read)).toEqual(['a'])
  })
})

describe('a large work on SQLite', () => {
  let place: TestDatabase
  beforeEach(async () => {
    place = await (testDatabases[0] as TestDatabaseKind).create()
  })
  afterEach(() => place.drop())

  it('is as durable and as careful as every other', async () => {
    const database = await open(place)
    await database.writeAside(async (tx) => {
      const pragma = async (name: string) =>
        Object.values((await sql.raw<object>(`pragma ${name}`).execute(tx)).rows[0] as object)[0]
      const names = ['synchronous', 'foreign_keys', 'secure_delete']
      expect(await Promise.all(names.map(pragma))).toEqual([2, 1, 1])
    })
  })

  it('leaves the process to others while its statements run', async () => {
    const database = await open(place)
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    await database.writeAside((tx) =>
      sql`insert into notes (id, author, text, likes)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 300000)
        select i, i, 'Note ' || i, 0 from n`.execute(tx),
    )
    clearInterval(timer)
    // Where the statement runs in this process there are one or two, before it and after it.
    expect(turns).toBeGreaterThan(10)
  })

  it('stores nothing when its thread dies, and the next one is stored', async () => {
    const database = await open(place)
    const started = once(process, 'worker') as Promise<[Worker]>
    const dying = database.writeAside(async (tx) => {
      await insertNote(tx, 'a')
      const [worker] = await started
      worker.postMessage(null, [])
      await insertAll(tx, ['b', 'c'])
    })
    await expect(dying).rejects.toBeInstanceOf(DatabaseUnavailable)
    await database.writeAside((tx) => insertNote(tx, 'd'))
    await database.write((tx) => insertNote(tx, 'e'))
    expect(await noteIds(database.read)).toEqual(['d', 'e'])
  })
})

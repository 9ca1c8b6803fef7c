// What every database guarantees to its callers, whichever it is.
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import { insertNote, noteIds, notes, notesMigrations } from '../../test/notes-table.ts'
import type { Database, Db, Tx } from './database.ts'
import { ForeignKeyViolation, UniqueViolation } from './errors.ts'
import { afterCommit, publish, savepoint, within } from './transaction-hooks.ts'

describe.each(testDatabases)('a database on $name', ({ name, create }) => {
  let place: TestDatabase
  let database: Database
  const errors: unknown[] = []

  beforeEach(async () => {
    errors.length = 0
    place = await create()
    database = await place.open({ migrations: notesMigrations, onError: (error) => errors.push(error) })
    await database.migrate()
  })
  afterEach(() => place.drop())

  const failing = (work: (tx: Tx) => Promise<unknown>) =>
    database.write(work).then(
      () => null,
      (error: unknown) => error,
    )

  describe('transactions', () => {
    it('shows a write to readers once it resolved', async () => {
      expect(
        await database.write(async (tx) => {
          await insertNote(tx, 'a')
          return 'result'
        }),
      ).toBe('result')
      expect(await noteIds(database.read)).toEqual(['a'])
    })

    it('stores nothing of a work that throws', async () => {
      const refusal = new Error('refused')
      expect(
        await failing(async (tx) => {
          await insertNote(tx, 'a')
          throw refusal
        }),
      ).toBe(refusal)
      expect(await noteIds(database.read)).toEqual([])
    })

    it('stores nothing of a work that throws before it awaits', async () => {
      expect(
        await failing(() => {
          throw new Error('refused')
        }),
      ).toBeInstanceOf(Error)
      await database.write((tx) => insertNote(tx, 'a'))
      expect(await noteIds(database.read)).toEqual(['a'])
    })

    it('names a clash also where the statement gives rows back', async () => {
      const insert = (id: string, parent_id: string | null) =>
        database.write((tx) => {
          const note = { id, author: 'ann', text: null, likes: 0, parent_id }
          return notes(tx).insertInto('notes').values(note).returningAll().executeTakeFirstOrThrow()
        })
      await insert('a', null)
      await expect(insert('a', null)).rejects.toMatchObject({
        name: 'UniqueViolation',
        table: 'notes',
        columns: ['id'],
      })
      await expect(insert('b', 'nobody')).rejects.toBeInstanceOf(ForeignKeyViolation)
      expect(await noteIds(database.read)).toEqual(['a'])
    })

    it('shows a transaction its own changes and nobody else', async () => {
      await database.write(async (tx) => {
        await insertNote(tx, 'a')
        expect(await noteIds(tx)).toEqual(['a'])
        expect(await noteIds(database.read)).toEqual([])
      })
    })

    it('runs many writes at once, each with its own outcome', async () => {
      const writes = Array.from({ length: 200 }, (_, i) => database.write((tx) => insertNote(tx, `note-${i % 150}`)))
      const outcomes = await Promise.allSettled(writes)
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(150)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(UniqueViolation)
      }
      expect(await noteIds(database.read)).toHaveLength(150)
    })

    it('runs statements that are started together one after another', async () => {
      await database.write(async (tx) => {
        await Promise.all(['a', 'b', 'c'].map((id) => insertNote(tx, id)))
      })
      expect(await noteIds(database.read)).toEqual(['a', 'b', 'c'])
    })

    it('counts rows and sums as numbers', async () => {
      await database.write(async (tx) => {
        await insertNote(tx, 'a', { likes: 2 ** 40 })
        await insertNote(tx, 'b', { likes: 1 })
      })
      const row = await notes(database.read)
        .selectFrom('notes')
        .select((eb) => [eb.fn.countAll().as('count'), eb.fn.sum('likes').as('sum'), sql`exists (select 1)`.as('some')])
        .executeTakeFirstOrThrow()
      expect({ ...row }).toEqual({ count: 2, sum: 2 ** 40 + 1, some: 1 })
      const updated = await database.write((tx) => notes(tx).updateTable('notes').set({ likes: 0 }).executeTakeFirst())
      expect(Number(updated.numUpdatedRows)).toBe(2)
    })

    it('refuses a number that would lose digits', async () => {
      await database.write((tx) =>
        sql`insert into notes (id, author, likes) values ('a', 'ann', 9007199254740993)`.execute(tx),
      )
      await expect(notes(database.read).selectFrom('notes').select('likes').execute()).rejects.toThrow()
    })
  })

  describe('savepoints', () => {
    it('undo only what ran inside of them', async () => {
      const heard: (string | null)[] = []
      database.subscribe('tiers', (payload) => heard.push(payload))
      await database.write(async (tx) => {
        await insertNote(tx, 'a')
        publish(tx, 'tiers', 'outer')
        const inner = savepoint(tx, async () => {
          await insertNote(tx, 'b')
          publish(tx, 'tiers', 'inner')
          await insertNote(tx, 'a')
        })
        await expect(inner).rejects.toBeInstanceOf(UniqueViolation)
        await savepoint(tx, () => savepoint(tx, () => insertNote(tx, 'c')))
      })
      expect(await noteIds(database.read)).toEqual(['a', 'c'])
      expect(heard).toEqual(['outer'])
    })
  })

  describe('after the commit', () => {
    it('listeners and effects run in order, before the write resolves and after readers can see it', async () => {
      const seen: unknown[] = []
      database.subscribe('api-keys', (payload) => seen.push(payload))
      database.subscribe('tiers', () => seen.push('wrong topic'))
      await database
        .write(async (tx) => {
          afterCommit(tx, () => seen.push('effect 1'))
          publish(tx, 'api-keys', 'key-1')
          await insertNote(tx, 'a')
          afterCommit(tx, () => seen.push('effect 2'))
          expect(seen).toEqual([])
        })
        .then(() => seen.push('resolved'))
      expect(seen).toEqual(['effect 1', 'key-1', 'effect 2', 'resolved'])
    })

    it('nothing runs when the work failed', async () => {
      const seen: unknown[] = []
      database.subscribe('tiers', (payload) => seen.push(payload))
      await failing(async (tx) => {
        publish(tx, 'tiers', 'x')
        afterCommit(tx, () => seen.push('effect'))
        throw new Error('refused')
      })
      expect(seen).toEqual([])
    })

    it('a failing listener or effect is reported and changes nothing', async () => {
      const seen: unknown[] = []
      database.subscribe('tiers', () => {
        throw new Error('listener')
      })
      database.subscribe('tiers', (payload) => seen.push(payload))
      await database.write(async (tx) => {
        afterCommit(tx, () => {
          throw new Error('effect')
        })
        publish(tx, 'tiers', 'x')
        await insertNote(tx, 'a')
      })
      expect(seen).toEqual(['x'])
      expect(errors.map((error) => (error as Error).message)).toEqual(['effect', 'listener'])
    })

    it('a listener that unsubscribed hears nothing', async () => {
      const seen: unknown[] = []
      const unsubscribe = database.subscribe('tiers', (payload) => seen.push(payload))
      unsubscribe()
      await database.write(async (tx) => publish(tx, 'tiers', 'x'))
      expect(seen).toEqual([])
    })
  })

  it('lets code for a whole database run inside one transaction', async () => {
    const change = (on: Database) =>
      on.write(async (tx) => {
        await insertNote(tx, 'a')
        afterCommit(tx, () => effects.push('effect'))
      })
    const effects: string[] = []
    await failing(async (tx) => {
      const inner = within(database, tx)
      await change(inner)
      expect([await noteIds(inner.read), await noteIds(inner.aside)]).toEqual([['a'], ['a']])
      throw new Error('refused')
    })
    expect([await noteIds(database.read), effects]).toEqual([[], []])
    await database.write((tx) => change(within(database, tx)))
    expect([await noteIds(database.read), effects]).toEqual([['a'], ['effect']])
    await database.write((tx) => expect(within(database, tx).migrate()).rejects.toThrow('inside a transaction'))
  })

  it('shows every committed write to the reads aside, alike and with the same errors', async () => {
    for (const id of ['a', 'b', 'c']) {
      await database.write((tx) => insertNote(tx, id, { likes: 2 ** 40, text: null, author: id }))
      expect(await noteIds(database.aside)).toEqual(await noteIds(database.read))
    }
    const all = (db: Db) => notes(db).selectFrom('notes').selectAll().where('likes', '>', 1).orderBy('id').execute()
    expect(await all(database.aside)).toEqual(await all(database.read))
    await expect(sql`select id from nowhere`.execute(database.aside)).rejects.toThrow('nowhere')
    await expect(sql`select ${new Date()}`.execute(database.aside)).rejects.toThrow('Cannot bind a Date')
    expect(await noteIds(database.aside)).toEqual(['a', 'b', 'c'])
    await database.close()
    await expect(noteIds(database.aside)).rejects.toThrow('closed')
  })

  it('counts transactions and commits', async () => {
    const before = database.stats()
    await database.write((tx) => insertNote(tx, 'a'))
    const after = database.stats()
    expect([after.transactions - before.transactions, after.commits - before.commits]).toEqual([1, 1])
    expect(after.writesWaiting).toBe(0)
  })

  it('answers a ping, finishes what it accepted when it is closed, and then refuses', async () => {
    await database.ping()
    const last = database.write((tx) => insertNote(tx, 'last'))
    await Promise.all([database.close(), database.close()])
    await last
    await expect(database.write((tx) => insertNote(tx, 'late'))).rejects.toThrow('The database is closed')
    const again = await place.open()
    expect(await noteIds(again.read)).toEqual(['last'])
  })

  it(`refuses to back up what ${name} cannot, and nothing else`, async () => {
    if (name === 'PostgreSQL') await expect(database.backup('/nowhere')).rejects.toThrow('pg_dump')
    else await expect(database.backup('/no/such/folder/copy.db')).rejects.toThrow('ENOENT')
  })
})

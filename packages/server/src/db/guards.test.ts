// What every database refuses, and in which words, whichever it is.
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import { insertNote, noteIds, notes, notesMigrations } from '../../test/notes-table.ts'
import type { Database, Tx } from './database.ts'
import { ForeignKeyViolation, UniqueViolation } from './errors.ts'
import { publish } from './transaction-hooks.ts'

describe.each(testDatabases)('guards on $name', ({ create }) => {
  let place: TestDatabase
  let database: Database

  beforeEach(async () => {
    place = await create()
    database = await place.open({ migrations: notesMigrations })
    await database.migrate()
  })
  afterEach(() => place.drop())

  const failing = (work: (tx: Tx) => Promise<unknown>) =>
    database.write(work).then(
      () => null,
      (error: unknown) => error,
    )

  describe('guards', () => {
    it('refuses a write outside of a transaction', async () => {
      await expect(insertNote(database.read, 'a')).rejects.toThrow()
      await expect(sql`delete from notes`.execute(database.read)).rejects.toThrow()
      expect(await noteIds(database.read)).toEqual([])
    })

    it('refuses to open a transaction on a handle', async () => {
      await expect(database.read.transaction().execute(async () => {})).rejects.toThrow('Database.write only')
      await expect(database.read.startTransaction().execute()).rejects.toThrow('Database.write only')
      await database.write(async (tx) => expect(() => tx.transaction()).toThrow())
    })

    it('refuses a handle that was kept beyond its work', async () => {
      let kept: Tx | undefined
      await database.write(async (tx) => void (kept = tx))
      await expect(insertNote(kept!, 'a')).rejects.toThrow('This transaction has ended')
      expect(() => publish(kept!, 'tiers', 'x')).toThrow('Not a transaction in progress')
      await failing(async (tx) => {
        kept = tx
        throw new Error('refused')
      })
      await expect(noteIds(kept!)).rejects.toThrow('This transaction has ended')
      expect(await noteIds(database.read)).toEqual([])
    })

    it('refuses values that the drivers would read differently', async () => {
      for (const value of [new Date(), undefined, {}, [], Number.NaN, Infinity, Symbol('x'), () => 1]) {
        expect(
          await failing((tx) => sql`insert into notes (id, author, likes) values (${value}, 'x', 1)`.execute(tx)),
        ).toBeInstanceOf(TypeError)
      }
      expect(await noteIds(database.read)).toEqual([])
    })

    it('stores true and false as 1 and 0, and big integers as they are', async () => {
      await database.write((tx) => sql`insert into notes (id, author, likes) values ('a', 'x', ${true})`.execute(tx))
      await database.write((tx) => sql`update notes set likes = likes + ${2n ** 52n}`.execute(tx))
      const row = await notes(database.read).selectFrom('notes').select('likes').executeTakeFirstOrThrow()
      expect(row.likes).toBe(2 ** 52 + 1)
    })

    it('does not commit a work that swallowed a failed statement', async () => {
      const error = await failing(async (tx) => {
        await insertNote(tx, 'a')
        await insertNote(tx, 'a').catch(() => {})
      })
      expect(error).toMatchObject({ message: expect.stringContaining('went on as if') })
      const later = await failing(async (tx) => {
        await insertNote(tx, 'a')
        await insertNote(tx, 'a').catch(() => {})
        await insertNote(tx, 'b')
      })
      expect(later).toMatchObject({ message: expect.stringContaining('can only be abandoned') })
      expect(await noteIds(database.read)).toEqual([])
    })

    it('waits for statements that a failing work left running', async () => {
      await failing(async (tx) => {
        await Promise.all([Promise.reject(new Error('refused')), insertNote(tx, 'a'), insertNote(tx, 'b')])
      })
      await database.write((tx) => insertNote(tx, 'c'))
      expect(await noteIds(database.read)).toEqual(['c'])
    })
  })

  describe('violations', () => {
    it('name table and columns of a unique key, and no value', async () => {
      await database.write((tx) => insertNote(tx, 'a', { text: 'secret-value' }))
      const primary = await failing((tx) => insertNote(tx, 'a', { text: null }))
      expect(primary).toBeInstanceOf(UniqueViolation)
      expect(primary).toMatchObject({ table: 'notes', columns: ['id'] })
      const composite = await failing((tx) => insertNote(tx, 'b', { text: 'secret-value' }))
      const expression = await failing((tx) => insertNote(tx, 'c', { author: 'bob', text: 'SECRET-value' }))
      expect(expression).toMatchObject({ table: 'notes', columns: ['notes_lower_text'] })
      for (const error of [primary, composite, expression]) {
        expect(String((error as Error).stack) + JSON.stringify(error)).not.toMatch(/secret-value/i)
      }
    })

    it('name the columns of a key over several in the order of the key', async () => {
      await database.write((tx) => sql`drop index notes_lower_text`.execute(tx))
      await database.write((tx) => insertNote(tx, 'a', { text: 'x' }))
      expect(await failing((tx) => insertNote(tx, 'b', { text: 'x' }))).toMatchObject({
        table: 'notes',
        columns: ['author', 'text'],
        message: 'Duplicate value for notes (author, text)',
      })
    })

    it('tell a missing or still needed reference', async () => {
      expect(await failing((tx) => insertNote(tx, 'a', { parent_id: 'none' }))).toBeInstanceOf(ForeignKeyViolation)
      await database.write(async (tx) => {
        await insertNote(tx, 'a')
        await insertNote(tx, 'b', { parent_id: 'a' })
      })
      expect(await failing((tx) => notes(tx).deleteFrom('notes').where('id', '=', 'a').execute())).toBeInstanceOf(
        ForeignKeyViolation,
      )
    })

    it('leave other errors as faults that repeat no row', async () => {
      const error = await failing((tx) => sql`insert into notes (id, likes) values ('secret-value', 1)`.execute(tx))
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(UniqueViolation)
      expect(JSON.stringify({ ...(error as Error), message: (error as Error).message })).not.toContain('secret-value')
    })
  })
})

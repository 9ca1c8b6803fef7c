// What holds on SQLite alone: the commit group, durability, other processes on the same file.
import { sql } from 'kysely'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import { insertNote, noteIds, notesMigrations } from '../../test/notes-table.ts'
import type { Database } from './database.ts'
import { DatabaseOverloaded, DatabaseUnavailable, UniqueViolation } from './errors.ts'
import { openDatabase } from './open.ts'
import type { DatabaseOptions } from './options.ts'
import { openSqliteDatabase } from './sqlite.ts'
import { openSqlite } from './sqlite-driver.ts'
import { afterCommit } from './transaction-hooks.ts'

let place: TestDatabase
const file = () => place.url.slice('sqlite:'.length)

async function open(options: DatabaseOptions = {}): Promise<Database> {
  const database = await place.open({ migrations: notesMigrations, ...options })
  await database.migrate()
  return database
}

beforeEach(async () => {
  place = await testDatabases[0]!.create()
})
afterEach(() => place.drop())

describe('the commit group', () => {
  it('shares one commit among the writes of one turn', async () => {
    const database = await open()
    await Promise.all(Array.from({ length: 100 }, (_, i) => database.write((tx) => insertNote(tx, String(i)))))
    const { commits, transactions } = database.stats()
    expect(transactions).toBe(100)
    expect(commits).toBeLessThan(10)
  })

  it('resolves nothing before the commit, failures included', async () => {
    const settled: string[] = []
    let settledBefore: string[] | undefined
    const database = await open({ beforeCommit: () => void (settledBefore ??= [...settled]) })
    const write = (id: string) =>
      database
        .write((tx) => insertNote(tx, id))
        .then(
          () => settled.push(id),
          () => settled.push('clash'),
        )
    await Promise.all([write('a'), write('a'), write('b')])
    expect(settledBefore).toEqual([])
    expect(settled).toEqual(['a', 'clash', 'b'])
  })

  it('rejects everybody when the commit fails, and nothing is stored', async () => {
    const failure = new Error('power cut')
    let fail = true
    const database = await open({
      beforeCommit: () => {
        if (fail) throw failure
      },
    })
    const effects: string[] = []
    const write = (id: string) =>
      database.write(async (tx) => {
        afterCommit(tx, () => effects.push(id))
        await insertNote(tx, id)
      })
    const outcomes = await Promise.allSettled([write('a'), write('a'), write('b')])
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
      failure,
      failure,
      failure,
    ])
    expect([await noteIds(database.read), effects]).toEqual([[], []])
    fail = false
    await write('c')
    expect([await noteIds(database.read), effects]).toEqual([['c'], ['c']])
  })

  it('fails only the clashing work of a group', async () => {
    const database = await open()
    const outcomes = await Promise.allSettled(['a', 'a', 'b'].map((id) => database.write((tx) => insertNote(tx, id))))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(UniqueViolation)
    expect(await noteIds(database.read)).toEqual(['a', 'b'])
    expect(database.stats().commits).toBe(1)
  })

  it('rejects a work that awaits something foreign, and goes on with the others', async () => {
    const database = await open({ limits: { workMs: 100 } })
    let late: Promise<unknown> | undefined
    const stuck = database.write(async (tx) => {
      await insertNote(tx, 'stuck')
      await sleep(200)
      await (late = insertNote(tx, 'late'))
    })
    const next = database.write((tx) => insertNote(tx, 'next'))
    await expect(stuck).rejects.toThrow('awaits something foreign')
    await next
    await sleep(200)
    await expect(late).rejects.toThrow('This transaction has ended')
    expect(await noteIds(database.read)).toEqual(['next'])
  })

  it('bounds the works of a group and the time it takes', async () => {
    const database = await open({ limits: { batchMax: 10 } })
    await Promise.all(Array.from({ length: 100 }, (_, i) => database.write((tx) => insertNote(tx, String(i)))))
    expect(database.stats().commits).toBe(10)
  })

  it('refuses more waiting works than it may hold, at once', async () => {
    const database = await open({ limits: { queueMax: 5 } })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => database.write((tx) => insertNote(tx, String(i)))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect((outcomes[5] as PromiseRejectedResult).reason).toBeInstanceOf(DatabaseOverloaded)
  })
})

describe('durability', () => {
  it('syncs the log at each commit', async () => {
    const database = await open()
    const [mode] = (await sql<{ journal_mode: string }>`pragma journal_mode`.execute(database.read)).rows
    expect(mode?.journal_mode).toBe('wal')
    await database.write(async (tx) => {
      const pragma = async (name: string) =>
        Object.values((await sql.raw<object>(`pragma ${name}`).execute(tx)).rows[0]!)[0]
      expect([await pragma('synchronous'), await pragma('foreign_keys')]).toEqual([2, 1])
    })
  })

  it('has an acknowledged write in the files, not only in the memory of the process', async () => {
    const database = await open()
    await database.write((tx) => insertNote(tx, 'find-me-in-the-log'))
    expect(readFileSync(`${file()}-wal`).includes('find-me-in-the-log')).toBe(true)
  })

  it('lets only the owner read the files', async () => {
    const database = await open()
    await database.write((tx) => insertNote(tx, 'a'))
    for (const path of [file(), `${file()}-wal`, `${file()}-shm`]) expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

describe('other processes on the same file', () => {
  it('are waited for without stopping this one', async () => {
    const database = await open()
    const other = await openSqlite(file())
    other.exec('begin immediate')
    const writes = [database.write((tx) => insertNote(tx, 'a')), database.write((tx) => insertNote(tx, 'b'))]
    let turns = 0
    for (const end = performance.now() + 500; performance.now() < end; turns += 1) await sleep(1)
    other.exec('commit')
    other.close()
    await Promise.all(writes)
    expect(await noteIds(database.read)).toEqual(['a', 'b'])
    // A process that waits inside SQLite has one or two.
    expect(turns).toBeGreaterThan(10)
  })

  it('that keep the lock make writes unavailable, and later ones work again', async () => {
    const database = await open({ limits: { busyMs: 100 } })
    const other = await openSqlite(file())
    other.exec('begin immediate')
    await expect(database.write((tx) => insertNote(tx, 'a'))).rejects.toBeInstanceOf(DatabaseUnavailable)
    expect(await noteIds(database.read)).toEqual([])
    other.exec('rollback')
    other.close()
    await database.write((tx) => insertNote(tx, 'b'))
    expect(await noteIds(database.read)).toEqual(['b'])
  })

  // The second that is promised: far more than it takes, but a machine may stand still for as long.
  it('make listeners forget within a second, but own writes do not', { retry: 3 }, async () => {
    const [database, other] = [await open(), await open()]
    await sleep(300)
    const heard: (string | null)[] = []
    database.subscribe('tiers', (payload) => heard.push(payload))
    await database.write((tx) => insertNote(tx, 'own'))
    await sleep(600)
    expect(heard).toEqual([])
    await other.write((tx) => insertNote(tx, 'other'))
    await expect.poll(() => heard, { timeout: 1000 }).toEqual([null])
    expect(database.listening).toBe(true)
  })

  it('may write at the same time without losing a row', async () => {
    const both = [await open(), await open()]
    const writes = Array.from({ length: 200 }, async (_, i) => {
      await sleep(i)
      await both[i % 2]!.write((tx) => insertNote(tx, String(i)))
    })
    await Promise.all(writes)
    expect(await noteIds(both[0]!.read)).toHaveLength(200)
  })
})

describe('a backup', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'narthex-backup-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is whole and from one moment while others write, and only its owner can read it', async () => {
    const database = await open()
    let count = 0
    let writing = true
    const writer = (async () => {
      // Pairs, so that a copy between the two halves of a transaction would show.
      for (; writing; count += 1) {
        await database.write(async (tx) => {
          await insertNote(tx, `${count}-left`)
          await insertNote(tx, `${count}-right`)
        })
      }
    })()
    await sleep(100)
    const atStart = count
    const to = join(folder, 'copy.db')
    await database.backup(to)
    writing = false
    await writer
    const copy = await openSqlite(to, { readOnly: true })
    const rows = copy.run('select count(*) as n from notes').rows[0]!.n as number
    expect(copy.run('pragma integrity_check').rows[0]!.integrity_check).toBe('ok')
    copy.close()
    expect(rows % 2).toBe(0)
    expect(rows).toBeGreaterThanOrEqual(atStart * 2)
    expect(statSync(to).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['copy.db'])
  })

  it('never replaces a file, and leaves nothing behind when it fails', async () => {
    const database = await open()
    const to = join(folder, 'precious.txt')
    await writeFile(to, 'precious')
    await expect(database.backup(to)).rejects.toThrow('EEXIST')
    expect(readFileSync(to, 'utf8')).toBe('precious')
    await rm(file())
    await expect(database.backup(join(folder, 'other.db'))).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['precious.txt'])
  })

  it('is a database to start from', async () => {
    const database = await open()
    await database.write((tx) => insertNote(tx, 'a'))
    const to = join(dirname(file()), 'copy.db')
    await database.backup(to)
    const restored = await openSqliteDatabase(to, { migrations: notesMigrations })
    expect(await restored.migrate()).toEqual([])
    await restored.write((tx) => insertNote(tx, 'b'))
    expect(await noteIds(restored.read)).toEqual(['a', 'b'])
    await restored.close()
  })
})

it('refuses a database that is not a file', async () => {
  await expect(openDatabase('sqlite::memory:')).rejects.toThrow('SQLite needs a file')
  await expect(openDatabase('mysql://user:hidden@host/db')).rejects.toThrow('must begin with sqlite: or postgres://')
})

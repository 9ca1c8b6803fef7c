// Long reads beside everybody else's on SQLite: who waits for whom, how many may wait, what a dead thread costs.
import { sql } from 'kysely'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import { insertNote, notesMigrations } from '../../test/notes-table.ts'
import type { Database } from './database.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'

const rows = 100_000

let place: TestDatabase
let database: Database

beforeEach(async () => {
  place = await testDatabases[0]!.create()
  database = await place.open({ migrations: notesMigrations })
  await database.migrate()
  await database.write(async (tx) => {
    await sql`insert into notes (id, author, text, likes)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < ${rows})
      select i, i, 'Note ' || i, 0 from n`.execute(tx)
  })
})
afterEach(() => place.drop())

const search = async (db = database.aside) => {
  const found = await sql<{ found: number }>`select count(*) as found from notes where instr(text, ${'9'}) > 0`.execute(
    db,
  )
  return found.rows[0]?.found
}

/** The thread that the next statement starts. */
async function startedBy(statement: () => Promise<unknown>): Promise<Worker> {
  const started = once(process, 'worker') as Promise<[Worker]>
  const [[worker]] = await Promise.all([started, statement()])
  return worker
}

describe('a long read', () => {
  it('holds up neither reads nor writes', async () => {
    const ended: string[] = []
    const note = (name: string) => () => ended.push(name)
    await search()
    const searches = Promise.all(Array.from({ length: 20 }, () => search())).then(note('searches'))
    await sql`select 1`.execute(database.read).then(note('read'))
    await database.write((tx) => insertNote(tx, 'new')).then(note('write'))
    await searches
    expect(ended).toEqual(['read', 'write', 'searches'])
  })

  it('finds what a read finds that everybody waits for', async () => {
    expect(await search()).toBe(await search(database.read))
  })

  it('is refused when too many wait, at once, and the others are answered', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 110 }, () => sql`select 1`.execute(database.aside)))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toHaveLength(9)
    for (const error of refused) expect(error).toBeInstanceOf(DatabaseOverloaded)
    expect(await search()).toBeGreaterThan(0)
  })

  it('is unavailable when its thread dies, and those behind it are answered', async () => {
    const worker = await startedBy(search)
    // What ends it from within; from without it must never be ended while a statement runs.
    worker.postMessage(null, [])
    const [running, behind] = await Promise.allSettled([search(), search()])
    expect(running).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailable) })
    expect(behind).toEqual({ status: 'fulfilled', value: await search() })
  })

  it('is finished when the database is closed meanwhile; those that wait are refused', async () => {
    const [running, waiting] = await Promise.allSettled([search(), search(), database.close()])
    expect(running).toEqual({ status: 'fulfilled', value: expect.any(Number) })
    expect(waiting).toMatchObject({ status: 'rejected', reason: new Error('The database is closed') })
    await expect(search()).rejects.toThrow('The database is closed')
  })

  it.runIf(process.platform === 'linux')('is less urgent than everything else', async () => {
    await search()
    const nice = await Promise.all(
      (await readdir('/proc/self/task')).map(async (task) => {
        // The fields behind the name, which may hold anything: its state is the third of all, its niceness the nineteenth.
        const fields = (await readFile(`/proc/self/task/${task}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')
        return Number(fields[16]) - getPriority()
      }),
    )
    expect([...new Set(nice)].toSorted()).toEqual([0, Math.min(10, 19 - getPriority())])
  })

  it('cannot write', async () => {
    await expect(sql`delete from notes`.execute(database.aside)).rejects.toThrow('readonly')
  })
})

// What holds on PostgreSQL alone: repeated transactions, outages, news between processes.
import { sql } from 'kysely'
import pg from 'pg'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createPostgres, type TestDatabase } from '../../test/databases.ts'
import { insertNote, noteIds, notes, notesMigrations } from '../../test/notes-table.ts'
import { startPostgresServer, type PostgresServer } from '../../test/postgres-server.ts'
import type { Database } from './database.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'
import type { DatabaseOptions } from './options.ts'
import { publish } from './transaction-hooks.ts'

let place: TestDatabase
async function open(options: DatabaseOptions = {}): Promise<Database> {
  const database = await place.open({ migrations: notesMigrations, ...options })
  await database.migrate()
  return database
}

describe.skipIf(!inject('postgresUrl'))('PostgreSQL', () => {
  beforeEach(async () => {
    place = await createPostgres(inject('postgresUrl'))
  })
  afterEach(() => place.drop())

  it('runs both sides of a deadlock to success', async () => {
    const database = await open()
    await database.write((tx) => Promise.all([insertNote(tx, 'a'), insertNote(tx, 'b')]))
    let [runs, holding] = [0, 0]
    let met: () => void
    const meeting = new Promise<void>((resolve) => (met = resolve))
    const like = (first: string, second: string) =>
      database.write(async (tx) => {
        runs += 1
        const update = (id: string) =>
          notes(tx)
            .updateTable('notes')
            .set((eb) => ({ likes: eb('likes', '+', 1) }))
            .where('id', '=', id)
            .execute()
        await update(first)
        holding += 1
        if (holding === 2) met()
        await meeting
        await update(second)
      })
    await Promise.all([like('a', 'b'), like('b', 'a')])
    expect(runs).toBe(3)
    const rows = await notes(database.read).selectFrom('notes').select('likes').execute()
    expect(rows.map(({ likes }) => likes)).toEqual([2, 2])
  })

  it('repeats after a serialisation failure even when the work made something else of it, five times at most', async () => {
    const database = await open()
    let runs = 0
    const colliding = (times: number) =>
      database.write(async (tx) => {
        runs += 1
        if (runs > times) return insertNote(tx, `after-${times}`)
        await sql`do $$ begin raise exception 'x' using errcode = '40001'; end $$`.execute(tx).catch(() => {
          throw new Error('made into something else')
        })
      })
    await colliding(4)
    expect([runs, await noteIds(database.read)]).toEqual([5, ['after-4']])
    runs = 0
    await expect(colliding(9)).rejects.toBeInstanceOf(DatabaseUnavailable)
    expect(runs).toBe(5)
  })

  it('is unavailable to a statement that somebody ended, and to nobody else', async () => {
    const database = await open()
    const ended = sql`select pg_cancel_backend(pg_backend_pid())`.execute(database.read)
    await expect(ended).rejects.toBeInstanceOf(DatabaseUnavailable)
    await database.ping()
  })

  it('goes on when another process adds a column under a prepared statement', async () => {
    const [database, other] = [await open(), await open()]
    const all = (db: Database['read']) => notes(db).selectFrom('notes').selectAll().execute()
    await Promise.all(Array.from({ length: 5 }, () => all(database.read)))
    await other.write((tx) => sql`alter table notes add column colour text`.execute(tx))
    await database.write((tx) => all(tx))
    await other.write((tx) => sql`alter table notes add column size text`.execute(tx))
    await Promise.all(Array.from({ length: 5 }, () => all(database.read)))
  })

  it('refuses more waiting statements than it may hold, at once', async () => {
    const database = await open({ poolSize: 1 })
    const outcomes = await Promise.allSettled(Array.from({ length: 1100 }, () => noteIds(database.read)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
    expect(refused.length).toBeGreaterThan(50)
    expect(refused.length).toBeLessThan(150)
    for (const reason of refused) expect(reason).toBeInstanceOf(DatabaseOverloaded)
  })

  it('keeps its connections usable after failures', async () => {
    const database = await open({ poolSize: 2 })
    for (let i = 0; i < 20; i += 1) {
      await database
        .write(async (tx) => {
          await insertNote(tx, 'a')
          await insertNote(tx, 'a')
        })
        .catch(() => {})
      await database
        .write(async () => {
          throw new Error('refused')
        })
        .catch(() => {})
    }
    expect(await noteIds(database.read)).toEqual([])
    const { rows } = await sql<{
      n: number
    }>`select count(*) as n from pg_stat_activity where datname = current_database()`.execute(database.read)
    expect(rows[0]!.n).toBeLessThanOrEqual(3)
  })

  describe('news', () => {
    it('reach the other process once with the commit, and this one directly', async () => {
      const [here, there] = [await open(), await open()]
      const [heardHere, heardThere]: (string | null)[][] = [[], []]
      here.subscribe('tiers', (payload) => heardHere!.push(payload))
      there.subscribe('tiers', (payload) => heardThere!.push(payload))
      await here
        .write(async (tx) => {
          publish(tx, 'tiers', 'lost')
          throw new Error('refused')
        })
        .catch(() => {})
      await here.write(async (tx) => {
        publish(tx, 'tiers', 'tier-1')
        publish(tx, 'channels', 'channel-1')
      })
      expect(heardHere).toEqual(['tier-1'])
      await expect.poll(() => heardThere).toEqual(['tier-1'])
      await here.write(async (tx) => publish(tx, 'tiers', 'x'.repeat(9000)))
      await expect.poll(() => heardThere).toEqual(['tier-1', null])
      expect(heardHere).toHaveLength(2)
    })

    it('that may have been missed make everybody forget, before they are believed again', async () => {
      const database = await open()
      const heard: unknown[] = []
      database.subscribe('tiers', (payload) => heard.push([payload, database.listening]))
      expect(database.listening).toBe(true)
      const admin = new pg.Client(place.url)
      await admin.connect()
      const { rowCount } = await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen narthex' and datname = current_database()",
      )
      await admin.end()
      expect(rowCount).toBe(1)
      await expect.poll(() => database.listening).toBe(false)
      await expect.poll(() => database.listening, { timeout: 3000 }).toBe(true)
      expect(heard).toEqual([[null, false]])
    })
  })
})

describe.skipIf(!inject('postgresUrl') || Boolean(process.env.TEST_DATABASE_URL))('an outage of PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgresServer()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    place = await createPostgres(server.url)
  })
  afterEach(() => place.drop())

  it('costs only the requests during it, and no acknowledged write', async () => {
    const reported: unknown[] = []
    const database = await open({ onError: (error) => reported.push(error) })
    const acknowledged: string[] = []
    const failures: { error: unknown; at: number }[] = []
    let running = true
    const worker = async (n: number) => {
      for (let i = 0; running; i += 1) {
        const id = `${n}-${i}`
        try {
          await database.write((tx) => insertNote(tx, id))
          acknowledged.push(id)
          await notes(database.read).selectFrom('notes').select('id').where('id', '=', id).execute()
        } catch (error) {
          failures.push({ error, at: performance.now() })
          await sleep(5)
        }
      }
    }
    const workers = Array.from({ length: 20 }, (_, n) => worker(n))
    await sleep(500)
    const [before, down] = [acknowledged.length, performance.now()]
    await server.restart(500)
    const up = performance.now()
    await sleep(3000)
    running = false
    await Promise.all(workers)
    expect(before).toBeGreaterThan(20)
    expect(acknowledged.length).toBeGreaterThan(before + 20)
    expect(failures.length).toBeGreaterThan(0)
    for (const { error, at } of failures) {
      expect(error).toBeInstanceOf(DatabaseUnavailable)
      expect(at).toBeGreaterThan(down)
      expect(at).toBeLessThan(up + 500)
    }
    const stored = new Set(await noteIds(database.read))
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    expect(database.listening).toBe(true)
    await database.ping()
  })

  it('is told by a ping, and a database opened during it works afterwards', async () => {
    const database = await open()
    const waiting = server.restart(1000)
    await sleep(300)
    await expect(database.ping()).rejects.toBeInstanceOf(DatabaseUnavailable)
    await expect(database.migrate()).rejects.toBeInstanceOf(DatabaseUnavailable)
    const opened = await place.open({ migrations: notesMigrations })
    expect([opened.listening, database.listening]).toEqual([false, false])
    await waiting
    await opened.write((tx) => insertNote(tx, 'a'))
    await expect.poll(() => opened.listening, { timeout: 5000 }).toBe(true)
    await database.ping()
  })
})

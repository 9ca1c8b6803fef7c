// The databases that suites run on, one after the other: `describe.each(testDatabases)('… on $name', ({ create }) => …)`.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Database } from '../src/db/database.ts'
import { openDatabase } from '../src/db/open.ts'
import type { DatabaseOptions } from '../src/db/options.ts'

export interface TestDatabase {
  readonly url: string
  /** May be called several times, as several processes would. */
  open(options?: DatabaseOptions): Promise<Database>
  /** Closes what was opened, and deletes the database. */
  drop(): Promise<void>
}

export interface TestDatabaseKind {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** A new and empty one. */
  create(): Promise<TestDatabase>
}

const sqlite: TestDatabaseKind = { name: 'SQLite', create: createSqlite }
const postgres: TestDatabaseKind = { name: 'PostgreSQL', create: () => createPostgres(inject('postgresUrl')) }

export const testDatabases: TestDatabaseKind[] = inject('postgresUrl') ? [sqlite, postgres] : [sqlite]

async function createSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'narthex-sqlite-'))
  return opening(`sqlite:${join(folder, 'narthex.db')}`, () => rm(folder, { recursive: true, force: true }))
}

/** `adminUrl` must be allowed to create databases. */
export async function createPostgres(adminUrl: string): Promise<TestDatabase> {
  const name = `narthex_test_${randomBytes(8).toString('hex')}`
  await command(adminUrl, `create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return opening(url.href, () => command(adminUrl, `drop database if exists ${name} with (force)`))
}

function opening(url: string, destroy: () => Promise<void>): TestDatabase {
  const opened: Database[] = []
  return {
    url,
    async open(options) {
      const database = await openDatabase(url, options)
      opened.push(database)
      return database
    },
    async drop() {
      await Promise.all(opened.map((database) => database.close()))
      await destroy()
    },
  }
}

async function command(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

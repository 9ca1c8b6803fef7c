// Statements that are kept: given other values, they ask what a statement built for these would.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import type { Database } from './database.ts'
import { insertMany } from './insert-many.ts'
import { prepared, preparedByShape } from './prepared.ts'

interface Given {
  readonly text?: string | null | undefined
  readonly flag?: boolean
  readonly list: readonly { readonly of: string }[]
}

describe.each(testDatabases)('kept statements on $name', (kind) => {
  const texts: string[] = []
  let place: TestDatabase
  let db: Database
  let built = 0

  beforeAll(async () => {
    place = await kind.create()
    db = await place.open({ onStatement: (text) => texts.push(text) })
    await db.migrate()
  })
  afterAll(() => place.drop())

  const told = preparedByShape(({ text, flag, list }: Given, now) => {
    built += 1
    const parts = [
      text === undefined ? 'none' : text === null ? 'null' : sql`cast(${text} as text) || '=' || cast(${text} as text)`,
      flag === undefined ? 'none' : String(flag),
      ...list.map(({ of }) => sql`cast(${of} as text)`),
      sql`cast(cast(${now} as bigint) as text)`,
    ].map((part) => (typeof part === 'string' ? sql`${sql.lit(part)}` : part))
    return sql<{ said: string }>`select ${sql.join(parts, sql` || ' ' || `)} as said`
  })
  const said = async (given: Given, now = 7) => (await told(given)(db.read, now))[0]?.said

  it.each<[Given, string]>([
    [{ list: [] }, 'none none 7'],
    [{ text: undefined, list: [] }, 'none none 7'],
    [{ text: null, list: [] }, 'null none 7'],
    [{ text: 'undefined', list: [] }, 'undefined=undefined none 7'],
    [{ text: '$', flag: false, list: [] }, '$=$ false 7'],
    [{ text: '?1', flag: true, list: [{ of: 'a' }] }, '?1=?1 true a 7'],
    [{ text: 'b', flag: true, list: [{ of: 'b' }, { of: 'b' }] }, 'b=b true b b 7'],
  ])('tell %j apart', async (given, expected) => {
    expect(await said(given)).toBe(expected)
    expect(await said(given)).toBe(expected)
  })

  it('are built once for a shape, whatever the values', async () => {
    await said({ text: 'a', list: [{ of: 'b' }] })
    const before = built
    expect(await said({ text: 'now', list: [{ of: '0' }] })).toBe('now=now none 0 7')
    expect(await said({ text: 'length', list: [{ of: '' }] })).toBe('length=length none  7')
    expect(built).toBe(before)
  })

  it('tell the same at another time, also when they are asked at once', async () => {
    const bound = told({ text: 'a', list: [] })
    const asked = await Promise.all([1, 2, 3].map((now) => bound(db.read, now)))
    expect(asked.map(([row]) => row?.said)).toEqual(['a=a none 1', 'a=a none 2', 'a=a none 3'])
  })

  it('refuse a value that was not given, and one that their text would depend on', async () => {
    const ask = prepared(({ id }: { id: string }) => sql`select id from tiers where id = ${id}`)
    await expect(ask(db.read, {} as never)).rejects.toThrow(/Cannot bind/)
    const late = prepared(({ id }: { id: string }) => sql`select id from tiers where id = ${`${id}!`}`)
    await expect(late(db.read, { id: 'a' })).rejects.toThrow('is not known while it is built')
  })

  it('number only what is named again: SQLite looks through all numbers for each value', async () => {
    texts.length = 0
    await said({ text: 'a', list: [{ of: 'b' }] })
    const house = (id: string) => {
      return { id, name: id, token_lifetime_seconds: 3600, cut_off_count: 0, version: 1, created_at: 1, updated_at: 1 }
    }
    await db.write((tx) => insertMany(tx, 'workspaces', [house('a'), house('b')]))
    const [read, inserted] = texts.filter((text) => /^\s*(select|insert)/.test(text))
    if (kind.name === 'SQLite') {
      expect(read?.match(/\?\d*/g)).toEqual(['?', '?1', '?', '?'])
      expect(inserted).not.toMatch(/\?\d/)
    }
  })
})

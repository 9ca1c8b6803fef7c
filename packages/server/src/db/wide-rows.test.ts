// Look-ups asked together answer each caller as if it had asked alone.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase } from '../../test/databases.ts'
import type { Database } from './database.ts'
import { preparedWide } from './wide-rows.ts'

interface Asked {
  readonly text: string
  readonly number: number
}

interface Found {
  readonly text: string
  readonly more: number
  readonly absent: null
}

/** Two rows for each text but `nobody`, which has none; a zero cannot be divided by on PostgreSQL. */
const lookUp = preparedWide(
  ({ text, number }: Asked) => sql<Found>`
    select cast(${text} as text) as text, 100 / cast(${number} as bigint) + n as more, null as absent
    from (select 1 as n union all select 2) as numbers where cast(${text} as text) <> 'nobody' order by n`,
)

describe.each(testDatabases)('wide rows on $name', (kind) => {
  const texts: string[] = []
  let place: TestDatabase
  let db: Database

  beforeAll(async () => {
    place = await kind.create()
    db = await place.open({ onStatement: (text) => void texts.push(text) })
  })
  afterAll(() => place.drop())

  it('hand each of many who ask at once its own rows, in their order', async () => {
    const asked = Array.from({ length: 50 }, (_, i) => ({ text: i % 7 === 0 ? 'nobody' : `Ünï "${i}"`, number: i + 1 }))
    const found = await Promise.all(asked.map((values) => lookUp(db.read, values)))
    expect(found).toEqual(
      asked.map(({ text, number }) => {
        const quotient = Math.trunc(100 / number)
        const row = (n: number) => ({ text, more: quotient + n, absent: null })
        return text === 'nobody' ? [] : [row(1), row(2)]
      }),
    )
  })

  it('take one statement for one who asks, and on PostgreSQL one for eight', async () => {
    const ask = (number: number) => lookUp(db.read, { text: 'a', number })
    texts.length = 0
    await ask(1)
    expect(texts).toHaveLength(1)
    texts.length = 0
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(ask))
    expect(texts).toHaveLength(kind.name === 'PostgreSQL' ? 1 : 8)
  })

  it('show a transaction what it asks, apart from everybody else', async () => {
    const [inside, outside] = await Promise.all([
      db.write((tx) => lookUp(tx, { text: 'in', number: 10 })),
      lookUp(db.read, { text: 'out', number: 20 }),
    ])
    expect([inside[0], outside[0]]).toEqual([
      { text: 'in', more: 11, absent: null },
      { text: 'out', more: 6, absent: null },
    ])
  })

  it.runIf(kind.name === 'PostgreSQL')('refuse nobody for what another one asked', async () => {
    const settled = await Promise.allSettled([1, 0, 4].map((number) => lookUp(db.read, { text: 'a', number })))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((settled[2] as PromiseFulfilledResult<Found[]>).value[0]).toEqual({ text: 'a', more: 26, absent: null })
  })
})

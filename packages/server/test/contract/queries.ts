// Bad queries: numbers, filters and cursors that cannot be meant are refused under the name they came with.
import { randomUUID } from 'node:crypto'
import type { Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import { allOperations } from './observed.ts'
import { call, callerOf, membersOf, sampleOf, subjectOf, typesOf, withQuery } from './samples.ts'
import { told } from './surfaces.ts'
import { expectRefusal, type SuiteOf } from './suite.ts'

const lists = allOperations.filter(({ list }) => list)
const filters = lists.flatMap((operation) =>
  Object.entries(membersOf(operation.query))
    .filter(([, { items }]) => items?.format === 'uuid')
    .map(([key]) => ({ path: operation.path, key })),
)
/** A filter by ids, if the list has one. */
const idFilterOf = ({ query }: Operation) =>
  Object.entries(membersOf(query)).find(([, { items, format }]) => (items?.format ?? format) === 'uuid')?.[0]

const badNumbers = [
  '0',
  '-1',
  '1.5',
  '1e1',
  'abc',
  '',
  '%201',
  '%2B1',
  '+1',
  '1%00',
  '١',
  '0x1',
  '99999999999999999999',
  'null',
  '1,2',
]

export function describeQueries(suite: SuiteOf): void {
  const refused = async (path: string, name: string) => {
    const reply = await suite().party.client.get(path)
    expect([reply.status, reply.body.code], path).toEqual([400, 'invalid_request'])
    expectRefusal(reply, 400, 'invalid_request')
    expect(
      reply.body.issues.map((issue: { path: string }) => issue.path),
      path,
    ).toContain(name)
  }

  describe('malformed queries', () => {
    it.each(lists)('$id refuses page numbers and sizes that are no whole number in their bounds', async ({ path }) => {
      for (const name of ['pageNumber', 'pageSize']) {
        for (const value of badNumbers) await refused(`${path}?${name}=${value}`, name)
        await refused(`${path}?${name}=1&${name}=1`, name)
        await refused(`${path}?${name}`, name)
      }
      await refused(`${path}?pageSize=101`, 'pageSize')
      for (const query of ['pageSize=1', 'pageSize=100', 'pageNumber=1', 'pageNumber=1000000000']) {
        expect((await suite().party.client.get(`${path}?${query}`)).status).toBe(200)
      }
    })

    it.each(lists)(
      '$id refuses each parameter that takes one value when it is empty, repeated or of the wrong form',
      async (operation) => {
        for (const [key, schema] of Object.entries(membersOf(operation.query))) {
          await refused(`${operation.path}?${key}=`, key)
          await refused(`${operation.path}?${key}=%FF`, key)
          if (typesOf(schema).includes('array')) continue
          await refused(`${operation.path}?${key}=true&${key}=true`, key)
          await refused(`${operation.path}?${key}=%00`, key)
          if (typesOf(schema).includes('boolean')) {
            for (const value of ['1', 'TRUE', 'yes', 'null']) await refused(`${operation.path}?${key}=${value}`, key)
          }
          if (schema.format === 'uuid') {
            for (const value of wrongIds()) await refused(`${operation.path}?${key}=${value}`, key)
          }
          if (schema.format === 'date-time') {
            for (const value of ['2026-01-01', '0', '1998-12-31T23:59:60Z'])
              await refused(`${operation.path}?${key}=${value}`, key)
          }
        }
      },
    )

    it.each(allOperations)('$id refuses unknown and nested names and broken escapes', async (operation) => {
      const { party } = suite()
      const sample = await sampleOf(operation, party)
      const caller = await callerOf(operation, party)
      const names = {
        unknown: 'unknown=1',
        'a[b]': 'a[b]=c',
        'ids[]': 'ids[]=x',
        __proto__: '__proto__=1',
        constructor: 'constructor=1',
        '%zz': '%zz=1',
        '': '=1',
      }
      for (const [name, query] of Object.entries({ ...names, ['__proto__']: '__proto__=1' })) {
        const reply = await call(caller, operation, { ...sample, path: withQuery(sample.path, query) })
        expectRefusal(reply, 400, 'invalid_request')
        expect(
          told(reply).issues.map(({ path }) => path),
          query,
        ).toContain(name)
        if (operation.surface === 'referral') expect(reply.body.errors[0].code).toMatch(/Parameter$/)
      }
    })

    it.each(allOperations)('$id refuses an address of more than 32 KiB with 414', async (operation) => {
      const { party } = suite()
      const sample = await sampleOf(operation, party)
      const caller = await callerOf(operation, party)
      const long = withQuery(sample.path, `x=${'x'.repeat(32_768)}`)
      const reply = await call(caller, operation, { ...sample, path: long })
      expectRefusal(reply, 414, 'uri_too_long')
    })

    it.each(filters)('$path?$key takes up to 100 UUIDs and nothing else', async ({ path, key }) => {
      const { client } = suite().party
      const query = (count: number) => Array.from({ length: count }, () => `${key}=${randomUUID()}`).join('&')
      expect((await client.get(`${path}?${query(100)}`)).body).toEqual([])
      await refused(`${path}?${query(101)}`, key)
      for (const value of wrongIds()) {
        const reply = await client.get(`${path}?${key}=${value}`)
        expectRefusal(reply, 400, 'invalid_request')
        expect(reply.body.issues[0].path).toBe(`${key}.0`)
      }
      await refused(`${path}?${key}=${randomUUID()}&${key}=`, key)
    })

    it.each(lists)(
      '$id refuses a cursor that is tampered with, foreign, of other filters or beside a page number',
      async (operation) => {
        const { party, stranger } = suite()
        for (const one of [party, stranger]) {
          for (let i = 0; i < 2; i += 1) await subjectOf({ ...operation, path: `${operation.path}/{id}` }, one)
        }
        const own = await cursorOf(party.client.get(`${operation.path}?pageSize=1`))
        expect((await party.client.get(`${operation.path}?pageSize=1&cursor=${own}`)).status).toBe(200)
        const foreign = await cursorOf(stranger.client.get(`${operation.path}?pageSize=1`))
        const bytes = Buffer.from(own, 'base64url')
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
        const bad = [
          foreign,
          bytes.toString('base64url'),
          `${own}A`,
          own.slice(0, -1),
          'x',
          'AAAAAAAAAAAAAAAAAAAAAAAA',
          `${own}%3D`,
        ]
        for (const cursor of bad) await refused(`${operation.path}?pageSize=1&cursor=${cursor}`, 'cursor')
        await refused(`${operation.path}?cursor=${own}&pageNumber=1`, 'pageNumber')
        const filter = idFilterOf(operation)
        if (filter) await refused(`${operation.path}?cursor=${own}&${filter}=${randomUUID()}`, 'cursor')
        const elsewhere = lists.find(({ id }) => id !== operation.id)
        if (elsewhere) await refused(`${elsewhere.path}?cursor=${own}`, 'cursor')
      },
    )
  })
}

function wrongIds(): string[] {
  const id = randomUUID()
  return ['x', '1', `${id},${id}`, id.replaceAll('-', ''), `%7B${id}%7D`]
}

async function cursorOf(reply: Promise<{ headers: Headers }>): Promise<string> {
  const link = (await reply).headers.get('link') as string
  return new URL(/<([^>]+)>; rel="next"/.exec(link)?.[1] as string).searchParams.get('cursor') as string
}

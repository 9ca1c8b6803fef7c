// What belongs to another workspace does not exist: byte for byte the answer to an id that nobody has.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Client } from '../client.ts'
import { allOperations } from './observed.ts'
import { call, makers, membersOf, naming, sampleOf, subjectOf, type Schema } from './samples.ts'
import { countEvents, expectRefusal, fingerprint, type SuiteOf } from './suite.ts'

const withId = allOperations.filter(({ path }) => path.includes('{id}'))
const isIdMember = (member: Schema | undefined) => member?.format === 'uuid'

const bodyIds = allOperations.flatMap((operation) =>
  Object.keys(membersOf(operation.body))
    .filter((key) => isIdMember(membersOf(operation.body)[key]) && key !== 'id')
    .map((key) => ({ operation, key, name: `${operation.id} ${key}` })),
)
const filters = allOperations.flatMap((operation) =>
  Object.keys(membersOf(operation.query))
    .filter((key) => isIdMember(membersOf(operation.query)[key]?.items ?? membersOf(operation.query)[key]))
    .map((key) => ({ operation, key, name: `${operation.id} ${key}` })),
)

export function describeIsolation(suite: SuiteOf): void {
  describe('other workspaces', () => {
    it.each(withId)(
      '$id answers another workspace’s id as one that nobody has, and as one that is malformed',
      async (operation) => {
        const { server, stranger } = suite()
        const foreign = await subjectOf(operation, stranger)
        const { body } = await sampleOf(operation, server.client)
        const before = await countEvents(suite())
        for (const headers of [{}, { 'if-match': '"99"' }, { 'if-match': '*' }, { 'if-none-match': '*' }] as Record<
          string,
          string
        >[]) {
          const ask = (id: string) =>
            call(
              server.client,
              operation,
              { path: operation.path.replace('{id}', id), id, ...(body && { body }) },
              headers,
            )
          const expected = await ask(randomUUID())
          expect(expected.status).toBe(404)
          expect(expected.body.code).toMatch(/_not_found$/)
          for (const id of [
            foreign,
            foreign.toUpperCase(),
            'x',
            '1',
            `${foreign}0`,
            '%00',
            '%F0%9F%98%80',
            "'--",
            '..%2F',
          ]) {
            expect(fingerprint(await ask(id)), id).toEqual(fingerprint(expected))
          }
        }
        expect(await countEvents(suite())).toBe(before)
      },
    )

    it.each(bodyIds)('$name: another workspace’s id in the body is one that nobody has', async ({ operation, key }) => {
      const { server, stranger } = suite()
      const foreign = (await (makers[key] as (typeof makers)[string])(stranger)).id
      const sample = await sampleOf(operation, server.client)
      const before = await countEvents(suite())
      const ask = (id: string) =>
        call(server.client, operation, { ...sample, body: naming(operation, sample.body, key, id) })
      const expected = await ask(randomUUID())
      expect(expected.status).toBe(404)
      expect(fingerprint(await ask(foreign))).toEqual(fingerprint(expected))
      expect(await countEvents(suite())).toBe(before)
    })

    it.each(filters)(
      '$name: filtering by another workspace’s id gives the empty list of an id that nobody has',
      async ({ operation, key }) => {
        const { server, stranger } = suite()
        const subject = await filterSubject(operation.path, key, stranger)
        const ask = (id: string) => server.client.get(`${operation.path}?${key}=${id}`)
        const expected = await ask(randomUUID())
        expect([expected.status, expected.body]).toEqual([200, []])
        expect(fingerprint(await ask(subject))).toEqual(fingerprint(expected))
        const own = await stranger.get(`${operation.path}?${key}=${subject}`)
        expect(own.status).toBe(200)
        expect((await stranger.get(`${operation.path}?${key}=${subject.toUpperCase()}`)).body).toEqual(own.body)
      },
    )

    it.each(withId.filter(({ method }) => method === 'GET'))(
      '$id takes an id in upper case as the same id',
      async (operation) => {
        const { server } = suite()
        const { id, path } = await sampleOf(operation, server.client)
        const reply = await server.client.get(operation.path.replace('{id}', (id as string).toUpperCase()))
        // An explanation names the moment it holds for.
        const { at: _, ...shown } = reply.body
        expect((await server.client.get(path)).body).toMatchObject(shown)
        if ('id' in shown) expect(shown.id).toBe(id)
      },
    )

    it.each(bodyIds)('$name: an id in upper case in the body is the same id', async ({ operation, key }) => {
      const { server } = suite()
      const { id } = await (makers[key] as (typeof makers)[string])(server.client)
      const sample = await sampleOf(operation, server.client)
      const reply = await call(server.client, operation, {
        ...sample,
        body: naming(operation, sample.body, key, id.toUpperCase()),
      })
      expect([reply.status, reply.body[key]]).toEqual([200, id])
    })

    it('takes an id in upper case in a filter as the same id', async () => {
      const { server } = suite()
      for (const operation of allOperations.filter(({ query }) => membersOf(query)['ids'])) {
        const [first] = (await server.client.get(operation.path)).body
        const { body } = await server.client.get(`${operation.path}?ids=${first.id.toUpperCase()}`)
        expect(body.map((item: { id: string }) => item.id)).toEqual([first.id])
      }
    })

    it('refuses the id of a workspace as a parameter: the key fixes it', async () => {
      const { server } = suite()
      expectRefusal(await server.client.get(`/tiers?workspaceId=${server.workspaceId}`), 400, 'invalid_request')
    })
  })

  /** What a filter names: things of the collection itself, or what its members name. */
  async function filterSubject(collection: string, key: string, client: Client): Promise<string> {
    const maker = makers[key.replace(/s$/, '')]
    if (maker) return (await maker(client)).id
    return subjectOf({ path: `${collection}/{id}` } as Parameters<typeof subjectOf>[0], client)
  }
}

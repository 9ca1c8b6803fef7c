// What belongs to another workspace does not exist: byte for byte the answer to an id that nobody has.
import { randomUUID } from 'node:crypto'
import type { Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import { allOperations } from './observed.ts'
import type { Party } from './party.ts'
import {
  call,
  callerOf,
  makers,
  membersOf,
  naming,
  sampleOf,
  subjectOf,
  withQuery,
  type Sample,
  type Schema,
} from './samples.ts'
import { successOf, told } from './surfaces.ts'
import { countEvents, expectRefusal, fingerprint, type SuiteOf } from './suite.ts'

const withId = allOperations.filter(({ path }) => path.includes('{id}'))
/** The Referral API takes any text for an id: what is none is simply not found. */
const isIdMember = ({ surface }: Operation, key: string, { format }: Schema = {}) =>
  format === 'uuid' || (surface === 'referral' && key.endsWith('Id'))

const bodyIds = allOperations.flatMap((operation) =>
  Object.entries(membersOf(operation.body))
    .filter(([key, member]) => isIdMember(operation, key, member) && key !== 'id')
    .map(([key]) => ({ operation, key, name: `${operation.id} ${key}` })),
)
const queryIds = allOperations.flatMap((operation) =>
  Object.entries(membersOf(operation.query))
    .filter(([key, member]) => isIdMember(operation, key, member.items ?? member))
    .map(([key]) => ({ operation, key, name: `${operation.id} ${key}` })),
)
const filters = queryIds.filter(({ operation }) => operation.surface === 'workspace')
const organizations = queryIds.filter(({ key }) => key === 'organizationId')

/** Whatever a precondition says: a stranger must not even learn that there is a version. */
const preconditions: Record<string, string | undefined>[] = [
  {},
  { 'if-match': undefined },
  { 'if-match': '"99"' },
  { 'if-match': '*' },
  { 'if-none-match': '*' },
]

/** In a path. Of a parameter NUL is no text at all. */
const malformed = ['x', '1', '%00', '%F0%9F%98%80', "'--", '..%2F']
const malformedTexts = malformed.filter((text) => text !== '%00')

export function describeIsolation(suite: SuiteOf): void {
  describe('other workspaces', () => {
    it.each(withId)(
      '$id answers another workspace’s id as one that nobody has, and as one that is malformed',
      async (operation) => {
        const { party, stranger } = suite()
        const foreign = await subjectOf(operation, stranger)
        const { body } = await sampleOf(operation, party)
        const caller = await callerOf(operation, party)
        const before = await countEvents(suite())
        for (const headers of preconditions) {
          const ask = (id: string) =>
            call(caller, operation, { path: operation.path.replace('{id}', id), id, ...(body && { body }) }, headers)
          const expected = await ask(randomUUID())
          expectRefusal(expected, 404, told(expected).code)
          expect(told(expected).code).toMatch(/_not_found$/)
          for (const id of [foreign, foreign.toUpperCase(), `${foreign}0`, ...malformed]) {
            expect(fingerprint(await ask(id)), id).toEqual(fingerprint(expected))
          }
        }
        expect(await countEvents(suite())).toBe(before)
      },
    )

    it.each(bodyIds)('$name: another workspace’s id in the body is one that nobody has', async ({ operation, key }) => {
      const { party, stranger } = suite()
      const foreign = (await makerOf(key)(stranger)).id
      const sample = await sampleOf(operation, party)
      const caller = await callerOf(operation, party)
      const before = await countEvents(suite())
      const ask = (id: string) => call(caller, operation, { ...sample, body: naming(operation, sample.body, key, id) })
      const expected = await ask(randomUUID())
      expect(expected.status).toBe(404)
      expect(fingerprint(await ask(foreign))).toEqual(fingerprint(expected))
      expect(await countEvents(suite())).toBe(before)
    })

    it.each(filters)(
      '$name: filtering by another workspace’s id gives the empty list of an id that nobody has',
      async ({ operation, key }) => {
        const { party, stranger } = suite()
        const subject = await filterSubject(operation, key, stranger)
        const ask = (id: string) => party.client.get(`${operation.path}?${key}=${id}`)
        const expected = await ask(randomUUID())
        expect([expected.status, expected.body]).toEqual([200, []])
        expect(fingerprint(await ask(subject))).toEqual(fingerprint(expected))
        const own = await stranger.client.get(`${operation.path}?${key}=${subject}`)
        expect(own.status).toBe(200)
        expect((await stranger.client.get(`${operation.path}?${key}=${subject.toUpperCase()}`)).body).toEqual(own.body)
      },
    )

    it.each(organizations)('$name: another organization is one that nobody has', async ({ operation }) => {
      const { party, stranger } = suite()
      for (const caller of [party.client, party.owner]) {
        const ask = (id: string) =>
          call(caller, operation, { path: `${operation.path}?organizationId=${id}`, id: null })
        const expected = await ask(randomUUID())
        expectRefusal(expected, 404, 'organization_not_found')
        for (const id of [stranger.workspaceId, stranger.workspaceId.toUpperCase(), ...malformedTexts]) {
          expect(fingerprint(await ask(id)), id).toEqual(fingerprint(expected))
        }
        expect((await ask(party.workspaceId.toUpperCase())).status).toBe(200)
      }
    })

    it('referrals.list userId: another organization’s person is one that nobody has', async () => {
      const { party, stranger } = suite()
      const operation = allOperations.find(({ id }) => id === 'referrals.list') as Operation
      const { id: foreign } = await makerOf('userId')(stranger)
      const sample = await sampleOf(operation, party)
      const ask = (id: string) =>
        call(party.owner, operation, { ...sample, path: withQuery(sample.path, `userId=${id}`) })
      const expected = await ask(randomUUID())
      expect([expected.status, expected.body.externalUsers]).toEqual([200, []])
      for (const id of [foreign, ...malformedTexts]) {
        expect((await ask(id)).body, id).toEqual(expected.body)
      }
    })

    it.each(withId.filter(({ method }) => method === 'GET'))(
      '$id takes an id in upper case as the same id',
      async (operation) => {
        const { party } = suite()
        const sample = await sampleOf(operation, party)
        const caller = await callerOf(operation, party)
        const id = sample.id as string
        const reply = await call(caller, operation, inUpperCase(operation, id))
        expect(reply.status).toBe(200)
        // An explanation names the moment it holds for.
        const { at: _, ...shown } = Array.isArray(reply.body) ? { all: reply.body } : reply.body
        const { body } = await call(caller, operation, sample)
        expect(Array.isArray(body) ? { all: body } : body).toMatchObject(shown)
        if ('id' in shown) expect(shown.id).toBe(id)
      },
    )

    it.each(bodyIds)('$name: an id in upper case in the body is the same id', async ({ operation, key }) => {
      const { party } = suite()
      const { id } = await makerOf(key)(party)
      const sample = await sampleOf(operation, party)
      const reply = await call(await callerOf(operation, party), operation, {
        ...sample,
        body: naming(operation, sample.body, key, id.toUpperCase()),
      })
      expect([reply.status, key === 'userId' ? reply.body.referredUser.userId : reply.body[key]]).toEqual([
        successOf(operation),
        id,
      ])
    })

    it('takes an id in upper case in a filter as the same id', async () => {
      const { client } = suite().party
      for (const operation of allOperations.filter(({ query }) => membersOf(query)['ids'])) {
        const [first] = (await client.get(operation.path)).body
        const { body } = await client.get(`${operation.path}?ids=${first.id.toUpperCase()}`)
        expect(body.map((item: { id: string }) => item.id)).toEqual([first.id])
      }
    })

    it('refuses the id of a workspace as a parameter: the credential fixes it', async () => {
      const { party } = suite()
      for (const client of [party.client, party.owner]) {
        expectRefusal(await client.get(`/tiers?workspaceId=${party.workspaceId}`), 400, 'invalid_request')
      }
    })
  })
}

function makerOf(key: string): (party: Party) => Promise<{ id: string }> {
  return makers[key] as (typeof makers)[string]
}

function inUpperCase(operation: Operation, id: string): Sample {
  return { path: operation.path.replace('{id}', id.toUpperCase()), id }
}

/** What a filter names: things of the collection itself, or what its members name. */
async function filterSubject({ id, surface, path }: Operation, key: string, party: Party): Promise<string> {
  const maker = makers[key.replace(/s$/, '')]
  return maker ? (await maker(party)).id : subjectOf({ id, surface, path: `${path}/{id}` }, party)
}

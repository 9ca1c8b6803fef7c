// What every good answer is like: status, headers, entity tags and pages, walked over the contract.
import { scopes } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from './client.ts'
import { allOperations } from './contract/observed.ts'
import { partyOf, type Party } from './contract/party.ts'
import { call, callerOf, sampleOf, subjectOf } from './contract/samples.ts'
import { addressOf, successOf } from './contract/surfaces.ts'
import { testDatabases } from './databases.ts'
import { makeChannel, makeExternalUser, makeTier } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const gettable = allOperations.filter(({ versioned, method }) => versioned && method === 'GET')
const lists = allOperations.filter(({ list }) => list)

const secrets = ['accessToken', 'apiKey', 'memberToken', 'invitation']

describe.each(testDatabases)('answers on $name', (kind) => {
  let server: TestServer
  let client: Client
  let party: Party

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
    party = await partyOf(server)
  })
  afterAll(() => server.close())

  it.each(allOperations)(
    '$id answers its success in its media type, with its tag, its secrecy and its request id',
    async (operation) => {
      const sample = await sampleOf(operation, party)
      const reply = await call(await callerOf(operation, party), operation, sample, {
        'x-request-id': 'order-17:retry.2',
      })
      const isEmpty = operation.status === 204
      const media = isEmpty ? null : (operation.media ?? 'application/json; charset=utf-8')
      expect([reply.status, reply.headers.get('content-type')]).toEqual([successOf(operation), media])
      expect(reply.headers.get('x-request-id')).toBe('order-17:retry.2')
      const goesOn = operation.media === 'text/event-stream'
      expect(reply.headers.get('cache-control')).toBe(operation.secret || goesOn ? 'no-store' : 'no-cache')
      const tagged = operation.versioned && operation.method !== 'DELETE'
      // A list has no version of its own: its tag tells what is shown.
      const isPage = operation.surface === 'referral' && operation.id.endsWith('.list')
      const form = isPage ? /^"[\w-]+"$/ : /^"\d+(\.[\w-]+)?"$/
      expect(reply.headers.get('etag') ?? '').toMatch(tagged ? form : /^$/)
      const isArray = operation.list === true || operation.id === 'memberTokens.list'
      expect(Array.isArray(reply.body)).toBe(isArray)
      expect(typeof reply.body).toBe(operation.media || isEmpty ? 'string' : 'object')
      if (isEmpty) expect(reply.body).toBe('')
      expect(reply.headers.has('location')).toBe(operation.status === 201)
      if (!operation.media && !isEmpty && secrets.some((name) => name in reply.body))
        expect(operation.secret).toBe(true)
    },
  )

  it('replaces a request id that could break a log line, and names the new one in the body of an error', async () => {
    for (const id of ['a b', 'x'.repeat(129), '<script>', 'a"b', 'a,b']) {
      const { headers, body } = await client.get('/tiers/x', { 'x-request-id': id })
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
      expect(body.requestId).toBe(headers.get('x-request-id'))
    }
  })

  it.each(gettable)('$id answers 304 without a body to the tag that the caller has', async (operation) => {
    const path = addressOf(operation, (await sampleOf(operation, party)).path)
    const tag = (await client.get(path)).headers.get('etag') as string
    for (const value of [tag, `W/${tag}`, `"x", ${tag}`, `W/"x",W/${tag} , "y"`, '*']) {
      const reply = await client.get(path, { 'if-none-match': value })
      expect([reply.status, reply.body], value).toEqual([304, ''])
      expect(reply.headers.get('etag')).toBe(tag)
    }
    for (const value of ['"x"', tag.slice(1, -1), '"*"', 'W/"x"', '', `"${tag.slice(1, -1)}x"`]) {
      expect((await client.get(path, { 'if-none-match': value })).status, value).toBe(200)
    }
  })

  it.each(lists)('$id counts only when it is asked to, and is empty past its end', async ({ id, surface, path }) => {
    await subjectOf({ id, surface, path: `${path}/{id}` }, party)
    const plain = await client.get(`${path}?pageSize=100`)
    expect(plain.headers.get('total-count')).toBeNull()
    const counted = await client.get(`${path}?count=exact&pageSize=1&pageNumber=1`)
    expect(Number(counted.headers.get('total-count'))).toBe(plain.body.length)
    const past = await client.get(`${path}?pageNumber=1000&count=exact`)
    expect([past.status, past.body, past.headers.get('link')]).toEqual([200, [], null])
    expect(past.headers.get('total-count')).toBe(String(plain.body.length))
  })

  it('defaults to the first ten, newest first', async () => {
    const { client } = await server.otherWorkspace()
    const made = await inOrder(12, () => makeTier(client))
    const { body, headers } = await client.get('/tiers')
    const sorted = made.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || (a.id < b.id ? 1 : -1))
    expect(body).toEqual(sorted.slice(0, 10))
    expect((await client.get('/tiers?pageNumber=2')).body).toEqual(sorted.slice(10))
    expect(headers.get('link')).toMatch(/^<https:\/\/id\.example\.com\/api\/v1\/tiers\?cursor=[\w-]+>; rel="next"$/)
  })

  it('walks by Link without a gap or a repetition while rows are being added', async () => {
    const { client } = await server.otherWorkspace()
    const channel = await makeChannel(client)
    const made = await inOrder(35, () => makeExternalUser(client, { channelId: channel.id }))
    const expected = made.map(({ id }) => id).toSorted()
    for (const pageSize of [1, 2, 3, 7, 10, 34, 35, 36, 100]) {
      const upTo = (await client.get('/external-users?pageSize=1')).body[0].createdAt
      const query = `pageSize=${pageSize}&channelIds=${channel.id}`
      const seen = await walk(client, `/external-users?${query}`, () => makeExternalUser(client, { name: 'Too late' }))
      const walked = seen.filter(({ createdAt, name }) => createdAt <= upTo && name === null).map(({ id }) => id)
      expect(walked.toSorted(), `pages of ${pageSize}`).toEqual(expected)
    }
  })

  it('walks the same rows of one channel when new ones come into that channel', async () => {
    const { client } = await server.otherWorkspace()
    const { id: channelId } = await makeChannel(client)
    const made = await inOrder(35, () => makeExternalUser(client, { channelId }))
    const seen = await walk(client, `/external-users?pageSize=4`, () =>
      makeExternalUser(client, { channelId, name: 'Too late' }),
    )
    const ids = seen.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => made.some((user) => user.id === id)).toSorted()).toEqual(
      made.map(({ id }) => id).toSorted(),
    )
  })

  it('tells which methods an address answers to, and nothing about addresses it does not know', async () => {
    const put = await client.send('PUT', '/tiers')
    expect([put.status, put.headers.get('allow'), put.body.code]).toEqual([405, 'GET, POST', 'method_not_allowed'])
    const nowhere = await client.get('/nowhere')
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'route_not_found'])
    expect((await client.get('/tiers/')).status).toBe(404)
  })

  it('grants each scope that exists to the first key', async () => {
    const { body } = await client.get('/api-keys?pageSize=100')
    expect(body.find(({ name }: { name: string }) => name === 'First key').scopes).toEqual(scopes.toSorted())
  })
})

async function inOrder<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i += 1) made.push(await make())
  return made
}

interface Listed {
  readonly id: string
  readonly createdAt: string
  readonly name: string | null
}

/** Follows `rel="next"` to its end; `between` runs between two pages. */
async function walk(client: Client, first: string, between: () => Promise<unknown>): Promise<Listed[]> {
  const seen: Listed[] = []
  for (let next: string | null = first; next !== null;) {
    const reply: Reply = await client.get(next)
    seen.push(...reply.body)
    const address = /<([^>]+)>; rel="next"/.exec(reply.headers.get('link') ?? '')?.[1]
    next = address === undefined ? null : address.replace('https://id.example.com/api/v1', '')
    await between()
  }
  return seen
}

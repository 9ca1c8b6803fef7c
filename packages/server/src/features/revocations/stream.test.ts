// Following the statement: what a consumer receives, what it never misses, and what ends its stream.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pino } from 'pino'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeExternalUser } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, eventually, verifiedStatement, type StatementClaims } from '../../../test/verifying.ts'
import { EventStream } from '../../http/event-stream.ts'
import { limits } from '../../http/limits.ts'
import { createOpenStreams } from '../../http/open-streams.ts'
import type { Instance } from '../../context.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { createRevocationFeed } from './stream.ts'

interface Followed {
  readonly reply: Response
  readonly text: () => string
  readonly ended: () => boolean
  /** The statements received so far, each verified. */
  statements(): Promise<StatementClaims[]>
  lastId(): string
  stop(): void
}

const audienceOf = (jws: string) => claimsOf<{ aud: string }>(jws).aud

async function follow(client: Client, headers: Record<string, string> = {}, query = ''): Promise<Followed> {
  const stopping = new AbortController()
  const url = `${client.address}/api/v1/revocations/stream${query}`
  const reply = await fetch(url, { headers: { authorization: client.key, ...headers }, signal: stopping.signal })
  let text = ''
  let ended = false
  void (async () => {
    for await (const piece of reply.body as unknown as AsyncIterable<Uint8Array>) text += Buffer.from(piece).toString()
  })()
    .catch(() => {})
    .finally(() => (ended = true))
  return {
    reply,
    text: () => text,
    ended: () => ended,
    statements: () =>
      Promise.all(
        [...text.matchAll(/^data: (.*)$/gm)].map(([, jws]) =>
          verifiedStatement(client, jws as string, audienceOf(jws as string)),
        ),
      ),
    lastId: () => [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] as string,
    stop: () => stopping.abort(),
  }
}

describe.each(testDatabases)('following revocations on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let client: Client
  let workspaceId: string

  beforeAll(async () => {
    server = await startTestServer(kind, { limits: { streamHeartbeatMs: 100 }, clock })
  })
  afterAll(() => server.close())
  const own = async () => void ({ client, workspaceId } = await server.otherWorkspace())
  const cutOff = (subjectId: string = randomUUID()) =>
    server.db.write((tx) => insertCutOff(tx, workspaceId, { reach: 'account', subjectId, now: clock.now() }))
  const revokeTokens = async (id: string) =>
    expect((await client.post(`/external-users/${id}/revoke-tokens`)).status).toBe(200)
  const metric = async (name: string) =>
    Number(new RegExp(`^${name} (.*)$`, 'm').exec((await server.client.get('//metrics')).body as string)?.[1])

  it('begins with the whole at once, then tells what is new, and shows in between that it is alive', async () => {
    await own()
    const user = await makeExternalUser(client)
    await revokeTokens(user.id)
    const followed = await follow(client)
    const { headers } = followed.reply
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect([headers.get('cache-control'), headers.get('x-accel-buffering')]).toEqual(['no-store', 'no'])
    await eventually(followed.lastId, '1')
    expect(followed.text()).toMatch(/^retry: 1000\n\nevent: revocations\nid: 1\ndata: [\w.-]+\n\n/)
    await revokeTokens(user.id)
    await eventually(followed.lastId, '2')
    await eventually(() => followed.text().includes('\n: nothing new\n\n'), true)
    expect(await followed.statements()).toMatchObject([
      { since: null, cursor: 1, cutOffs: [{ sub: user.id, before: 1 }] },
      { since: 1, cursor: 2, cutOffs: [{ sub: user.id, before: 2 }] },
    ])
    followed.stop()
  })

  it('begins after since, or after the last event received when that is told as well', async () => {
    await own()
    for (let i = 0; i < 4; i += 1) await cutOff()
    const bySince = await follow(client, {}, '?since=1')
    const byLast = await follow(client, { 'last-event-id': '3' }, '?since=1')
    const beyond = await follow(client, { 'last-event-id': '99' })
    for (const followed of [bySince, byLast, beyond]) await eventually(followed.lastId, '4')
    const told = await Promise.all([bySince, byLast, beyond].map((followed) => followed.statements()))
    expect(told.map(([first]) => first?.since)).toEqual([1, 3, null])
    const bad = await client.get('/revocations/stream', { 'last-event-id': 'x' })
    expect([bad.status, bad.body.issues[0].path]).toEqual([400, 'headers.last-event-id'])
    for (const followed of [bySince, byLast, beyond]) followed.stop()
  })

  it('misses nothing when the connection is lost again and again while changes go on', async () => {
    await own()
    const total = 120
    const writing = (async () => {
      for (let i = 0; i < total; i += 1) await cutOff()
    })()
    const seen = new Set<number>()
    let last = '0'
    while (Number(last) < total) {
      const followed = await follow(client, { 'last-event-id': last })
      await eventually(() => followed.lastId() !== undefined, true)
      await new Promise((resolve) => setTimeout(resolve, 15))
      followed.stop()
      await eventually(followed.ended, true)
      for (const { cutOffs } of await followed.statements()) for (const { before } of cutOffs) seen.add(before)
      last = followed.lastId()
    }
    await writing
    expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
  })

  it('sends a new statement before the last one runs out, though nothing happened', async () => {
    await own()
    const followed = await follow(client)
    await eventually(followed.lastId, '0')
    const [first] = await followed.statements()
    clock.at += 300_000
    await eventually(async () => (await followed.statements()).at(-1)?.iat, (first as StatementClaims).iat + 300)
    expect((await followed.statements()).at(-1)).toMatchObject({ since: 0, cursor: 0, cutOffs: [] })
    followed.stop()
  })

  it('tells nothing of another workspace', async () => {
    await own()
    const followed = await follow(client)
    await eventually(followed.lastId, '0')
    await own()
    await cutOff()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await followed.statements()).toHaveLength(1)
    followed.stop()
  })

  it('ends when its API key is revoked, and no other stream does', async () => {
    await own()
    const keys = [1, 2].map(() => client.post('/api-keys', { name: 'Edge', scopes: ['tokens:introspect'] }))
    const [first, second] = (await Promise.all(keys)).map(({ body }) => body)
    const followed = await follow({ ...client, key: first.apiKey })
    const other = await follow({ ...client, key: second.apiKey })
    await eventually(followed.lastId, '0')
    await client.post(`/api-keys/${first.id}/revoke`)
    expect(await eventually(followed.ended, true)).toBe(true)
    expect(other.ended()).toBe(false)
    other.stop()
  })

  it('ends when its secret is rotated away or its time is over', async () => {
    await own()
    const made = async (fields: object = {}) => {
      const { body } = await client.post('/api-keys', { name: 'Edge', scopes: ['tokens:introspect'], ...fields })
      const followed = await follow({ ...client, key: body.apiKey })
      await eventually(followed.lastId, '0')
      return { id: body.id as string, followed }
    }
    const rotated = await made()
    await client.post(`/api-keys/${rotated.id}/rotate`, { overlapSeconds: 0 })
    expect(await eventually(rotated.followed.ended, true)).toBe(true)
    const expired = await made({ expiresAt: new Date(clock.now() + 60_000).toISOString() })
    clock.at += 60_000
    expect(await eventually(expired.followed.ended, true)).toBe(true)
  })

  it('measures the time from block to publication, and how many follow', async () => {
    await own()
    // Streams of the test before may only just be closing.
    await eventually(() => metric('narthex_streams_open'), 0)
    const before = await metric('narthex_block_publication_seconds_count')
    const streams = await metric('narthex_streams_open')
    const followed = [await follow(client), await follow(client), await follow(client, {}, '?since=0')]
    for (const each of followed) await eventually(each.lastId, '0')
    expect(await metric('narthex_streams_open')).toBe(streams + 3)
    expect(await eventually(() => metric('narthex_http_requests_in_flight'), 1)).toBe(1)
    await cutOff()
    await cutOff()
    for (const each of followed) await eventually(each.lastId, '2')
    expect(await eventually(async () => (await metric('narthex_block_publication_seconds_count')) - before, 2)).toBe(2)
    for (const each of followed) each.stop()
    expect(await eventually(() => metric('narthex_streams_open'), streams)).toBe(streams)
  })

  it('counts a request no longer once its caller has gone', async () => {
    const path = `${server.address}/api/v1/tiers`
    for (let i = 0; i < 20; i += 1) {
      const leaving = new AbortController()
      const asked = fetch(path, { headers: { authorization: server.client.key }, signal: leaving.signal }).catch(
        () => {},
      )
      setTimeout(() => leaving.abort(), i / 2)
      await asked
    }
    expect(await eventually(() => metric('narthex_http_requests_in_flight'), 1)).toBe(1)
  })

  it('lets one key follow a hundred times and no more, and gives places back', async () => {
    await own()
    const followed = await Promise.all(Array.from({ length: limits.streamsPerCredentialMax }, () => follow(client)))
    const refused = await client.get('/revocations/stream')
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const [first] = followed as [Followed]
    first.stop()
    const again = async () => {
      const next = await follow(client)
      followed.push(next)
      return next.reply.status
    }
    expect(await eventually(again, 200)).toBe(200)
    for (const each of followed) each.stop()
  })

  it('falls silent while the database cannot say that nothing is new, so that verifiers notice', async () => {
    const db = await server.database.open()
    const signer = { keyInForce: () => 'key', sign: async () => 'jws' }
    const instance = { publicUrl: 'https://id.example.com', signer } as unknown as Instance
    const log = pino({ level: 'silent' })
    const feed = createRevocationFeed({ db, clock, instance, log, heartbeatMs: 30, published: () => {} })
    const stream = await feed.follow(server.workspaceId, null)
    let text = ''
    stream.on('data', (piece: Buffer) => (text += piece.toString()))
    const beats = () => text.split(': nothing new').length - 1
    expect(await eventually(() => beats() > 1, true)).toBe(true)
    await db.close()
    const before = beats()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(beats() - before).toBeLessThanOrEqual(1)
    expect(stream.destroyed).toBe(false)
    feed.close()
  })

  it('answers HEAD with the headers alone', async () => {
    const { status, headers } = await server.client.send('HEAD', '/revocations/stream')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  })

  it('does not hold up a shutdown, though a consumer reads nothing', async () => {
    const node = kind.name === 'PostgreSQL' ? await server.anotherNode() : await startTestServer(kind)
    const followed = await follow(node.client)
    await eventually(followed.lastId, '0')
    const { port } = new URL(node.address)
    const mute = connect(Number(port), '127.0.0.1')
    mute.on('error', () => {})
    mute.pause()
    mute.write(`GET /api/v1/revocations/stream HTTP/1.1\r\nhost: x\r\nauthorization: ${node.client.key}\r\n\r\n`)
    // Browsers open connections ahead; nothing is ever asked on this one.
    const ahead = connect(Number(port), '127.0.0.1')
    ahead.on('error', () => {})
    await new Promise((resolve) => setTimeout(resolve, 200))
    await node.close()
    expect(await eventually(followed.ended, true)).toBe(true)
    mute.destroy()
    ahead.destroy()
  })
})

describe('places for streams', () => {
  const log = pino({ level: 'silent' })

  it('are refused to everybody when the process has none left', () => {
    const streams = createOpenStreams({ log, everyMs: 1_000 })
    const places = Array.from({ length: limits.streamsMax }, (_, i) => streams.reserve(`key ${i % 100}`))
    expect(() => streams.reserve('another key')).toThrow('overloaded')
    places[0]?.release()
    expect(streams.reserve('another key')).toBeDefined()
    streams.endAll()
  })

  it('are taken from a consumer that takes nothing, and from no other', async () => {
    const streams = createOpenStreams({ log, everyMs: 30 })
    const open = () => {
      const stream = new EventStream(() => {})
      streams.reserve('key').hold(stream, () => Promise.resolve(true))
      stream.sendComment('hello')
      return stream
    }
    const slow = open()
    const quick = open().resume()
    expect(await eventually(() => slow.destroyed, true)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect([quick.destroyed, streams.count]).toEqual([false, 1])
    streams.endAll()
    expect(await eventually(() => streams.count, 0)).toBe(0)
  })

  it('keep a stream whose credential cannot be asked for just now', async () => {
    const streams = createOpenStreams({ log, everyMs: 20 })
    const stream = new EventStream(() => {}).resume()
    streams.reserve('key').hold(stream, () => Promise.reject(new Error('no database')))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(stream.destroyed).toBe(false)
    streams.endAll()
  })
})

// A limit on everything that a stranger can send, and a server that lives on.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Reply } from './client.ts'
import { testDatabases, type TestDatabaseKind } from './databases.ts'
import { makeChannel, makeExternalUser } from './factories.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts'

const kind = testDatabases[0] as TestDatabaseKind
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const refusal = ({ status, body }: Reply) => [status, body.code]

async function withServer(options: TestServerOptions, use: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startTestServer(kind, options)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

async function open({ address }: TestServer, bytes: string | Buffer = ''): Promise<Socket> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  // A server may close on what it cannot read; what it wrote before is what counts.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

/** Everything the server writes until it closes the connection. */
async function answered(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

/** Resolves when so many requests are in flight, the one that asks included. */
async function inFlight({ client }: TestServer, count: number): Promise<void> {
  const asked = async () => /^narthex_http_requests_in_flight (-?\d+)$/m.exec((await client.get('//metrics')).body)?.[1]
  for (let tries = 0; tries < 200 && (await asked()) !== String(count); tries += 1) await sleep(10)
  expect(await asked()).toBe(String(count))
}

const post = (server: TestServer, rest: string) =>
  `POST /api/v1/tiers HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.client.key}\r\nContent-Type: application/json\r\n${rest}`

describe('limits on what is sent', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, {
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 600, timeoutCheckMs: 50 },
    })
  })
  afterAll(() => server.close())

  it('refuses an address beyond 32 KiB and takes the longest that filters can need', async () => {
    const search = (length: number) => server.client.get(`/tiers?${'x'.repeat(length - '/api/v1/tiers?'.length)}`)
    expect(refusal(await search(32_769))).toEqual([414, 'uri_too_long'])
    expect(refusal(await search(32_768))).toEqual([400, 'invalid_request'])
    const filters = ['channelIds', 'externalUserGroupIds', 'superIdentityIds', 'tierIds', 'ids']
    const query = filters.flatMap((name) => times(100, () => `${name}=${server.workspaceId}`)).join('&')
    expect((await server.client.get(`/external-users?${query}`)).status).toBe(200)
  })

  it('refuses header fields beyond 48 KiB in the words of the contract', async () => {
    const reply = await answered(
      await open(server, `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(49_200)}\r\n\r\n`),
    )
    expect(reply).toMatch(/^HTTP\/1\.1 431 /)
    expect(JSON.parse(reply.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'header_fields_too_large' })
  })

  it('refuses a body beyond 64 KiB, whether its length is told or not', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(65_536) })
    expect(refusal(await server.client.send('POST', '/tiers', { raw: body }))).toEqual([413, 'payload_too_large'])
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    const chunked = await open(server, post(server, `Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk}`))
    expect(await answered(chunked)).toMatch(/^HTTP\/1\.1 413 [\s\S]*"payload_too_large"/)
  })

  it('ends requests that never begin or trickle in, header or body, and keeps nothing of them', async () => {
    const silent = await open(server)
    const header = await open(server, 'GET /api/v1/tiers HTTP/1.1\r\nHost:')
    const body = await open(server, post(server, 'Content-Length: 200\r\n\r\n{"name":'))
    const drips = setInterval(() => {
      for (const socket of [header, body]) if (socket.writable) socket.write('x')
    }, 100)
    const replies = await Promise.all([silent, header, body].map(answered))
    clearInterval(drips)
    expect(replies.map((reply) => reply.slice(0, 12))).toEqual(Array.from({ length: 3 }, () => 'HTTP/1.1 408'))
    await inFlight(server, 1)
    expect((await server.client.get('/tiers')).body).toEqual([])
  })

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100c8010000c40303', 'hex')],
    ['zeros', Buffer.alloc(64)],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['a control character', 'GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'],
  ])('answers 400 to %s in the words of the contract, closes, and lives on', async (_, bytes) => {
    const [head, body] = (await answered(await open(server, bytes))).split('\r\n\r\n') as [string, string]
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    const { code, requestId } = JSON.parse(body)
    expect([code, /^x-request-id: (.+)$/im.exec(head)?.[1]]).toEqual(['invalid_request', requestId])
    expect((await server.client.get('//healthz')).status).toBe(200)
  })

  it.each(['/api/v1/%', '/api/v1/tiers/%ff', '//', '/api/v1/tiers/%00', '/api/v1/../../etc/passwd', '/%2e%2e/%2e%2e'])(
    'answers %s without a fault',
    async (path) => {
      const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.client.key}\r\nConnection: close\r\n\r\n`
      expect(await answered(await open(server, request))).toMatch(/^HTTP\/1\.1 404 /)
      await inFlight(server, 1)
    },
  )

  it.each([
    ['/api/v1/tiers/%ff', { code: 'route_not_found' }],
    ['/api/referral/v1/external-users/%ff', { errors: [{ code: 'narthex.referral.notFound' }] }],
    ['/oauth2/%ff', { error: 'invalid_request' }],
  ])('answers %s in the words of its surface, with its request id', async (path, told) => {
    const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: order-17\r\nConnection: close\r\n\r\n`
    const [head, body] = (await answered(await open(server, request))).split('\r\n\r\n') as [string, string]
    expect(head).toMatch(/^HTTP\/1\.1 404 [\s\S]*\r\nx-request-id: order-17\r\n/)
    expect(JSON.parse(body)).toMatchObject(told)
  })

  it('takes no notice of an expectation it does not know', async () => {
    const request = post(server, 'Expect: a-miracle\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}')
    expect(await answered(await open(server, request))).toMatch(/^HTTP\/1\.1 400 [\s\S]*"is required"/)
  })

  it('does not take a client that leaves in the middle of its body for a fault', async () => {
    const faults: string[] = []
    const log = pino({ level: 'error' }, { write: (line: string) => void faults.push(line) })
    await withServer({ log }, async (own) => {
      const socket = await open(own, post(own, 'Content-Length: 200\r\n\r\n{'))
      await inFlight(own, 2)
      socket.destroy()
      await inFlight(own, 1)
    })
    expect(faults).toEqual([])
  })

  it('forgets a client that leaves in the middle of its request', async () => {
    const sockets = await Promise.all(times(20, () => open(server, post(server, 'Content-Length: 200\r\n\r\n{'))))
    await inFlight(server, 21)
    for (const socket of sockets) socket.destroy()
    await inFlight(server, 1)
  })
})

/** Keys made beside the server make it forget those it knows, as soon as it hears of a write that was not its own. */
const newsHeard = () => new Promise((resolve) => setTimeout(resolve, 1_000))

describe('limits on how much is sent', () => {
  it('slows a flood without a good key down, and leaves known keys alone', async () => {
    await withServer({ environment: { NARTHEX_RATE_LIMIT: '50' } }, async (server) => {
      await newsHeard()
      await server.client.get('/workspace')
      for (const key of ['', 'nxk_wrong', `nxk_${'0'.repeat(49)}`]) {
        const stranger = createClient(server.address, key)
        const replies = await Promise.all(times(30, () => stranger.get('/workspace')))
        const limited = replies.filter(({ status }) => status === 429)
        expect(limited.length).toBeGreaterThanOrEqual(20)
        expect(new Set(limited.map(({ body, headers }) => `${body.code} ${headers.get('retry-after')}`))).toEqual(
          new Set(['rate_limited 1']),
        )
        expect(replies.filter(({ status }) => status !== 429 && status !== 401)).toEqual([])
        expect((await server.client.get('/workspace')).status).toBe(200)
      }
    })
  })

  it('slows a flood of one key down, and leaves other keys alone', async () => {
    await withServer({ environment: { NARTHEX_RATE_LIMIT: '20' } }, async (server) => {
      const flooding = await server.clientWith(['tiers:read'])
      const other = await server.clientWith(['tiers:read'])
      await newsHeard()
      await other.get('/tiers')
      const replies = await Promise.all(times(60, () => flooding.get('/tiers')))
      const limited = replies.filter(({ status }) => status === 429)
      expect(limited.length).toBeGreaterThanOrEqual(20)
      expect(new Set(limited.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set(['1']))
      expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(20)
      expect((await other.get('/tiers')).status).toBe(200)
    })
  })

  it('lets many people behind one address read themselves, and slows those down whose tokens open nothing', async () => {
    await withServer({ environment: { NARTHEX_RATE_LIMIT: '50' } }, async (server) => {
      const channelId = (await makeChannel(server.client)).id
      const users = await Promise.all(times(20, () => makeExternalUser(server.client, { channelId })))
      const me = (token: string) => createClient(server.address, `Bearer ${token}`).get('/me')
      const people = await Promise.all(users.map(({ accessToken }) => me(accessToken as string)))
      expect(people.map(({ status }) => status)).toEqual(users.map(() => 200))
      const strangers = await Promise.all(times(30, () => me(`${users[0]?.accessToken}x`)))
      expect(strangers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(20)
    })
  })

  it('refuses with 503 what exceeds the requests in flight, and takes the next ones when they are done', async () => {
    await withServer({ limits: { requestsInFlightMax: 3 } }, async (server) => {
      const body = '{"name":"Held back"}'
      const held = await Promise.all(
        times(3, () => open(server, post(server, `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`))),
      )
      await inFlight(server, 4)
      const refused = await server.client.get('/tiers')
      expect([...refusal(refused), refused.headers.get('retry-after')]).toEqual([503, 'overloaded', '1'])
      expect((await server.client.get('//healthz')).status).toBe(200)
      const replies = held.map(answered)
      for (const socket of held) socket.write(body)
      for (const reply of await Promise.all(replies)) expect(reply).toMatch(/^HTTP\/1\.1 200 /)
      expect((await server.client.get('/tiers')).body).toHaveLength(3)
      await makeChannel(server.client)
    })
  })
})

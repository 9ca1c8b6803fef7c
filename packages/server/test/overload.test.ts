// A service that has more to do than it can: who waits, who is refused, and what goes on.
import { once } from 'node:events'
import { connect } from 'node:net'
import { randomUUID } from 'node:crypto'
import { errorCodes } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from './databases.ts'
import { holdingWrites } from './hold-writes.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const runningMax = 2
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

describe.each(testDatabases)('overload on $name', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(kind, {
      limits: { requestsInFlightMax: runningMax, requestWaitMaxMs: 300, requestWaitLookMs: 10 },
    })
  })
  afterAll(() => server.close())

  const gauge = async (name: string) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await server.client.get('//metrics')).body)?.[1])
  const waiting = () => gauge('narthex_http_requests_waiting')
  /** Held until writes go on. */
  const create = () =>
    server.client.post('/tiers', { name: `Tier ${randomUUID()}` }, { 'idempotency-key': randomUUID() })

  /** While both places are taken by requests that run, and end well afterwards. */
  async function whileFull(work: () => Promise<void>): Promise<void> {
    let running: ReturnType<typeof create>[] = []
    await holdingWrites(server, async () => {
      running = times(runningMax, create)
      // The one that asks is in flight, too.
      await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(runningMax + 1)
      await work()
    })
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(running.map(() => 200))
  }

  it('tells whoever waited for too long to come again, on every surface, and cuts nobody off who runs', async () => {
    await whileFull(async () => {
      const asked = ['/tiers', 'referral:/users', '//oauth2/token', '//console/v1/session', '/nowhere']
      const replies = await Promise.all(
        asked.map((path) => server.client.post(path, { name: 'x' }, { 'x-request-id': 'mine-1' })),
      )
      for (const [i, { status, headers, body }] of replies.entries()) {
        expect([status, headers.get('retry-after'), headers.get('x-request-id')], asked[i]).toEqual([
          503,
          '1',
          'mine-1',
        ])
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
        expect(JSON.stringify(body)).toContain(errorCodes.overloaded[1])
      }
      expect(replies[0]?.body).toMatchObject({ code: 'overloaded', requestId: 'mine-1' })
      expect(replies[1]?.body.errors[0]).toMatchObject({
        code: 'narthex.referral.serviceUnavailable',
        logref: 'mine-1',
      })
      expect(replies[2]?.body.error).toBe('temporarily_unavailable')
    })
    expect((await server.client.get('/tiers')).status).toBe(200)
  })

  it('answers probes, metrics, keys and pages all the while', async () => {
    await whileFull(async () => {
      for (const path of ['//healthz', '//readyz', '//metrics', '//.well-known/jwks.json', '//openapi.json']) {
        expect((await server.client.get(path)).status, path).toBe(200)
      }
    })
  })

  it('makes nobody an exception for another spelling of the address', async () => {
    await whileFull(async () => {
      const { hostname, port } = new URL(server.address)
      const statusOf = async (target: string) => {
        const socket = connect(Number(port), hostname)
        socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: ${server.client.key}\r\n\r\n`)
        const [head] = await once(socket, 'data')
        socket.destroy()
        return Number(String(head).split(' ')[1])
      }
      const targets = ['/api/v1/tiers', '/%61pi/v1/tiers', '/api%2fv1/tiers', 'http://elsewhere/api/v1/tiers']
      expect(await Promise.all(targets.map(statusOf))).toEqual(targets.map(() => 503))
    })
  })

  it('lets those in who did not wait for too long', async () => {
    let later: ReturnType<typeof create> | undefined
    await whileFull(async () => {
      later = create()
      await expect.poll(waiting).toBe(1)
    })
    expect((await later)?.status).toBe(200)
  })

  it('keeps nothing of requests that were refused or whose callers went away', async () => {
    await whileFull(async () => {
      const { hostname, port } = new URL(server.address)
      const request = `POST /api/v1/tiers HTTP/1.1\r\nhost: x\r\ncontent-length: 16\r\n\r\n{"name":"Gone x"}`
      const sockets = times(20, () => connect(Number(port), hostname))
      for (const socket of sockets) socket.write(request)
      await expect.poll(waiting).toBe(20)
      for (const socket of sockets) socket.destroy()
      expect((await server.client.get('/tiers')).status).toBe(503)
      expect(await waiting()).toBe(0)
    })
    await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(1)
  })

  it('gives places back that were taken by several requests on a connection that broke', async () => {
    const { hostname, port } = new URL(server.address)
    const body = '{"name":"Broken off"}'
    const request = () =>
      `POST /api/v1/tiers HTTP/1.1\r\nhost: x\r\nauthorization: ${server.client.key}\r\ncontent-type: application/json\r\n` +
      `idempotency-key: ${randomUUID()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    await holdingWrites(server, async () => {
      const socket = connect(Number(port), hostname)
      socket.write(times(runningMax, request).join(''))
      await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(runningMax + 1)
      socket.destroy()
      await once(socket, 'close')
    })
    await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(1)
    expect((await server.client.get('/tiers')).status).toBe(200)
  })
})

// Connections on which requests were refused: what they are told from then on, and that nothing on them is mistaken for anything else.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases } from './databases.ts'
import { holdingWrites } from './hold-writes.ts'
import { startTestServer, type TestServer } from './test-server.ts'

interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** A connection that reads one answer after the other. */
function openConnection(address: string) {
  const { hostname, port } = new URL(address)
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => (text += chunk))
  async function reply(): Promise<Reply> {
    for (;;) {
      const [head, ...rest] = text.split('\r\n\r\n')
      const headers = Object.fromEntries(
        (head as string)
          .split('\r\n')
          .slice(1)
          .map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^.*?: /, '')]),
      )
      const length = Number(headers['content-length'])
      const body = rest.join('\r\n\r\n')
      if (rest.length > 0 && body.length >= length) {
        text = body.slice(length)
        return { status: Number(head?.split(' ')[1]), headers, body: body.slice(0, length) }
      }
      await once(socket, 'data')
    }
  }
  return { socket, reply }
}

const runningMax = 2

describe.each(testDatabases)('a connection that was refused, on $name', (kind) => {
  let server: TestServer
  let open: Socket[]
  beforeAll(async () => {
    server = await startTestServer(kind, {
      limits: {
        requestsInFlightMax: runningMax,
        requestsWaitingAlways: 0,
        requestWaitExpectedMaxMs: 20,
        requestWaitMaxMs: 10_000,
        requestWaitLookMs: 5,
      },
    })
  })
  afterAll(() => server.close())
  beforeEach(() => (open = []))
  afterEach(() => open.forEach((socket) => socket.destroy()))

  const connection = (address = server.address) => {
    const made = openConnection(address)
    open.push(made.socket)
    return made
  }
  const request = (path: string, fields = '', body = '{"name":"Gold"}') =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${server.client.key}\r\ncontent-type: application/json\r\n` +
    `${fields}content-length: ${body.length}\r\n\r\n${body}`
  const tier = () => request('/api/v1/tiers', '', JSON.stringify({ name: `Tier ${randomUUID()}` }))
  const gauge = async (name: string, address = server.address) =>
    Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(`${address}/metrics`)).text())?.[1])
  const create = (client = server.client) =>
    client.post('/tiers', { name: `Tier ${randomUUID()}` }, { 'idempotency-key': randomUUID() })

  /** While nothing can be begun with, for longer than a burst lasts: some wait, and whoever comes now is refused at once. */
  async function whileRefusing(work: () => Promise<void>): Promise<void> {
    let running: ReturnType<typeof create>[] = []
    await holdingWrites(server, async () => {
      running = Array.from({ length: runningMax }, () => create())
      await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(runningMax + 1)
      for (let status = 0; status !== 503;) {
        const { socket, reply } = connection()
        socket.write(tier())
        status = await Promise.race([reply().then((told) => told.status), sleep(20, 0)])
      }
      await work()
    })
    open.forEach((socket) => socket.destroy())
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(running.map(() => 200))
    await expect.poll(() => gauge('narthex_http_requests_waiting')).toBe(0)
  }

  it.each(['/api/v1/tiers', '/api/referral/v1/users', '/oauth2/token', '/nowhere%20', '/api/v1/nowhere'])(
    'is told the same again and again, at %s',
    async (path) => {
      await whileRefusing(async () => {
        const { socket, reply } = connection()
        const replies: Reply[] = []
        for (let i = 0; i < 5; i += 1) {
          socket.write(request(path, 'x-request-id: mine-1\r\n'))
          replies.push(await reply())
        }
        const [first, ...others] = replies.map(({ headers: { date, ...headers }, ...reply }) => ({ ...reply, headers }))
        expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'x-request-id': 'mine-1' } })
        expect(others).toEqual(others.map(() => first))
        expect(replies.map(({ headers: { date } }) => Number.isNaN(Date.parse(date as string)))).not.toContain(true)
      })
    },
  )

  it('is told another id with each refusal', async () => {
    await whileRefusing(async () => {
      const { socket, reply } = connection()
      const ids = new Set<string>()
      for (let i = 0; i < 5; i += 1) {
        socket.write(tier())
        const { headers, body } = await reply()
        ids.add(headers['x-request-id'] as string)
        expect(JSON.parse(body).requestId).toBe(headers['x-request-id'])
      }
      expect(ids.size).toBe(5)
    })
  })

  it('is answered as any other once there is room', async () => {
    const { socket, reply } = openConnection(server.address)
    await whileRefusing(async () => {
      for (let i = 0; i < 4; i += 1) {
        socket.write(tier())
        expect((await reply()).status).toBe(503)
      }
    })
    for (let i = 0; i < 3; i += 1) {
      socket.write(tier())
      expect((await reply()).status).toBe(200)
    }
    socket.destroy()
  })

  it('reaches probes and pages all the while', async () => {
    await whileRefusing(async () => {
      const { socket, reply } = connection()
      for (let i = 0; i < 3; i += 1) {
        socket.write(tier())
        expect((await reply()).status).toBe(503)
        socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
        expect((await reply()).status).toBe(200)
      }
    })
  })

  it('is answered in order when it sends several requests at once, in whatever pieces', async () => {
    await whileRefusing(async () => {
      const { socket, reply } = connection()
      const ask = async (...ids: string[]) => {
        const told: string[] = []
        for (let i = 0; i < ids.length; i += 1) told.push((await reply()).headers['x-request-id'] as string)
        expect(told).toEqual(ids)
      }
      const one = (id: string) => request('/api/v1/tiers', `x-request-id: ${id}\r\n`)
      for (const id of ['a', 'b', 'c']) {
        socket.write(one(id))
        await ask(id)
      }
      socket.write(one('d') + one('e') + one('f').slice(0, 30))
      await ask('d', 'e')
      socket.write(one('f').slice(30))
      await ask('f')
      socket.write(`${one('g')}GET /healthz HTTP/1.1\r\nx-request-id: h\r\nx: `)
      await ask('g')
      // Read alone it would be a request; it is a part of the field before it.
      socket.write(tier())
      await ask('h')
    })
  })

  it('is answered for the end of a body by nobody', async () => {
    await whileRefusing(async () => {
      const { socket, reply } = connection()
      for (let i = 0; i < 3; i += 1) {
        socket.write(tier())
        expect((await reply()).status).toBe(503)
      }
      const inner = tier()
      socket.write(
        `POST /api/v1/tiers HTTP/1.1\r\nhost: x\r\nx-request-id: outer\r\ncontent-length: ${inner.length}\r\n\r\n`,
      )
      expect((await reply()).headers['x-request-id']).toBe('outer')
      socket.write(inner)
      socket.write(request('/api/v1/tiers', 'x-request-id: next\r\n'))
      expect((await reply()).headers['x-request-id']).toBe('next')
    })
  })

  it('keeps nothing when it breaks', async () => {
    await whileRefusing(async () => {
      const { socket, reply } = connection()
      for (let i = 0; i < 3; i += 1) {
        socket.write(tier())
        await reply()
      }
      socket.write(tier())
      socket.destroy()
    })
    await expect.poll(() => gauge('narthex_http_requests_in_flight')).toBe(1)
  })

  it('is one of those who are answered although the service ends, when it waits already', async () => {
    const node = await server.anotherNode()
    let [all, closing]: [ReturnType<typeof create>[], Promise<void> | undefined] = [[], undefined]
    await holdingWrites(server, async () => {
      all = Array.from({ length: runningMax + 1 }, () => create(node.client))
      await expect.poll(() => gauge('narthex_http_requests_waiting', node.address)).toBe(1)
      closing = node.close()
      await expect.poll(async () => (await fetch(`${node.address}/readyz`)).status).toBe(503)
      expect(await create(node.client)).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
    })
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(all.map(() => 200))
    await closing
  })
})

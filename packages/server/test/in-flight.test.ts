import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from './databases.ts'
import { startTestServer, type TestServer } from './test-server.ts'

describe('requests in flight', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(testDatabases[0] as (typeof testDatabases)[number])
  })
  afterAll(() => server.close())

  const inFlight = async () => {
    const { body } = await server.client.get('//metrics')
    return Number(/^narthex_http_requests_in_flight (\d+)$/m.exec(body)?.[1])
  }

  it('are forgotten when the caller goes away before the answer, or in the middle of its body', async () => {
    const { hostname, port } = new URL(server.address)
    const head = `POST /api/v1/tiers HTTP/1.1\r\nhost: x\r\nauthorization: ${server.client.key}\r\ncontent-type: application/json\r\n`
    const requests = [
      `${head}content-length: 100\r\n\r\n{"name":`,
      `${head}content-length: 16\r\n\r\n{"name":"Gone x"}`,
    ]
    const sockets = requests.flatMap((text) =>
      Array.from({ length: 20 }, () => {
        const socket = connect(Number(port), hostname)
        socket.write(text)
        return socket
      }),
    )
    await sleep(100)
    for (const socket of sockets) socket.destroy()
    await sleep(100)
    // The request that asks is the only one left.
    expect(await inFlight()).toBe(1)
  })

  it('may be many on one connection: all are answered in their order, and nobody is warned of them', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => void warnings.push(warning)
    process.on('warning', note)
    const { hostname, port } = new URL(server.address)
    const ids = Array.from({ length: 50 }, (_, i) => `of-many-${i}`)
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', (part) => (received += part))
    const head = `GET /api/v1/tiers HTTP/1.1\r\nhost: x\r\nauthorization: ${server.client.key}\r\nx-request-id: `
    socket.write(ids.map((id) => `${head}${id}\r\n\r\n`).join(''))
    await expect.poll(() => [...received.matchAll(/x-request-id: (\S+)/g)].map(([, id]) => id)).toEqual(ids)
    socket.destroy()
    process.off('warning', note)
    expect(warnings).toEqual([])
    await expect.poll(inFlight).toBe(1)
  })
})

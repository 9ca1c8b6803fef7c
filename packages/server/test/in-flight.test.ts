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
})

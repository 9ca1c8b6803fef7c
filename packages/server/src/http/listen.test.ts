import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { describe, expect, it } from 'vitest'
import { listen } from './listen.ts'

// The whole of 127/8 is this machine on Linux; elsewhere only its first address.
describe.runIf(process.platform === 'linux')('a service on a name of two addresses', () => {
  const named = ['127.0.0.1', '127.0.0.2']
  const find = async () => [...named, '127.0.0.1'].map((address) => ({ address, family: 4 }))
  const start = async () => {
    const http = fastify({ forceCloseConnections: 'idle' })
    http.get('/', async () => 'here')
    const closeOthers = await listen(http, { host: 'localhost', port: 0 }, find)
    return { http, closeOthers, port: (http.server.address() as AddressInfo).port }
  }
  const close = ({ http, closeOthers }: Awaited<ReturnType<typeof start>>) => Promise.all([http.close(), closeOthers()])

  it('answers at both, by one server', async () => {
    const service = await start()
    const asked: (string | undefined)[] = []
    service.http.server.prependListener('request', ({ socket }) => asked.push(socket.localAddress))
    for (const address of named) expect(await (await fetch(`http://${address}:${service.port}`)).text()).toBe('here')
    expect(asked).toEqual(named)
    await close(service)
  })

  it('lets go of both when it ends', async () => {
    const service = await start()
    const idle = named.map((address) => connect(service.port, address))
    for (const socket of idle) {
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
      await once(socket, 'data')
    }
    await Promise.all([close(service), ...idle.map((socket) => once(socket, 'close'))])
    for (const address of named) {
      await expect(once(connect(service.port, address), 'connect')).rejects.toThrow('ECONNREFUSED')
    }
  })

  it('is content with the first when the other is not to be had', async () => {
    const nowhere = async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '192.0.2.1', family: 4 },
    ]
    const http = fastify()
    http.get('/', async () => 'here')
    const closeOthers = await listen(http, { host: 'localhost', port: 0 }, nowhere)
    expect(await (await fetch(`http://127.0.0.1:${(http.server.address() as AddressInfo).port}`)).text()).toBe('here')
    await Promise.all([http.close(), closeOthers()])
  })
})

import type { LookupAddress } from 'node:dns'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'
import { mayReach, parseAllowEntry } from './addresses.ts'
import { createOutgoing, OutgoingError, type Outgoing, type Resolve } from './outgoing.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listening(listener: RequestListener): Promise<{ port: number; asked: () => number }> {
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}

function outgoing(allow: string[] = [], resolve?: Resolve): Outgoing {
  const made = createOutgoing({ allow, ...(resolve && { resolve }) })
  closing.push(() => made.close())
  return made
}

type Failure = Error & { cause?: { code?: string } }

/** What a promise fails with. */
function failure(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => new Error('It succeeded') as Failure,
    (error: Failure) => error,
  )
}

const json: RequestListener = (_request, response) => void response.end('{"ok":true}')
const resolvingTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))

const internal = `
  127.0.0.1 127.1 0x7f.1 0x7f000001 2130706433 0177.0.0.1 017700000001 127.0.0.1. １２７.0.0.1 0.0.0.0 0
  10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 192.0.2.1
  198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 [::1] [::]
  [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001] [::127.0.0.1] [::ffff:0:127.0.0.1]
  [64:ff9b::127.0.0.1] [64:ff9b:1::a00:1] [2002:7f00:1::] [2001:0:1::1] [fe80::1] [fec0::1] [fc00::1]
  [fd12:3456::1] [ff02::1] [100::1] [2001:db8::1] [3fff::1] [5f00::1]
`
  .trim()
  .split(/\s+/)

describe('where an outgoing request may go', () => {
  it.each(internal)('is never %s, in http or https', async (host) => {
    expect((await failure(outgoing().getJson(`http://${host}/jwks`))).name).toBe('OutgoingError')
    const error = await failure(outgoing().getJson(`https://${host}/jwks`))
    expect([error.name, error.message]).toEqual(['OutgoingError', expect.stringContaining('not public')])
    expect(mayReach([], new URL(`http://${host}`).hostname)).toBe(false)
  })

  it('is a public address', () => {
    for (const address of [
      '1.1.1.1',
      '93.184.216.34',
      '100.63.255.255',
      '100.128.0.1',
      '172.32.0.1',
      '2606:4700::1111',
    ]) {
      expect(mayReach([], address)).toBe(true)
    }
  })

  it.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['10.1.2.3'],
    ['169.254.169.254'],
    ['fd00::1'],
  ])('is not a name that resolves to %s, alone or among public ones', async (address) => {
    const { port, asked } = await listening(json)
    for (const addresses of [[address], ['93.184.216.34', address], [address, '2606:4700::1111']]) {
      const error = await failure(outgoing([], resolvingTo(...addresses)).getJson(`https://keys.example.com:${port}/`))
      expect([error.name, String(error.cause ?? error)]).toEqual([
        'OutgoingError',
        expect.stringContaining('not public'),
      ])
    }
    expect(asked()).toBe(0)
  })

  it('is decided by the look-up of each connection: a name server that changes its mind gains nothing', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo
    let looked = 0
    // The first address may be reached, as a public one may; the second may not.
    const rebinding: Resolve = (name) => resolvingTo(looked++ === 0 ? '127.0.0.1' : '127.0.0.2')(name)
    const out = outgoing(['127.0.0.1/32'], rebinding)
    const why = async () => {
      const error = await failure(out.getJson(`https://keys.example.com:${port}/`))
      return String(error.cause ?? error)
    }
    expect(await why()).not.toContain('not public')
    expect([looked, connections]).toEqual([1, 1])
    expect(await why()).toContain('not public')
    expect([looked, connections]).toEqual([2, 1])
  })

  it('is no server whose certificate nobody vouches for, even inside', async () => {
    let asked = 0
    const server = createTlsServer({ key: selfSignedKey, cert: selfSignedCertificate }, (_request, response) => {
      asked += 1
      response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as AddressInfo
    for (const host of ['127.0.0.1', 'localhost']) {
      const out = outgoing(['127.0.0.1', 'localhost'], resolvingTo('127.0.0.1'))
      const error = await failure(out.getJson(`https://${host}:${port}/`))
      expect([error.name, error.cause?.code]).toEqual(['OutgoingError', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
    }
    expect(asked).toBe(0)
  })

  it.each([['127.0.0.1'], ['127.0.0.0/8'], ['::ffff:127.0.0.0/104'], ['0.0.0.0/0']])(
    'is 127.0.0.1 where the operator names %s',
    async (entry) => {
      const { port } = await listening(json)
      expect(await outgoing([entry]).getJson(`http://127.0.0.1:${port}/`)).toEqual({ ok: true })
      expect(
        await outgoing([entry])
          .getJson(`http://[::ffff:127.0.0.1]:${port}/`)
          .catch((e) => e.name),
      ).not.toBe('TypeError')
    },
  )

  it('is a host the operator names, wherever it is, and only that host', async () => {
    const { port } = await listening(json)
    const out = outgoing(['keys.internal'], resolvingTo('127.0.0.1'))
    expect(await out.getJson(`http://keys.internal:${port}/`)).toEqual({ ok: true })
    expect(await out.getJson(`http://KEYS.internal.:${port}/`)).toEqual({ ok: true })
    for (const host of ['a.keys.internal', 'keys.internal.example.com', 'xkeys.internal']) {
      await expect(out.getJson(`http://${host}:${port}/`)).rejects.toThrow(OutgoingError)
      await expect(out.getJson(`https://${host}:${port}/`)).rejects.toThrow(OutgoingError)
    }
  })

  it('is no plain http address and no other scheme unless the host is named', async () => {
    for (const url of [
      'http://93.184.216.34/',
      'http://example.com/',
      'file:///etc/passwd',
      'data:application/json,{}',
      'ftp://a.b/',
      'x',
    ]) {
      await expect(outgoing([], resolvingTo('93.184.216.34')).getJson(url)).rejects.toThrow(OutgoingError)
    }
  })
})

describe('what an outgoing request accepts', () => {
  const local = async (listener: RequestListener, path = '/') => {
    const { port, asked } = await listening(listener)
    return { get: () => outgoing(['127.0.0.1']).getJson(`http://127.0.0.1:${port}${path}`), asked, port }
  }

  it.each([301, 302, 303, 307, 308])('no redirect: %i', async (status) => {
    const target = await listening(json)
    const { get } = await local((_request, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${target.port}/` }).end()
    })
    await expect(get()).rejects.toThrow(OutgoingError)
    expect(target.asked()).toBe(0)
  })

  it.each([201, 204, 206, 304, 400, 404, 500])('no status but 200: %i', async (status) => {
    const { get } = await local((_request, response) => void response.writeHead(status).end())
    await expect(get()).rejects.toThrow(OutgoingError)
  })

  it('no body above 256 KiB, announced or not, and it stops reading there', async () => {
    let sent = 0
    const { get } = await local((_request, response) => {
      const more = () => {
        while (!response.destroyed && sent < 100 * 1024 * 1024) {
          sent += 65_536
          if (!response.write(Buffer.alloc(65_536, 0x20))) return void response.once('drain', more)
        }
      }
      more()
    })
    await expect(get()).rejects.toThrow(OutgoingError)
    expect(sent).toBeLessThan(20 * 1024 * 1024)
    const announced = await local((_request, response) => void response.end(Buffer.alloc(262_145, 0x20)))
    await expect(announced.get()).rejects.toThrow(OutgoingError)
    const fits = await local((_request, response) => void response.end(`"${'x'.repeat(262_142)}"`))
    expect(await fits.get()).toHaveLength(262_142)
  })

  it('no header fields above 16 KiB', async () => {
    const { get } = await local((_request, response) => void response.setHeader('x-long', 'x'.repeat(17_000)).end('{}'))
    await expect(get()).rejects.toThrow(OutgoingError)
  })

  it('no compressed body, no other encoding than UTF-8, nothing but JSON', async () => {
    const bodies = [
      { headers: { 'content-encoding': 'gzip' }, body: '{}' },
      { headers: {}, body: Buffer.from([0x22, 0xff, 0x22]) },
      { headers: {}, body: '<html>' },
      { headers: {}, body: '' },
    ]
    for (const { headers, body } of bodies) {
      const { get } = await local((_request, response) => void response.writeHead(200, headers as never).end(body))
      await expect(get()).rejects.toThrow(OutgoingError)
    }
  })

  it('no answer that takes longer than five seconds, however it dawdles', async () => {
    const silent = await local(() => {})
    const dripping = await local((_request, response) => {
      const timer = setInterval(() => response.write(' '), 100)
      response.once('close', () => clearInterval(timer))
    })
    const begun = Date.now()
    await Promise.all([silent, dripping].map(({ get }) => expect(get()).rejects.toThrow(OutgoingError)))
    expect(Date.now() - begun).toBeLessThan(6_500)
  })

  it('asks directly, whatever proxy the environment names', async () => {
    const proxy = await listening(json)
    process.env['HTTP_PROXY'] = process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`
    try {
      const { get } = await local((_request, response) => void response.end('{"direct":true}'))
      expect(await get()).toEqual({ direct: true })
      expect(proxy.asked()).toBe(0)
    } finally {
      delete process.env['HTTP_PROXY']
      delete process.env['http_proxy']
    }
  })
})

describe('NARTHEX_OUTGOING_ALLOW', () => {
  it('stops the start when it lists what cannot be meant, and says what', () => {
    const read = (text: string) => readConfig({ NARTHEX_OUTGOING_ALLOW: text })
    expect(read('keys.internal, 10.0.0.0/8  ::1').outgoingAllow).toEqual(['keys.internal', '10.0.0.0/8', '::1'])
    expect(read('').outgoingAllow).toEqual([])
    expect(() => read('keys.internal,*.example.com')).toThrow(ConfigError)
    expect(() => read('keys.internal,*.example.com')).toThrow('"*.example.com"')
  })

  it.each([
    'localhost',
    'keys.internal',
    'Keys.Internal.',
    'a_b.example',
    '10.0.0.0/8',
    '127.0.0.1',
    '::1',
    '[::1]',
    'fd00::/8',
    '[fd00::]/8',
  ])('takes %s', (entry) => expect(parseAllowEntry(entry)).not.toBeNull())

  it.each([
    '127.1',
    '0x7f.1',
    '2130706433',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    'fe80::1%eth0',
  ])('refuses %s', (entry) => expect(parseAllowEntry(entry)).toBeNull())

  it.each([
    '*.example.com',
    'https://a.example',
    'a.example:443',
    'a..b',
    '-a.example',
    'a b',
    `${'a'.repeat(64)}.example`,
    '*',
    '.',
    '',
  ])('refuses %s, which is no host name', (entry) => expect(parseAllowEntry(entry)).toBeNull())
})

// For `localhost` and 127.0.0.1, valid for a hundred years, signed by itself; it is used nowhere else.
const selfSignedKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIOKAJINzIlKZmjCqaWQpkfWp39YIxf1QJ9m2xR7kI/txoAoGCCqGSM49
AwEHoUQDQgAE6+A69VlkBxH051ovKv2P+mSh6nrg5NepQjWpF8isCHEKssEMc4+g
FlhtmlLhprmSDXucg2ACG8p21VHrCN+BnA==
-----END EC PRIVATE KEY-----
`
const selfSignedCertificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULdDMgzlB9uE9vWtEQKp7hyxP68IwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIyMTc1NloYDzIxMjYxMDI4
MjIxNzU2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATr4Dr1WWQHEfTnWi8q/Y/6ZKHqeuDk16lCNakXyKwIcQqywQxzj6AW
WG2aUuGmuZINe5yDYAIbynbVUesI34Gco28wbTAdBgNVHQ4EFgQUC6YBvoAKUz68
r16Z1N7J6dKNfBIwHwYDVR0jBBgwFoAUC6YBvoAKUz68r16Z1N7J6dKNfBIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAJd35Qtuh9GqzwXSnlNL3DnLYp9EMutW8l5gXAfp1jHKAiBk
C1GdYQj+rWytkyvJy3qDFocZJlGu8QmvaPB2ta6MqQ==
-----END CERTIFICATE-----
`

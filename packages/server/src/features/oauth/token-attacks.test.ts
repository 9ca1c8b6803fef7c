import { createHmac, createPublicKey } from 'node:crypto'
import { exportSPKI, importJWK, SignJWT, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { exchange, trust } from '../../../test/exchange.ts'
import { makeChannel } from '../../../test/factories.ts'
import { makeIssuerKey, startTestIssuer, type IssuerKey, type TestIssuer } from '../../../test/issuer.ts'
import { postForm } from '../../../test/oauth.ts'
import { respellings } from '../../../test/respellings.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

type Object = Record<string, unknown>

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const part = (token: string, at: number): Object =>
  JSON.parse(Buffer.from(token.split('.')[at] as string, 'base64url').toString())

/** Kids that are no kid of ours, some of them meant for a file system, a database or a shell. */
const kids: unknown[] = [
  '../../../../dev/null',
  '/proc/self/environ',
  "' or '1'='1",
  "x' union select 'AAAA",
  '$(id)',
  '__proto__',
  'constructor',
  '',
  ' ',
  '\u0000',
  'x'.repeat(5_000),
  7,
  0,
  true,
  null,
  ['key-1'],
  { toString: 'key-1' },
]

/** Forgeries in the name of `genuine`, whose key is public. */
async function forgeries(genuine: string, publicJwk: JWK, evil: IssuerKey): Promise<[string, string][]> {
  const [header, claims] = [part(genuine, 0), part(genuine, 1)]
  const signed = (more: Object = {}, other: Object = claims) =>
    new SignJWT(other).setProtectedHeader({ ...header, ...more } as never).sign(evil.privateKey)
  const bare = (alg: unknown, signature = '') => `${encoded({ ...header, alg })}.${encoded(claims)}.${signature}`
  const key = (await importJWK(publicJwk, 'ES256')) as never
  const secrets = [
    await exportSPKI(key),
    (await exportSPKI(key)).trim(),
    createPublicKey({ key: publicJwk as never, format: 'jwk' }).export({ format: 'der', type: 'spki' }),
    JSON.stringify(publicJwk),
    publicJwk.x as string,
  ]
  const hmac = (alg: string, hash: string, secret: string | Buffer) => {
    const input = `${encoded({ ...header, alg })}.${encoded(claims)}`
    return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`
  }
  const evilHeaders = {
    jwk: evil.publicJwk,
    jku: 'http://127.0.0.1:1/jwks',
    x5u: 'http://127.0.0.1:1/cert',
    x5c: ['MIIB'],
    'x5t#S256': 'AAAA',
    crit: ['exp'],
  }
  return [
    ...['none', 'None', 'NONE', 'nOnE', '', null, undefined, 0].flatMap((alg): [string, string][] => [
      [`alg ${alg} without a signature`, bare(alg)],
      [`alg ${alg} with the genuine signature`, bare(alg, genuine.split('.')[2])],
    ]),
    ...secrets.flatMap((secret, i): [string, string][] => [
      [`HS256 with the public key as secret (${i})`, hmac('HS256', 'sha256', secret)],
      [`HS512 with the public key as secret (${i})`, hmac('HS512', 'sha512', secret)],
    ]),
    ['the same kid, another key', await signed()],
    ['a kid of its own', await signed({ kid: evil.kid })],
    ['no kid', await signed({ kid: undefined })],
    ...(await Promise.all(
      kids.map(async (kid): Promise<[string, string]> => [
        `kid ${JSON.stringify(kid)?.slice(0, 30)}`,
        await raw({ ...header, kid }, claims, evil),
      ]),
    )),
    ...(await Promise.all(
      Object.entries(evilHeaders).map(async ([name, value]): Promise<[string, string]> => [
        `header ${name}`,
        await raw({ ...header, [name]: value }, claims, evil),
      ]),
    )),
    ['all of them', await raw({ ...header, ...evilHeaders, crit: undefined }, claims, evil)],
    [
      'genuine signature, other claims',
      [genuine.split('.')[0], encoded({ ...claims, sub: 'other' }), genuine.split('.')[2]].join('.'),
    ],
    ...(['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'ES256K'].map((alg) => [
      `alg ${alg}`,
      bare(alg, genuine.split('.')[2]),
    ]) as [string, string][]),
  ]
}

/** Signed whatever the header says: libraries refuse to sign some of these. */
async function raw(header: Object, claims: Object, key: IssuerKey): Promise<string> {
  const input = `${encoded(header)}.${encoded(claims)}`
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    key.privateKey as never,
    Buffer.from(input),
  )
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

describe.each(testDatabases)('forged and altered tokens on $name', (kind) => {
  let server: TestServer
  let issuer: TestIssuer
  let evil: IssuerKey

  beforeAll(async () => {
    server = await startTestServer(kind, { environment: { NARTHEX_OUTGOING_ALLOW: '127.0.0.1' } })
    issuer = await startTestIssuer()
    evil = await makeIssuerKey('evil')
    await trust(server.client, issuer)
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const ownToken = async (): Promise<string> => {
    const { id } = await makeChannel(server.client)
    return (await server.client.post('/external-users/authenticate', { channelId: id, externalId: 'ann-1' })).body
      .accessToken
  }
  const ownKey = async () => (await server.client.get('//.well-known/jwks.json')).body.keys[0] as JWK
  const introspect = (token: string) =>
    postForm(server.address, '/oauth2/introspect', { token }, { authorization: `Bearer ${server.client.key}` })
  const isHeaderText = (text: string) => /^[\x20-\x7e]*$/.test(text)

  /** Dead for introspection, for /me and for exchange; a malformed form is the only other thing it may be. */
  async function expectDead(name: string, token: string) {
    const asked = await introspect(token)
    const malformed = token === '' || !isHeaderText(token)
    const answer = malformed ? [400, 'invalid_request'] : [200, { active: false }]
    expect([name, asked.status, malformed ? asked.body.error : asked.body]).toEqual([name, ...answer])
    await expectNotExchanged(name, token)
    // White space at either end of a header's value is not part of it (RFC 9110 section 5.5).
    if (!isHeaderText(token) || token !== token.trim()) return
    const me = await server.client.get('/me', { authorization: `Bearer ${token}` })
    expect([name, me.status]).toEqual([name, 401])
  }

  async function expectNotExchanged(name: string, token: string) {
    const swapped = await exchange(server.client, token)
    expect([name, swapped.status, swapped.body.error]).toEqual([name, 400, 'invalid_request'])
  }

  it('lets a genuine token pass, in any case of the scheme', async () => {
    const token = await ownToken()
    expect((await introspect(token)).body.active).toBe(true)
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await server.client.get('/me', { authorization: `${scheme} ${token}` })).status).toBe(200)
    }
  })

  it("refuses every forgery of its own tokens, and of a trusted issuer's", async () => {
    for (const [name, token] of await forgeries(await ownToken(), await ownKey(), evil)) await expectDead(name, token)
    const genuine = await issuer.sign({ sub: 'ann-1' })
    for (const [name, token] of await forgeries(genuine, issuer.key.publicJwk, evil))
      await expectNotExchanged(name, token)
    expect((await exchange(server.client, genuine)).status).toBe(200)
  })

  it('refuses every other spelling of a genuine token, its own', async () => {
    const token = await ownToken()
    const all = respellings(token)
    expect(all.length).toBeGreaterThan(60)
    for (const [name, text] of all) await expectDead(name, text)
    expect((await introspect(token)).body.active).toBe(true)
  })

  it("refuses every other spelling of a trusted issuer's token, but the other s, which is as genuine there", async () => {
    const genuine = await issuer.sign({ sub: 'ann-1' })
    const all = respellings(genuine).filter(([name]) => name !== 'the other s')
    expect(all.length).toBeGreaterThan(60)
    for (const [name, text] of all) await expectNotExchanged(name, text)
  })

  it('refuses a token of its own that is meant for something else: another typ, a statement, an exchange', async () => {
    const statement = await server.client.get('/revocations')
    expect(statement.status).toBe(200)
    await expectDead('revocation statement', statement.body)
    await expectNotExchanged('its own access token', await ownToken())
  })

  it("refuses a trusted issuer's token for anybody or any time else", async () => {
    const now = Math.floor(Date.now() / 1000)
    const wrong: [string, Object][] = [
      ['no issuer', { iss: undefined }],
      ['another issuer', { iss: 'https://evil.example.com' }],
      ['the issuer with a slash', { iss: `${issuer.issuer}/` }],
      ['the issuer in capitals', { iss: issuer.issuer.toUpperCase() }],
      ['issuers in a list', { iss: [issuer.issuer] }],
      ['an issuer that no database can hold', { iss: 'https://a.example/\u0000' }],
      ['no audience', { aud: undefined }],
      ['another audience', { aud: 'another-app' }],
      ['a part of the audience', { aud: 'our' }],
      ['other audiences', { aud: ['another-app', 'x'] }],
      ['an audience that is no text', { aud: 7 }],
      ['no end', { exp: undefined }],
      ['an end in the past', { exp: now - 1 }],
      ['an end that is text', { exp: String(now + 300) }],
      ['an end that is null', { exp: null }],
      ['a beginning to come', { nbf: now + 60 }],
      ['a beginning that is text', { nbf: 'now' }],
    ]
    for (const [name, claims] of wrong) await expectNotExchanged(name, await issuer.sign(claims as never))
    for (const payload of ['[]', 'null', '"x"', '7', '{', '']) {
      const input = `${encoded({ alg: 'ES256', kid: 'key-1' })}.${encoded(payload)}`
      const signature = await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        issuer.key.privateKey as never,
        Buffer.from(input),
      )
      await expectNotExchanged(`payload ${payload}`, `${input}.${Buffer.from(signature).toString('base64url')}`)
    }
  })

  it('refuses a key that its issuer publishes for something else or that is too weak, and goes on with the others', async () => {
    const own = await startTestIssuer()
    const enc = await makeIssuerKey('enc')
    own.keys = [
      { ...enc.publicJwk, use: 'enc' },
      { kty: 'oct', kid: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0', alg: 'HS256' },
      null as never,
      { kty: 'EC', kid: 'broken', crv: 'P-256', x: 'AA', y: 'AA' },
      own.key.publicJwk,
    ]
    await trust(server.client, own)
    expect((await exchange(server.client, await own.sign({ sub: 'ann' }))).status).toBe(200)
    await expectNotExchanged('a key for encryption', await own.sign({ sub: 'ann' }, { key: enc }))
    const input = `${encoded({ alg: 'HS256', kid: 'oct' })}.${encoded({ ...part(await own.sign({ sub: 'ann' }), 1) })}`
    const secret = Buffer.from('c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0', 'base64url')
    await expectNotExchanged(
      'a published secret',
      `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`,
    )
    await own.close()
  })
})

// The verifier against an issuer that a test can make say anything: wrong tokens, wrong statements, silence.
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createVerifier, VerifierError, type Verifier, type VerifierOptions } from './index.ts'

const issuer = 'https://id.example.com'
const half = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

interface Key {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly jwk: object
}

async function makeKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}

/** The other value of s, which verifies as well. */
function flipS(jws: string): string {
  const at = jws.lastIndexOf('.') + 1
  const signature = Buffer.from(jws.slice(at), 'base64url')
  const s = order - BigInt(`0x${signature.toString('hex', 32)}`)
  signature.write(s.toString(16).padStart(64, '0'), 32, 'hex')
  return jws.slice(0, at) + signature.toString('base64url')
}

async function sign(key: Key, typ: string, claims: object, header: object = {}): Promise<string> {
  const jwt = new SignJWT(claims as Record<string, unknown>).setProtectedHeader({
    alg: 'ES256',
    typ,
    kid: key.kid,
    ...header,
  })
  const jws = await jwt.sign(key.privateKey)
  const s = BigInt(`0x${Buffer.from(jws.slice(jws.lastIndexOf('.') + 1), 'base64url').toString('hex', 32)}`)
  return s > half ? flipS(jws) : jws
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const key = await makeKey('first')
const stranger = await makeKey('first')
const clock = { at: 1_800_000_000_000, now: () => clock.at }
const seconds = () => Math.floor(clock.at / 1000)

const tokenClaims = () => ({
  iss: issuer,
  aud: issuer,
  sub: 'user',
  client_id: 'key',
  iat: seconds(),
  exp: seconds() + 3600,
  jti: 'token',
  workspace_id: 'workspace',
  channel_id: 'channel',
  super_identity_id: 'person',
  tier_id: null,
  external_user_group_id: null,
  admission_id: null,
  name: null,
  cut_off: 5,
})
const token = (claims: object = {}, header: object = {}) => sign(key, 'at+jwt', { ...tokenClaims(), ...claims }, header)

const statementClaims = (since: number | null) => ({
  iss: issuer,
  aud: issuer,
  workspace_id: 'workspace',
  iat: seconds(),
  exp: seconds() + 600,
  since,
  cursor: 7,
  cutOffs: [] as object[],
  tokens: [] as string[],
})

/** What the issuer answers; each member may be replaced. */
interface Issuer {
  jwks: () => object
  statement: (since: number | null) => Promise<string>
  reachable: boolean
  requests: string[]
}

function makeIssuer(claims: object = {}): Issuer {
  return {
    jwks: () => ({ keys: [key.jwk] }),
    statement: (since) =>
      sign(key, 'revocations+jwt', { ...statementClaims(since), ...(since === null ? claims : {}) }),
    reachable: true,
    requests: [],
  }
}

const delta = (claims: object) => sign(key, 'revocations+jwt', { ...statementClaims(7), ...claims })

const opened: Verifier[] = []
afterEach(() => {
  for (const verifier of opened.splice(0)) verifier.close()
})

function verifierOf(from: Issuer, options: Partial<VerifierOptions> = {}): Verifier {
  const answer: typeof globalThis.fetch = async (input) => {
    const url = new URL(String(input))
    from.requests.push(url.pathname + url.search)
    if (!from.reachable) throw new TypeError('fetch failed')
    if (url.pathname === '/.well-known/jwks.json') return Response.json(from.jwks())
    const since = url.searchParams.get('since')
    return new Response(await from.statement(since === null ? null : Number(since)))
  }
  const verifier = createVerifier({
    issuer,
    audience: issuer,
    apiKey: 'nxk',
    mode: 'poll',
    pollIntervalMs: 10,
    clock,
    fetch: answer,
    ...options,
  })
  opened.push(verifier)
  return verifier
}

async function readyOn(from: Issuer, options: Partial<VerifierOptions> = {}): Promise<Verifier> {
  const verifier = verifierOf(from, options)
  await verifier.ready(5_000)
  return verifier
}

async function verdict(verifier: Verifier, text: string): Promise<string> {
  return verifier.verify(text).then(
    () => 'good',
    (error: VerifierError) => error.code,
  )
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a verifier, shown a token', () => {
  it('answers its claims when everything is right', async () => {
    const verifier = await readyOn(makeIssuer())
    expect(await verifier.verify(await token())).toEqual(tokenClaims())
  })

  it('refuses what the issuer did not sign, and what asks to be verified otherwise', async () => {
    const verifier = await readyOn(makeIssuer())
    const good = await token()
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const cases: Record<string, [string, string]> = {
      'a stranger with the same kid': [await sign(stranger, 'at+jwt', tokenClaims()), 'bad_signature'],
      'an unknown kid': [await token({}, { kid: 'other' }), 'bad_signature'],
      'a changed payload': [`${header}.${encode({ ...tokenClaims(), sub: 'else' })}.${signature}`, 'bad_signature'],
      'algorithm none': [`${encode({ alg: 'none', typ: 'at+jwt', kid: 'first' })}.${payload}.`, 'malformed'],
      'algorithm none, signature kept': [
        `${encode({ alg: 'none', typ: 'at+jwt', kid: 'first' })}.${payload}.${signature}`,
        'malformed',
      ],
      'an HMAC': [`${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'first' })}.${payload}.${signature}`, 'malformed'],
      'a key of its own': [await token({}, { jwk: stranger.jwk }), 'malformed'],
      'an address of keys': [await token({}, { jku: 'https://evil.example' }), 'malformed'],
      'another type': [await sign(key, 'JWT', tokenClaims()), 'malformed'],
      'a statement': [await sign(key, 'revocations+jwt', tokenClaims()), 'malformed'],
      'the other s': [flipS(good), 'malformed'],
      padding: [`${good}=`, 'malformed'],
      'a space': [`${good} `, 'malformed'],
      'another alphabet': [`${header}.${payload}.${signature.slice(0, -2)}+/`, 'malformed'],
      'spare bits': [good.slice(0, -1) + String.fromCharCode(good.charCodeAt(good.length - 1) + 1), 'malformed'],
      'four parts': [`${good}.x`, 'malformed'],
      nothing: ['', 'malformed'],
      'ten megabytes': ['x'.repeat(10_000_000), 'malformed'],
    }
    for (const [name, [text, code]] of Object.entries(cases))
      expect([name, await verdict(verifier, text)]).toEqual([name, code])
    expect(await verdict(verifier, undefined as unknown as string)).toBe('malformed')
  })

  it('refuses another issuer, audience, workspace and time', async () => {
    const verifier = await readyOn(makeIssuer())
    expect(await verdict(verifier, await token({ iss: 'https://other.example' }))).toBe('wrong_issuer')
    expect(await verdict(verifier, await token({ aud: `${issuer}/workspaces/x` }))).toBe('wrong_audience')
    expect(await verdict(verifier, await token({ aud: [issuer, 'x'] }))).toBe('wrong_audience')
    expect(await verdict(verifier, await token({ workspace_id: 'other' }))).toBe('wrong_audience')
    expect(await verdict(verifier, await token({ exp: seconds() - 6 }))).toBe('expired')
    expect(await verdict(verifier, await token({ exp: seconds() - 4 }))).toBe('good')
    expect(await verdict(verifier, await token({ iat: seconds() + 6 }))).toBe('not_yet_valid')
    expect(await verdict(verifier, await token({ nbf: seconds() + 6 }))).toBe('not_yet_valid')
    expect(await verdict(verifier, await token({ cut_off: undefined }))).toBe('malformed')
  })

  it('refuses what was ended, by each reach and by number alone', async () => {
    const subjects = [{ sub: 'user' }, { person: 'person' }, { channel: 'channel' }, { client: 'key' }]
    for (const subject of subjects) {
      const verifier = await readyOn(makeIssuer({ cutOffs: [{ ...subject, before: 6 }] }))
      expect([subject, await verdict(verifier, await token())]).toEqual([subject, 'revoked'])
      expect(await verdict(verifier, await token({ cut_off: 6 }))).toBe('good')
    }
    const verifier = await readyOn(
      makeIssuer({
        cutOffs: [
          { sub: 'person', before: 6 },
          { channel: 'user', before: 6 },
        ],
        tokens: ['token'],
      }),
    )
    expect(await verdict(verifier, await token())).toBe('revoked')
    expect(await verdict(verifier, await token({ jti: 'another' }))).toBe('good')
  })

  it('asks for unknown keys, but not for every token that names one', async () => {
    const from = makeIssuer()
    const verifier = await readyOn(from)
    const next = await makeKey('second')
    from.jwks = () => ({ keys: [key.jwk, next.jwk, { kty: 'RSA', kid: 'x' }, null] })
    clock.at += 11_000
    expect(await verdict(verifier, await sign(next, 'at+jwt', tokenClaims()))).toBe('good')
    for (let i = 0; i < 50; i += 1)
      expect(await verdict(verifier, await token({}, { kid: `made up ${i}` }))).toBe('bad_signature')
    expect(from.requests.filter((path) => path.endsWith('jwks.json'))).toHaveLength(2)
  })
})

describe('a verifier, told what was ended', () => {
  const forged: Record<string, (good: ReturnType<typeof statementClaims>) => Promise<string>> = {
    'signed by a stranger': (good) => sign(stranger, 'revocations+jwt', good),
    'of another type': (good) => sign(key, 'at+jwt', good),
    'of another issuer': (good) => sign(key, 'revocations+jwt', { ...good, iss: 'https://other.example' }),
    'for another audience': (good) => sign(key, 'revocations+jwt', { ...good, aud: `${issuer}/workspaces/x` }),
    'that has run out': (good) => sign(key, 'revocations+jwt', { ...good, iat: good.iat - 1_000, exp: good.iat - 100 }),
    'of the future': (good) => sign(key, 'revocations+jwt', { ...good, iat: good.iat + 100 }),
    'with an entry of an unknown kind': (good) =>
      sign(key, 'revocations+jwt', { ...good, cutOffs: [{ planet: 'x', before: 1 }] }),
    'without a cursor': (good) => sign(key, 'revocations+jwt', { ...good, cursor: undefined }),
    'whose since is beyond its cursor': (good) => sign(key, 'revocations+jwt', { ...good, since: 9 }),
    'whose text was changed': async (good) => {
      const [header, , signature] = (await sign(key, 'revocations+jwt', good)).split('.')
      return `${header}.${Buffer.from(JSON.stringify({ ...good, tokens: ['x'] })).toString('base64url')}.${signature}`
    },
    'that is none': async () => '<html>',
  }

  it.each(Object.keys(forged))('believes no statement %s', async (name) => {
    const from = makeIssuer()
    from.statement = (since) => (forged[name] as (good: object) => Promise<string>)(statementClaims(since))
    const verifier = verifierOf(from)
    await expect(verifier.ready(150)).rejects.toMatchObject({ code: 'stale', cause: expect.any(Error) })
    expect(verifier.status).toMatchObject({ fresh: false, cursor: null, connected: false })
    expect(await verdict(verifier, await token())).toBe('stale')
  })

  it('keeps what it holds when a statement of another workspace comes', async () => {
    const from = makeIssuer({ tokens: ['token'] })
    const verifier = await readyOn(from)
    from.statement = (since) =>
      sign(key, 'revocations+jwt', { ...statementClaims(since), workspace_id: 'other', cursor: 99 })
    await pause(60)
    expect(verifier.status).toMatchObject({ cursor: 7, entries: 1, lastError: expect.any(Error) })
    expect(await verdict(verifier, await token())).toBe('revoked')
  })

  it('does not forget because an old statement is shown again', async () => {
    const from = makeIssuer({ cursor: 3 })
    const old = await from.statement(null)
    from.statement = (since) =>
      sign(key, 'revocations+jwt', { ...statementClaims(since), tokens: since === null ? ['token'] : [] })
    const verifier = await readyOn(from)
    from.statement = async () => old
    await pause(60)
    expect(verifier.status.cursor).toBe(7)
    expect(await verdict(verifier, await token())).toBe('revoked')
  })

  it('takes a lower cursor when it was told later: the issuer was restored', async () => {
    const from = makeIssuer({ tokens: ['token'] })
    const verifier = await readyOn(from)
    clock.at += 2_000
    from.statement = (since) =>
      sign(key, 'revocations+jwt', { ...statementClaims(since === null || since > 2 ? null : since), cursor: 2 })
    await expect.poll(() => verifier.status.cursor).toBe(2)
    expect(await verdict(verifier, await token())).toBe('good')
  })

  it('judges nobody by a part of a long list', async () => {
    const from = makeIssuer()
    const gate = new AbortController()
    const held = new Promise((resolve) => gate.signal.addEventListener('abort', resolve))
    from.statement = async (since) => {
      if (since === 4) await held
      const part = since === null ? { cursor: 4, tokens: ['x'] } : since === 4 ? { tokens: ['token'] } : {}
      return sign(key, 'revocations+jwt', { ...statementClaims(since), ...part })
    }
    const verifier = verifierOf(from)
    await pause(50)
    expect(await verdict(verifier, await token())).toBe('stale')
    gate.abort()
    await verifier.ready()
    expect(await verdict(verifier, await token())).toBe('revoked')
  })

  it('lets its owner choose what becomes of good tokens while the list is old', async () => {
    const [strict, lenient] = [makeIssuer({ tokens: ['ended'] }), makeIssuer({ tokens: ['ended'] })]
    const refusing = await readyOn(strict, { maxStalenessMs: 60_000 })
    const accepting = await readyOn(lenient, { maxStalenessMs: 60_000, onStale: 'accept' })
    strict.reachable = lenient.reachable = false
    await pause(50)
    clock.at += 59_000
    expect(await verdict(refusing, await token())).toBe('good')
    clock.at += 2_000
    expect(refusing.status).toMatchObject({ fresh: false, connected: false })
    expect([await verdict(refusing, await token()), await verdict(accepting, await token())]).toEqual(['stale', 'good'])
    expect([
      await verdict(refusing, await token({ jti: 'ended' })),
      await verdict(accepting, await token({ jti: 'ended' })),
    ]).toEqual(['revoked', 'revoked'])
    strict.reachable = true
    await expect.poll(() => verdict(refusing, ''), { timeout: 2_000 }).toBe('malformed')
    await expect.poll(async () => verdict(refusing, await token()), { timeout: 5_000 }).toBe('good')
  })

  it('is stale when the signature of its list has run out, and when a clock was set back', async () => {
    const from = makeIssuer()
    const verifier = await readyOn(from, { maxStalenessMs: 86_400_000 })
    from.reachable = false
    await pause(50)
    clock.at += 599_000
    expect(verifier.status.fresh).toBe(true)
    clock.at += 2_000
    expect(verifier.status.fresh).toBe(false)
    clock.at -= 601_000 + 2 * 86_400_000
    expect(verifier.status.fresh).toBe(false)
    clock.at += 2 * 86_400_000
  })

  it('refuses everything while the issuer was never reached, whatever its owner chose', async () => {
    const from = makeIssuer()
    from.reachable = false
    const verifier = verifierOf(from, { onStale: 'accept' })
    await expect(verifier.ready(100)).rejects.toThrow(VerifierError)
    expect(await verdict(verifier, await token())).toBe('keys_unavailable')
  })

  it('asks with the tag it got, and is content with 304', async () => {
    const from = makeIssuer()
    const tags: (string | null)[] = []
    const tagged: typeof globalThis.fetch = async (input, init) => {
      const url = new URL(String(input))
      if (url.pathname.endsWith('jwks.json')) return Response.json(from.jwks())
      const since = url.searchParams.get('since')
      const tag = new Headers(init?.headers).get('if-none-match')
      tags.push(tag)
      if (tag === '"7"') return new Response(null, { status: 304 })
      return new Response(await from.statement(since === null ? null : Number(since)), { headers: { etag: '"7"' } })
    }
    const verifier = await readyOn(from, { fetch: tagged })
    await pause(80)
    expect(tags.slice(0, 3)).toEqual([null, null, null])
    expect(new Set(tags.slice(3))).toEqual(new Set(['"7"']))
    expect(verifier.status).toMatchObject({ fresh: true, connected: true })
  })

  it('does nothing more once it is closed', async () => {
    const from = makeIssuer()
    const verifier = await readyOn(from)
    verifier.close()
    await pause(30)
    const asked = from.requests.length
    await pause(60)
    expect(from.requests).toHaveLength(asked)
    expect(await verdict(verifier, await token())).toBe('closed')
    await expect(
      createVerifier({ issuer, audience: issuer, fetch: () => new Promise(() => {}) }).ready(20),
    ).rejects.toMatchObject({ code: 'stale' })
  })
})

describe('a verifier that follows a stream', () => {
  const encoder = new TextEncoder()

  function streaming(from: Issuer) {
    const streams: { send: (text: string) => void; end: () => void; lastEventId: string | null }[] = []
    const answer: typeof globalThis.fetch = async (input, init) => {
      const url = new URL(String(input))
      if (url.pathname.endsWith('jwks.json')) return Response.json(from.jwks())
      const since = url.searchParams.get('since')
      if (!url.pathname.endsWith('/stream'))
        return new Response(await from.statement(since === null ? null : Number(since)))
      let controller: ReadableStreamDefaultController<Uint8Array>
      const body = new ReadableStream<Uint8Array>({ start: (c) => void (controller = c) })
      init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
      streams.push({
        send: (text) => controller.enqueue(encoder.encode(text)),
        end: () => controller.close(),
        lastEventId: new Headers(init?.headers).get('last-event-id'),
      })
      return new Response(body)
    }
    const options = { mode: 'stream', fetch: answer } as const
    const told = async (n: number, claims: object) => {
      await expect.poll(() => streams.length, { timeout: 3_000 }).toBeGreaterThan(n)
      streams[n]?.send(`event: revocations\nid: 1\ndata: ${await delta(claims)}\n\n`)
    }
    return { streams, options, told }
  }

  it('takes events in whatever pieces they come, and goes on where it was after the stream ends', async () => {
    const from = makeIssuer()
    const { streams, options, told } = streaming(from)
    const verifier = await readyOn(from, options)
    await told(0, { cursor: 7 })
    await expect.poll(() => verifier.status.connected).toBe(true)
    const text = `: hello\r\n\r\nevent: revocations\r\nid: 8\r\ndata: ${await sign(key, 'revocations+jwt', { ...statementClaims(7), cursor: 8, tokens: ['token'] })}\r\n\r\n`
    for (const character of text) streams[0]?.send(character)
    await expect.poll(async () => verdict(verifier, await token())).toBe('revoked')
    streams[0]?.end()
    await told(1, { since: 8, cursor: 9, tokens: ['second'] })
    await expect.poll(() => verifier.status.cursor).toBe(9)
    expect([streams[0]?.lastEventId, streams[1]?.lastEventId]).toEqual(['7', '8'])
  })

  it('reads the whole again when a delta does not go on from what it holds', async () => {
    const from = makeIssuer()
    const { options, told } = streaming(from)
    const verifier = await readyOn(from, options)
    from.statement = (since) =>
      sign(key, 'revocations+jwt', { ...statementClaims(since), cursor: 12, tokens: since === null ? ['token'] : [] })
    await told(0, { since: 11, cursor: 12 })
    await expect.poll(async () => verdict(verifier, await token())).toBe('revoked')
    expect(verifier.status.cursor).toBe(12)
  })

  it('opens a stream again that has gone silent, and one that told something forged', async () => {
    const from = makeIssuer()
    const { streams, options, told } = streaming(from)
    const verifier = await readyOn(from, { ...options, silenceMs: 500 })
    await told(0, { cursor: 7 })
    await expect.poll(() => streams.length, { timeout: 3_000 }).toBeGreaterThan(1)
    await told(1, { aud: 'https://other.example' })
    await expect.poll(() => streams.length, { timeout: 3_000 }).toBeGreaterThan(2)
    expect(verifier.status.lastError).toBeInstanceOf(Error)
    expect(await verdict(verifier, await token())).toBe('good')
  })
})

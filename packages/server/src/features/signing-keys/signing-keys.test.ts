import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel } from '../../../test/factories.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { doChores } from '../../chores.ts'
import { readConfig } from '../../config.ts'
import { Refused } from '../../lib/refused.ts'
import { openOperator, type OperatorSession } from '../../operator.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe.each(testDatabases)('signing keys on $name', (kind) => {
  let clock: SettableClock
  let server: TestServer
  let channelId: string

  beforeEach(async () => {
    clock = settableClock()
    server = await startTestServer(kind, { clock })
    channelId = (await makeChannel(server.client, { tokenLifetimeSeconds: day / 1000 })).id
    clock.at += 1
  })
  afterEach(() => server.close())

  const rotate = (body: object = {}) => server.client.post('/signing-keys/rotate', body)
  const published = async (): Promise<{ keys: { kid: string }[] }> =>
    (await server.client.get('//.well-known/jwks.json')).body
  const kids = async () => (await published()).keys.map((key) => key.kid)
  const token = async () => {
    const { body } = await server.client.post('/external-users/authenticate', { channelId, externalId: 'crm-1' })
    return body.accessToken as string
  }
  const signedBy = async () => decodeProtectedHeader(await token()).kid

  it('publishes a new key at once and signs with it ten minutes later, to the millisecond', async () => {
    const [first] = await kids()
    expect(await signedBy()).toBe(first)
    const { status, body } = await rotate()
    expect(status).toBe(200)
    expect(body).toEqual({
      kid: expect.stringMatching(/^[\w-]{43}$/),
      signsFrom: new Date(clock.at + 10 * minute).toISOString(),
    })
    await expect.poll(kids).toEqual([first, body.kid])
    clock.at += 10 * minute - 1
    expect(await signedBy()).toBe(first)
    clock.at += 1
    expect(await signedBy()).toBe(body.kid)
  })

  it('keeps an old key published until the last token it signed has expired, and then no longer', async () => {
    const [first] = await kids()
    const next = (await rotate()).body.kid
    await expect.poll(kids).toHaveLength(2)
    clock.at += 10 * minute - 1
    const last = await token()
    const { exp } = (await jwtVerify(last, createLocalJWKSet(await published()), { currentDate: new Date(clock.at) }))
      .payload
    expect(exp).toBe(Math.floor(clock.at / 1000) + day / 1000)
    clock.at = (exp as number) * 1000 - 1
    expect([await kids(), await isAlive(server.client, last)]).toEqual([[first, next], true])
    clock.at += hour
    expect([await kids(), await isAlive(server.client, last)]).toEqual([[next], false])
  })

  it('refuses a second rotation while the new key waits to sign, and answers how it may be asked again', async () => {
    await rotate()
    for (const body of [{}, { force: true }]) {
      const { status, body: refusal } = await rotate(body)
      expect([status, refusal.code]).toEqual([409, 'rotation_in_progress'])
    }
    clock.at += 10 * minute
    expect((await rotate()).status).toBe(200)
  })

  it('starts one of several rotations that are asked for at once', async () => {
    const { client } = await server.anotherNode()
    const replies = await Promise.all(
      [server.client, client, server.client, client].map((node) => node.post('/signing-keys/rotate', {})),
    )
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 409, 409, 409])
    await expect.poll(kids).toHaveLength(2)
  })

  it('signs with the new key at once when forced, and still verifies what the old one signed', async () => {
    const old = await token()
    const { kid, signsFrom } = (await rotate({ force: true })).body
    expect(signsFrom).toBe(new Date(clock.at).toISOString())
    await expect.poll(signedBy).toBe(kid)
    expect(await isAlive(server.client, old)).toBe(true)
  })

  it('is nothing at all to another workspace, and needs its scope in the first', async () => {
    const other = await server.otherWorkspace()
    const headers = { 'x-request-id': 'the-same' }
    const answer = async (path: string) => {
      const reply = await other.client.post(path, {}, headers)
      const names = ['content-type', 'content-length', 'cache-control', 'etag', 'allow', 'x-request-id']
      const { status, body } = reply
      return { status, body, headers: names.map((name) => reply.headers.get(name)) }
    }
    const refused = await answer('/signing-keys/rotate')
    expect(refused.status).toBe(404)
    expect(refused).toEqual(await answer('/signing-keys/rotten'))
    expect(await kids()).toHaveLength(1)
    const without = await (await server.clientWith(['external-users:write'])).post('/signing-keys/rotate', {})
    expect([without.status, without.body.code]).toEqual([403, 'scope_missing'])
  })

  it('records each rotation, without the key itself', async () => {
    const { kid, signsFrom } = (await rotate({ force: true })).body
    const [event, ...others] = await eventsOf(server.db, kid)
    expect([event?.type, others]).toEqual(['signing_key.rotated', []])
    expect(JSON.parse(event?.after as string)).toEqual({ kid, signsFrom, force: true })
    await requireWholeChain(server.db, server.workspaceId)
  })

  it('rotates by itself when the key in force is 90 days old, and not before', async () => {
    const log = pino({ level: 'silent' })
    const chores = () =>
      doChores({ db: server.db, clock, log, secret: testSecret, publicUrl: server.address }, 'chores')
    const [first] = await kids()
    clock.at += 90 * day - 2 * minute
    await chores()
    expect(await kids()).toEqual([first])
    clock.at += 3 * minute
    await chores()
    await chores()
    await expect.poll(kids).toHaveLength(2)
    expect(await signedBy()).toBe(first)
    clock.at += 10 * minute
    expect(await signedBy()).not.toBe(first)
    const rotated = await server.db.read
      .selectFrom('events')
      .select('actor_kind')
      .where('type', '=', 'signing_key.rotated')
      .execute()
    expect(rotated).toEqual([{ actor_kind: 'system' }])
  })

  it('rotates at the command line too, which servers that run hear of', async () => {
    const config = readConfig({
      NARTHEX_DATABASE_URL: server.database.url,
      NARTHEX_SECRET: testSecret,
      NARTHEX_LOG_LEVEL: 'silent',
    })
    const operator = await openOperator(config)
    try {
      const rotation = await operator.rotateSigningKey(false)
      await expect.poll(kids).toContain(rotation.kid)
      await expect(operator.rotateSigningKey(true)).rejects.toThrow(
        new Refused('A rotation is in progress: the new key is published and does not sign yet.'),
      )
    } finally {
      await operator.close()
    }
  })

  it('refuses in one line to rotate at the command line before the instance is initialised', async () => {
    const empty = await kind.create()
    const config = readConfig({ NARTHEX_DATABASE_URL: empty.url, NARTHEX_SECRET: testSecret })
    const rotation = async (prepare: (operator: OperatorSession) => Promise<unknown>) => {
      const operator = await openOperator(config, { mayCreate: true })
      try {
        await prepare(operator)
        return await operator.rotateSigningKey(false)
      } finally {
        await operator.close()
      }
    }
    try {
      for (const prepare of [async () => {}, (operator: OperatorSession) => operator.migrate()]) {
        const refusal: unknown = await rotation(prepare).catch((error: unknown) => error)
        expect(refusal).toBeInstanceOf(Refused)
        expect((refusal as Refused).message).toMatch(/^There is no Narthex in .+: `narthex init` or .+ sets it up$/)
      }
    } finally {
      await empty.drop()
    }
  })

  it('stores no private part that can be read without the instance secret', async () => {
    await rotate({ force: true })
    const rows = await server.db.read.selectFrom('signing_keys').selectAll().execute()
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      expect(JSON.stringify(row)).not.toMatch(/PRIVATE KEY|"d"|\\"d\\"/)
      expect(Buffer.from(row.private_encrypted, 'base64').toString('latin1')).not.toMatch(/PRIVATE KEY|"d"/)
      expect(Object.keys(JSON.parse(row.public_jwk)).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    }
    for (const key of (await published()).keys) expect(key).not.toHaveProperty('d')
  })
})

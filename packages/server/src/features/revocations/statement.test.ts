import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeExternalUser } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, statement, testIssuer } from '../../../test/verifying.ts'
import { doChores } from '../../chores.ts'
import { readAccessToken, isAlive, type AccessTokenClaims } from '../access-tokens/verify.ts'
import { insertCutOff, insertRevokedToken } from '../cut-offs/queries.ts'
import { openKeySet } from '../signing-keys/key-set.ts'
import { entriesMax, revocationStatement } from './service.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const log = pino({ level: 'silent' })

describe.each(testDatabases)('the revocation statement on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let client: Client
  let workspaceId: string
  let audience: string

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    // The signing key is older than every jump back.
    clock.at += 3 * dayMs
  })
  afterAll(() => server.close())
  const own = async () => {
    ;({ client, workspaceId } = await server.otherWorkspace())
    audience = `${testIssuer}/workspaces/${workspaceId}`
  }
  const read = (since?: number) => statement(client, since, audience)
  const revokeTokens = async (id: string) =>
    expect((await client.post(`/external-users/${id}/revoke-tokens`)).status).toBe(200)
  const revokeOne = (jti: string, expiresAt: number) =>
    server.db.write((tx) => insertRevokedToken(tx, workspaceId, { jti, expiresAt, now: clock.now() }))

  it('is a JWS that a stock library verifies, with every field and nothing in it yet', async () => {
    await own()
    const { status, headers } = await client.get('/revocations')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/jwt'])
    expect(headers.get('etag')).toMatch(/^"0\./)
    const at = Math.floor(clock.now() / 1000)
    expect(await read()).toEqual({
      iss: testIssuer,
      aud: audience,
      workspace_id: workspaceId,
      iat: at,
      exp: at + 600,
      since: null,
      cursor: 0,
      cutOffs: [],
      tokens: [],
    })
  })

  it('takes the audience that the workspace gave its tokens', async () => {
    await own()
    const tokenAudience = `https://app.example.com/${randomUUID()}`
    await client.patch('/workspace', { tokenAudience })
    expect((await statement(client, undefined, tokenAudience)).workspace_id).toBe(workspaceId)
  })

  it('names account, person, channel, API key and token, each by its own member', async () => {
    await own()
    const user = await makeExternalUser(client)
    const key = (await client.post('/api-keys', { name: 'Widget', scopes: ['tiers:read'] })).body
    await revokeTokens(user.id)
    await client.post(`/super-identities/${user.superIdentityId}/revoke-tokens`)
    await client.post(`/channels/${user.channelId}/archive`)
    await client.post(`/api-keys/${key.id}/revoke`, { tokens: true })
    const jti = randomUUID()
    await revokeOne(jti, clock.now() + hourMs)
    expect(await read()).toMatchObject({
      cursor: 5,
      cutOffs: [
        { sub: user.id, before: 1 },
        { person: user.superIdentityId, before: 2 },
        { channel: user.channelId, before: 3 },
        { client: key.id, before: 4 },
      ],
      tokens: [jti],
    })
  })

  it('tells with since what came after, and deltas put together equal the whole', async () => {
    await own()
    const users = [await makeExternalUser(client), await makeExternalUser(client), await makeExternalUser(client)]
    const held = new Map<string, number>()
    const tokens = new Set<string>()
    let cursor = 0
    for (let round = 0; round < 12; round += 1) {
      if (round % 4 === 3) await revokeOne(`jti-${round}`, clock.now() + hourMs)
      else await revokeTokens((users[round % 3] as { id: string }).id)
      if (round % 3 === 1) continue
      const delta = await read(cursor)
      expect(delta.since).toBe(cursor)
      for (const { sub, before } of delta.cutOffs) held.set(sub as string, before)
      for (const jti of delta.tokens) tokens.add(jti)
      cursor = delta.cursor
    }
    const whole = await read()
    expect(new Map(whole.cutOffs.map(({ sub, before }) => [sub, before]))).toEqual(held)
    expect(new Set(whole.tokens)).toEqual(tokens)
    expect(whole.cursor).toBe(cursor)
    expect(await read(cursor)).toMatchObject({ since: cursor, cursor, cutOffs: [], tokens: [] })
  })

  it('answers a cursor that was never given, as after a restore, with the whole', async () => {
    await own()
    const user = await makeExternalUser(client)
    await revokeTokens(user.id)
    expect(await read(7)).toMatchObject({ since: null, cursor: 1, cutOffs: [{ sub: user.id, before: 1 }] })
    expect((await client.get('/revocations?since=-1')).status).toBe(400)
    expect((await client.get('/revocations?since=1e3')).status).toBe(400)
  })

  it('answers 304 while nothing changes, and a new one in time before the held one runs out', async () => {
    await own()
    clock.at = Math.ceil(clock.at / 300_000) * 300_000
    const first = await client.get('/revocations')
    const tag = first.headers.get('etag') as string
    const again = () => client.get('/revocations', { 'if-none-match': tag })
    clock.at += 299_999
    expect([(await again()).status, (await again()).body]).toEqual([304, ''])
    expect(claimsOf(first.body).exp * 1000 - clock.now()).toBeGreaterThan(299_000)
    clock.at += 1
    expect((await again()).status).toBe(200)
  })

  it('changes its tag with every entry, for the whole and for deltas apart', async () => {
    await own()
    const user = await makeExternalUser(client)
    const tags = async () => [
      (await client.get('/revocations')).headers.get('etag'),
      (await client.get('/revocations?since=0')).headers.get('etag'),
    ]
    const before = await tags()
    await revokeTokens(user.id)
    const after = await tags()
    expect(new Set([...before, ...after]).size).toBe(4)
    clock.at += 10 * dayMs
    expect((await tags())[0]).not.toBe(after[0])
    expect((await read()).cutOffs).toEqual([])
    clock.at -= 10 * dayMs
  })

  it('shows another workspace nothing of this one', async () => {
    await own()
    const user = await makeExternalUser(client)
    await revokeTokens(user.id)
    await own()
    expect(await read()).toMatchObject({ cursor: 0, cutOffs: [] })
  })

  it('needs the scope tokens:introspect', async () => {
    const other = await server.clientWith(['tiers:read'])
    for (const path of ['/revocations', '/revocations/stream']) {
      expect((await other.get(path)).body.code).toBe('scope_missing')
      expect((await server.client.send('GET', path, { headers: { authorization: '' } })).status).toBe(401)
    }
  })

  it('ends early at its limit and goes on from there, so that its cursor covers nothing it lacks', async () => {
    await own()
    const extra = 10
    await server.db.write(async (tx) => {
      await tx
        .updateTable('workspaces')
        .set({ cut_off_count: entriesMax + extra })
        .where('id', '=', workspaceId)
        .execute()
      for (let from = 1; from <= entriesMax + extra; from += 1_000) {
        const rows = Array.from({ length: Math.min(1_000, entriesMax + extra - from + 1) }, (_, i) => ({
          workspace_id: workspaceId,
          subject_id: `subject-${from + i}`,
          reach: 'account' as const,
          number: from + i,
          created_at: clock.now(),
        }))
        await tx.insertInto('cut_offs').values(rows).execute()
      }
    })
    const first = await read()
    expect([first.cutOffs.length, first.cursor]).toEqual([entriesMax, entriesMax])
    const rest = await read(first.cursor)
    expect([rest.cutOffs.length, rest.cursor]).toEqual([extra, entriesMax + extra])
  })

  it('never gives a cursor that covers an entry which it lacks, while others commit', async () => {
    await own()
    const parts = {
      db: server.db,
      clock,
      instance: { publicUrl: testIssuer, signer: { keyInForce: () => 'key', sign: async () => '' } } as never,
    }
    const progress = { writing: true }
    const writer = (async () => {
      for (let i = 0; i < 150; i += 1) {
        const now = clock.now()
        await server.db.write((tx) => insertCutOff(tx, workspaceId, { reach: 'account', subjectId: randomUUID(), now }))
      }
      progress.writing = false
    })()
    let checked = 0
    while (progress.writing) {
      const { cursor, entries } = await revocationStatement(parts, workspaceId, null)
      expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: cursor }, (_, i) => i + 1))
      checked += 1
      // SQLite answers at once: the writer must get its turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writer
    expect(checked).toBeGreaterThan(3)
  })

  describe('whatever the clock does', () => {
    const jumps = [-2 * dayMs, -hourMs, hourMs, 2 * dayMs]
    const cases = jumps.flatMap((issued) => jumps.flatMap((cut) => jumps.map((asked) => ({ issued, cut, asked }))))

    it('goes on to name every cut-off and revoked token that a living token needs', async () => {
      await own()
      const channelId = (await makeExternalUser(client)).channelId
      await client.patch(`/channels/${channelId}`, { tokenLifetimeSeconds: 86_400 })
      const start = clock.at
      for (const { issued, cut, asked } of cases) {
        clock.at = start + issued
        const user = await makeExternalUser(client, { channelId })
        const { jti, exp, cut_off } = claimsOf(user.accessToken as string)
        clock.at = start + cut
        // By a clock that is right it expired long ago.
        if (exp * 1000 <= start) continue
        await revokeOne(jti, exp * 1000)
        await revokeTokens(user.id)
        // The last moment at which a verifier whose clock is right takes the token.
        clock.at = Math.max(start + 1, exp * 1000 - 1) + asked
        const { cutOffs, tokens } = await read()
        expect(
          cutOffs.some(({ sub, before }) => sub === user.id && before > cut_off),
          JSON.stringify({ issued, cut, asked }),
        ).toBe(true)
        expect(tokens, JSON.stringify({ issued, cut, asked })).toContain(jti)
        clock.at = start
      }
    })

    it('lets no cut-off token in again', async () => {
      await own()
      const user = await makeExternalUser(client)
      const keys = await openKeySet({ db: server.db, clock, log, secret: testSecret })
      keys.close()
      const verifier = { publicUrl: testIssuer, publicKey: keys.publicKey }
      const start = clock.at
      const opens = async (claims: AccessTokenClaims) => await isAlive(server.db.read, claims, clock.now())
      const claims = readAccessToken(verifier, user.accessToken as string, clock.now())?.claims as AccessTokenClaims
      expect(await opens(claims)).toBe(true)
      await revokeTokens(user.id)
      for (const jump of [...jumps, 0]) {
        clock.at = start + jump
        expect(await opens(claims)).toBe(false)
      }
    })

    it('loses nothing to a chore that runs while the clock is two days ahead', async () => {
      await own()
      const jti = randomUUID()
      await revokeOne(jti, clock.now() + 60_000)
      const operator = { db: server.db, clock, log, secret: testSecret, publicUrl: testIssuer }
      const start = clock.at
      clock.at = start + 2 * dayMs
      await doChores(operator, 'first')
      clock.at = start
      expect((await read()).tokens).toEqual([jti])
      clock.at = start + 7 * dayMs
      expect((await read()).tokens).toEqual([])
      await doChores(operator, 'second')
      // Later than any statement that may still be shared.
      clock.at = start + 300_000
      expect((await read()).tokens).toEqual([])
    })
  })
})

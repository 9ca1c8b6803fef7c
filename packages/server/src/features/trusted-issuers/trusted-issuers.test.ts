import { exportJWK, generateKeyPair, generateSecret } from 'jose'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeChannel } from '../../../test/factories.ts'
import { makeIssuerKey } from '../../../test/issuer.ts'
import { testDatabases } from '../../../test/databases.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('trusted issuers on $name', (kind) => {
  let server: TestServer
  let channelId: string
  let count = 0

  beforeAll(async () => {
    server = await startTestServer(kind, { environment: { NARTHEX_OUTGOING_ALLOW: 'keys.internal, 10.0.0.0/8' } })
    channelId = (await makeChannel(server.client)).id
  })
  afterAll(() => server.close())

  const settings = (fields: object = {}) => ({
    issuer: `https://login-${(count += 1)}.example.com`,
    jwksUri: 'https://login.example.com/jwks',
    audience: 'our-app',
    channelId,
    mapping: { identifier: null, externalId: 'sub' },
    ...fields,
  })
  const create = (fields: object = {}) => server.client.post('/trusted-issuers', settings(fields))
  const events = async (subjectId: string) =>
    (
      await server.db.read
        .selectFrom('events')
        .selectAll()
        .where('subject_id', '=', subjectId)
        .orderBy('subject_version')
        .execute()
    ).map(({ type, before, after }) => ({
      type,
      before: before && JSON.parse(before),
      after: after && JSON.parse(after),
    }))

  it('answers a new one with every field and its ETag, reads it back, lists it', async () => {
    const wanted = settings()
    const { status, body, headers } = await server.client.post('/trusted-issuers', wanted)
    expect([status, headers.get('etag')]).toEqual([200, '"1"'])
    const { id, createdAt } = body
    expect(body).toEqual({
      ...wanted,
      id,
      createdAt,
      updatedAt: createdAt,
      jwks: null,
      workspaceId: server.workspaceId,
    })
    expect((await server.client.get(`/trusted-issuers/${id}`)).body).toEqual(body)
    const { body: list, headers: listHeaders } = await server.client.get('/trusted-issuers?pageSize=1&count=exact')
    expect(list).toEqual([body])
    expect(Number(listHeaders.get('total-count'))).toBeGreaterThan(0)
  })

  it('is changed in place, each change with one event, none when nothing changes', async () => {
    const { body: made } = await create()
    const key = await makeIssuerKey('pasted')
    const jwks = { keys: [key.publicJwk] }
    const { body, headers } = await server.client.patch(`/trusted-issuers/${made.id}`, { jwksUri: null, jwks })
    expect(headers.get('etag')).toBe('"2"')
    expect(body).toEqual({ ...made, jwksUri: null, jwks, updatedAt: body.updatedAt })
    const same = await server.client.patch(`/trusted-issuers/${made.id}`, { jwks, audience: made.audience })
    expect(same.headers.get('etag')).toBe('"2"')
    const stale = await server.client.delete(`/trusted-issuers/${made.id}`, { 'if-match': '"1"' })
    expect(stale.status).toBe(412)
    expect((await server.client.delete(`/trusted-issuers/${made.id}`, { 'if-match': '"2"' })).status).toBe(200)
    expect((await server.client.get(`/trusted-issuers/${made.id}`)).body.code).toBe('trusted_issuer_not_found')
    expect((await events(made.id)).map(({ type }) => type)).toEqual([
      'trusted_issuer.created',
      'trusted_issuer.updated',
      'trusted_issuer.deleted',
    ])
    expect((await events(made.id))[1]).toMatchObject({
      before: { jwksUri: made.jwksUri, jwks: null },
      after: { jwksUri: null, jwks },
    })
  })

  it('takes its keys from exactly one place', async () => {
    const { publicJwk } = await makeIssuerKey('k')
    const jwks = { keys: [publicJwk] }
    for (const fields of [{ jwks }, { jwksUri: null }, { jwksUri: null, jwks: null }, { jwksUri: undefined }]) {
      const { status, body } = await create(fields)
      expect([status, body.issues?.[0].path]).toEqual([400, 'jwksUri'])
    }
    const { body: made } = await create()
    expect((await server.client.patch(`/trusted-issuers/${made.id}`, { jwks })).status).toBe(400)
    expect((await server.client.patch(`/trusted-issuers/${made.id}`, { jwksUri: null })).status).toBe(400)
  })

  it('maps at least one claim', async () => {
    const { status, body } = await create({ mapping: { identifier: null, externalId: null } })
    expect([status, body.issues[0].path]).toEqual([400, 'mapping'])
  })

  it.each(['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA'])('takes a pasted public key for %s', async (alg) => {
    const { publicJwk } = await makeIssuerKey('k', alg)
    expect((await create({ jwksUri: undefined, jwks: { keys: [publicJwk] } })).status).toBe(200)
    const { alg: _, use: __, kid: ___, ...bare } = publicJwk
    expect((await create({ jwksUri: undefined, jwks: { keys: [bare] } })).status).toBe(200)
  })

  it('refuses a pasted key that is private, symmetric, weak, broken or for something else, and says which', async () => {
    const { publicJwk } = await makeIssuerKey('k')
    const pair = await generateKeyPair('RS256', { extractable: true })
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })
    const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })
    const bad = [
      await exportJWK(pair.privateKey),
      { ...publicJwk, d: 'AA' },
      await exportJWK(await generateSecret('HS256', { extractable: true })),
      { kty: 'oct', k: 'c2VjcmV0' },
      weak,
      x25519,
      secp,
      { ...publicJwk, alg: 'HS256' },
      { ...publicJwk, alg: 'none' },
      { ...publicJwk, use: 'enc' },
      { ...publicJwk, x: 'AA' },
      { ...publicJwk, crv: 'P-384' },
      { ...publicJwk, kty: 'OKP' },
      { kty: 'EC' },
      { kty: 7 },
      {},
    ]
    for (const key of bad) {
      const { status, body } = await create({ jwksUri: undefined, jwks: { keys: [publicJwk, key] } })
      expect([status, body.issues?.[0].path, JSON.stringify(key)]).toEqual([400, 'jwks.keys.1', JSON.stringify(key)])
      expect(JSON.stringify(body)).not.toContain('c2VjcmV0')
    }
  })

  it('fetches keys by https, or from hosts that the operator names', async () => {
    for (const jwksUri of [
      'http://keys.internal/jwks',
      'http://10.1.2.3/jwks',
      'http://0xa010203:8080/',
      'https://127.0.0.1/',
    ]) {
      expect((await create({ jwksUri })).status).toBe(200)
    }
    const refused = [
      'http://example.com/',
      'http://127.0.0.1/',
      'http://a.keys.internal/',
      'https://u:p@example.com/',
      'https://a.b/#c',
      'https://',
    ]
    for (const jwksUri of refused) {
      const { status, body } = await create({ jwksUri })
      expect([status, body.issues?.[0].path]).toEqual([400, 'jwksUri'])
    }
  })

  it('trusts an issuer once in a workspace; another workspace may trust it too, out of sight', async () => {
    const { body: made } = await create()
    const again = await create({ issuer: made.issuer })
    expect([again.status, again.body.code]).toEqual([409, 'issuer_taken'])
    const raced = await Promise.all([1, 2, 3].map(() => create({ issuer: 'https://race.example.com' })))
    expect(raced.map(({ status }) => status).toSorted()).toEqual([200, 409, 409])
    const other = await server.otherWorkspace()
    const channel = await makeChannel(other.client)
    expect(
      (await other.client.post('/trusted-issuers', settings({ issuer: made.issuer, channelId: channel.id }))).status,
    ).toBe(200)
    const foreign = await other.client.get(`/trusted-issuers/${made.id}`)
    expect([foreign.status, foreign.body.code]).toEqual([404, 'trusted_issuer_not_found'])
  })

  it('lets people in by a channel of the workspace, which then stays', async () => {
    const other = await server.otherWorkspace()
    const foreign = await makeChannel(other.client)
    for (const id of [foreign.id, '00000000-0000-4000-8000-000000000000']) {
      const { status, body } = await create({ channelId: id })
      expect([status, body.code]).toEqual([404, 'channel_not_found'])
    }
    const channel = await makeChannel(server.client)
    const { body: made } = await create({ channelId: channel.id })
    const kept = await server.client.delete(`/channels/${channel.id}`)
    expect([kept.status, kept.body.code, kept.body.message]).toEqual([
      409,
      'channel_in_use',
      expect.stringContaining('trusted issuer'),
    ])
    await server.client.patch(`/trusted-issuers/${made.id}`, { channelId })
    expect((await server.client.delete(`/channels/${channel.id}`)).status).toBe(200)
  })

  it('keeps a channel that a block names, even a lifted one', async () => {
    const channel = await makeChannel(server.client)
    const { body: block } = await server.client.post('/blocks', {
      reach: 'identifier',
      identifier: 'troll',
      channelId: channel.id,
    })
    await server.client.post(`/blocks/${block.id}/lift`, {})
    const kept = await server.client.delete(`/channels/${channel.id}`)
    expect([kept.status, kept.body.code]).toEqual([409, 'channel_in_use'])
  })
})

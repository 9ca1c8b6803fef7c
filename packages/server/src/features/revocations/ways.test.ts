// Every way a token must end, felt by a verifier that never asks about a token; and that nothing else ends one.
import type { Verifier } from '@narthex/sdk'
import { pino } from 'pino'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admissionsIn, type Admissions } from '../../../test/admissions.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, eventually, statement, testIssuer, verdict, verifierOf } from '../../../test/verifying.ts'
import { systemClock } from '../../lib/clock.ts'
import { openKeySet } from '../signing-keys/key-set.ts'

interface Subject {
  readonly people: Admissions
  readonly user: { id: string; superIdentityId: string; channelId: string; identifier: string | null }
  readonly token: string
  readonly keyId: string
}

type Act = (client: Client, subject: Subject) => Promise<unknown>

async function done(reply: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await reply
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`)
}

const ways: Record<string, Act> = {
  'revoke-tokens of the external user': (c, { user }) => done(c.post(`/external-users/${user.id}/revoke-tokens`)),
  'revoke-tokens of the person': (c, { user }) =>
    done(c.post(`/super-identities/${user.superIdentityId}/revoke-tokens`)),
  'a block of the account': (c, { user }) =>
    done(c.post('/blocks', { reach: 'external-user', externalUserId: user.id })),
  'a block by patch': (c, { user }) => done(c.patch(`/external-users/${user.id}`, { blocked: true })),
  'a block of the person': (c, { user }) =>
    done(c.post('/blocks', { reach: 'person', superIdentityId: user.superIdentityId })),
  'a block of the identifier': (c, { user }) =>
    done(c.post('/blocks', { reach: 'identifier', identifier: user.identifier })),
  'a timed block': (c, { user }) =>
    done(
      c.post('/blocks', {
        reach: 'external-user',
        externalUserId: user.id,
        endsAt: new Date(Date.now() + 60_000).toISOString(),
      }),
    ),
  'taking a blocked identifier': async (c, { user }) => {
    const identifier = `mallory-${randomUUID()}@example.com`
    await done(c.post('/blocks', { reach: 'identifier', identifier }))
    await done(c.patch(`/external-users/${user.id}`, { identifier }))
  },
  'archiving the channel': (c, { user }) => done(c.post(`/channels/${user.channelId}/archive`)),
  'turning the channel to referral': (c, { user }) =>
    done(c.patch(`/channels/${user.channelId}`, { admission: 'referral' })),
  'the rejection of a referral': async (_, { user, people }) => {
    await people.decide(await people.refer({ userId: user.superIdentityId }), 'REJECTED')
  },
  'the revocation of an admission': async (_, { user, people }) => {
    await people.decide(await people.admit({ userId: user.superIdentityId }), 'REVOKED')
  },
  erasure: (c, { user }) => done(c.post(`/external-users/${user.id}/erase`)),
  'revoking the API key with its tokens': (c, { keyId }) => done(c.post(`/api-keys/${keyId}/revoke`, { tokens: true })),
}

const harmless: Record<string, Act> = {
  'another tier': async (c, { user }) =>
    done(c.patch(`/external-users/${user.id}`, { tierId: (await makeTier(c)).id })),
  'another group': async (c, { user }) =>
    done(c.patch(`/external-users/${user.id}`, { externalUserGroupId: (await makeGroup(c)).id })),
  'another name': (c, { user }) => done(c.patch(`/external-users/${user.id}`, { name: 'Ann Other' })),
  'another name of the person': (c, { user }) =>
    done(c.patch(`/super-identities/${user.superIdentityId}`, { firstname: 'Ann' })),
  'rotating the API key': (c, { keyId }) => done(c.post(`/api-keys/${keyId}/rotate`, { overlapSeconds: 0 })),
  'revoking the API key without its tokens': (c, { keyId }) =>
    done(c.post(`/api-keys/${keyId}/revoke`, { tokens: false })),
  'lifting a block that came before the token': async (c, { user }) => {
    const { body } = await c.post('/blocks', { reach: 'identifier', identifier: 'somebody-else@example.com' })
    await done(c.post(`/blocks/${body.id}/lift`))
    expect(user.id).toBeDefined()
  },
  'changing the channel otherwise': (c, { user }) =>
    done(c.patch(`/channels/${user.channelId}`, { name: 'Another name' })),
  'a referral and its admission': async (_, { user, people }) => {
    await people.admit({ userId: user.superIdentityId })
  },
  'ending the tokens of somebody else': async (c, { user }) => {
    const other = await makeExternalUser(c, { channelId: user.channelId, identifier: `${randomUUID()}@example.com` })
    await done(c.post('/blocks', { reach: 'person', superIdentityId: other.superIdentityId }))
  },
}

describe.each(testDatabases)('ending tokens, felt offline, on $name', (kind) => {
  let server: TestServer
  let client: Client
  let people: Admissions
  let verifier: Verifier

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
    people = await admissionsIn(server)
    verifier = verifierOf(client)
    await verifier.ready()
  })
  afterAll(async () => {
    verifier.close()
    await server.close()
  })

  async function subject(): Promise<Subject> {
    const key = (
      await client.post('/api-keys', {
        name: 'Widget',
        scopes: ['external-users:write', 'external-users:authenticate'],
      })
    ).body
    const channel = await makeChannel(client, { identifierKind: 'email' })
    const user = await makeExternalUser(client, { channelId: channel.id, identifier: `${randomUUID()}@example.com` })
    return { people, user, keyId: key.id, token: await tokenOf(user, key.apiKey) }
  }
  async function tokenOf(user: { id: string; channelId: string }, key: string = client.key): Promise<string> {
    const headers = { authorization: key }
    const { body } = await client.post(
      '/external-users/authenticate',
      { channelId: user.channelId, id: user.id },
      headers,
    )
    return body.accessToken as string
  }
  const caughtUp = async () => {
    const { cursor } = await statement(client)
    expect(await eventually(() => (verifier.status.cursor ?? 0) >= cursor, true)).toBe(true)
  }

  it.each(Object.keys(ways))('ends by %s', async (name) => {
    const target = await subject()
    const bystander = await subject()
    expect(await verdict(verifier, target.token)).toBe('good')
    await (ways[name] as Act)(client, target)
    expect(await eventually(() => verdict(verifier, target.token), 'revoked')).toBe('revoked')
    expect(await verdict(verifier, bystander.token)).toBe('good')
  })

  it('ends by revoking the one token, and no other of the same account', async () => {
    const { user, token } = await subject()
    const other = await tokenOf(user)
    const headers = { authorization: `Bearer ${client.key}`, 'content-type': 'application/x-www-form-urlencoded' }
    const { status } = await client.send('POST', '//oauth2/revoke', {
      raw: new URLSearchParams({ token }).toString(),
      headers,
    })
    expect(status).toBe(200)
    expect(await eventually(() => verdict(verifier, token), 'revoked')).toBe('revoked')
    expect(await verdict(verifier, other)).toBe('good')
  })

  it.each(Object.keys(harmless))('does not end by %s', async (name) => {
    const target = await subject()
    await (harmless[name] as Act)(client, target)
    await caughtUp()
    expect(await verdict(verifier, target.token)).toBe('good')
  })

  it('does not end by a rotation of the signing key, and the new key is believed as well', async () => {
    const { user, token } = await subject()
    await done(client.post('/signing-keys/rotate', { force: true }))
    const fresh = await tokenOf(user)
    expect(await eventually(() => verdict(verifier, token), 'good')).toBe('good')
    await done(client.post(`/external-users/${user.id}/revoke-tokens`))
    expect(await eventually(() => verdict(verifier, token), 'revoked')).toBe('revoked')
    expect(await verdict(verifier, fresh)).toBe('revoked')
  })

  it('leaves a token alone that is issued right after a cut-off, again and again within one second', async () => {
    const { user } = await subject()
    const tokens: string[] = []
    for (let i = 0; i < 20; i += 1) {
      tokens.push(await tokenOf(user))
      await done(client.post(`/external-users/${user.id}/revoke-tokens`))
    }
    const last = await tokenOf(user)
    await caughtUp()
    for (const token of tokens) expect(await verdict(verifier, token)).toBe('revoked')
    expect(await verdict(verifier, last)).toBe('good')
  })

  it('does not bring a dead token back by lifting the block or opening the channel again', async () => {
    const { user, token } = await subject()
    const { body: block } = await client.post('/blocks', { reach: 'person', superIdentityId: user.superIdentityId })
    await done(client.post(`/blocks/${block.id}/lift`))
    const between = await tokenOf(user)
    await done(client.post(`/channels/${user.channelId}/archive`))
    await done(client.post(`/channels/${user.channelId}/unarchive`))
    const after = await tokenOf(user)
    await caughtUp()
    expect([await verdict(verifier, token), await verdict(verifier, between)]).toEqual(['revoked', 'revoked'])
    expect(await verdict(verifier, after)).toBe('good')
  })

  it('ends 10,000 tokens of one person by one entry', async () => {
    const { user, token } = await subject()
    const keys = await openKeySet({
      db: server.db,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      secret: testSecret,
    })
    const claims = claimsOf<object>(token)
    keys.close()
    const sign = () => keys.sign('at+jwt', { ...claims, jti: randomUUID(), sub: randomUUID() })
    const tokens: string[] = []
    for (let i = 0; i < 100; i += 1) tokens.push(...(await Promise.all(Array.from({ length: 100 }, sign))))
    expect(await verdict(verifier, tokens[0] as string)).toBe('good')
    const { cursor } = await statement(client)
    await done(client.post(`/super-identities/${user.superIdentityId}/revoke-tokens`))
    expect((await statement(client, cursor)).cutOffs).toHaveLength(1)
    await caughtUp()
    const verdicts = new Set<string>()
    for (let i = 0; i < 10_000; i += 500) {
      for (const each of await Promise.all(tokens.slice(i, i + 500).map((t) => verdict(verifier, t))))
        verdicts.add(each)
    }
    expect([...verdicts]).toEqual(['revoked'])
    expect(claimsOf<{ iss: string }>(token).iss).toBe(testIssuer)
  })
})

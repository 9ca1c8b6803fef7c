// Every path to a token against every reason not to be let in: none of them gives a token that opens anything.
import type { ExternalUser } from '@narthex/contract'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const issuer = 'https://idp.example.com'
const audience = 'narthex'

interface World {
  readonly client: Client
  readonly user: ExternalUser
  /** Issued before the reason came up. */
  readonly oldToken: string
  readonly signingKey: CryptoKey
}

const creation = { identifier: 'ann', externalId: 'crm-ann' }
const replayed = { 'idempotency-key': 'created-once' }

const reasons: Record<string, { code: string; arise(world: World): Promise<unknown> }> = {
  'a block on the account': {
    code: 'external_user_blocked',
    arise: ({ client, user }) => makeBlock(client, { reach: 'external-user', externalUserId: user.id }),
  },
  'a block on the person': {
    code: 'external_user_blocked',
    arise: ({ client, user }) => makeBlock(client, { reach: 'person', superIdentityId: user.superIdentityId }),
  },
  'a block on the identifier': {
    code: 'external_user_blocked',
    arise: async ({ client }) => {
      await makeBlock(client, { reach: 'identifier', identifier: 'ann' })
      await makeBlock(client, { reach: 'identifier', identifier: 'stranger' })
    },
  },
  'an archived channel': {
    code: 'channel_not_found',
    arise: ({ client, user }) => client.post(`/channels/${user.channelId}/archive`),
  },
  erasure: {
    code: 'external_user_not_found',
    arise: async ({ client, user }) => {
      // Who is erased may come again as somebody new where the door is open; here it is not.
      await client.patch(`/channels/${user.channelId}`, { provisioning: 'manual' })
      await client.post(`/external-users/${user.id}/erase`)
    },
  },
  'a channel for admitted persons': {
    code: 'admission_required',
    arise: ({ client, user }) => client.patch(`/channels/${user.channelId}`, { admission: 'referral' }),
  },
}

/** These concern one account or person, so that a stranger is none of their business. */
const aboutOne = new Set(['a block on the account', 'a block on the person', 'erasure'])

interface Outcome {
  /** Of the refusal; null where the path has no words for it. */
  readonly code: string | null
  readonly token: string | null
}

type Path = (world: World) => Promise<Outcome>

const authenticate =
  (selectors: (user: ExternalUser) => object): Path =>
  async ({ client, user }) => {
    const { body } = await client.post('/external-users/authenticate', {
      channelId: user.channelId,
      ...selectors(user),
    })
    return { code: body.code ?? null, token: body.accessToken ?? null }
  }

const exchange =
  (username: string): Path =>
  async ({ client, signingKey }) => {
    const subject = await new SignJWT({ preferred_username: username })
      .setProtectedHeader({ alg: 'ES256', kid: 'idp' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime('10 minutes')
      .sign(signingKey)
    const { body } = await client.send('POST', '//oauth2/token', {
      raw: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subject,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      }).toString(),
      headers: { authorization: `Bearer ${client.key}`, 'content-type': 'application/x-www-form-urlencoded' },
    })
    return { code: null, token: body.access_token ?? null }
  }

const ofTheAccount: Record<string, Path> = {
  'authenticating by id': authenticate(({ id }) => ({ id })),
  'authenticating by external id': authenticate(() => ({ externalId: 'crm-ann' })),
  'authenticating by identifier': authenticate(() => ({ identifier: 'ann' })),
  'authenticating by both it was made with': authenticate(() => creation),
  'exchanging a token': exchange('ann'),
  'showing the old token to /me': async ({ oldToken }) => ({ code: null, token: oldToken }),
}

const ofStrangers: Record<string, Path> = {
  'being provisioned': authenticate(() => ({ identifier: 'stranger' })),
  'being provisioned with both selectors': authenticate(() => ({ identifier: 'stranger', externalId: 'crm-stranger' })),
  'exchanging a first token': exchange('stranger'),
  'being created': async ({ client, user }) => {
    const { body } = await client.post('/external-users', { channelId: user.channelId, identifier: 'stranger' })
    return { code: body.code ?? null, token: body.accessToken ?? null }
  },
}

describe.each(testDatabases)('every way in on $name', (kind) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  async function makeWorld(): Promise<World> {
    const { client } = await server.otherWorkspace()
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const channel = await makeChannel(client)
    const trusted = await client.post('/trusted-issuers', {
      issuer,
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'idp', alg: 'ES256' }] },
      audience,
      channelId: channel.id,
      mapping: { identifier: 'preferred_username', externalId: null },
    })
    expect([trusted.status, trusted.body.issues]).toEqual([200, undefined])
    const made = await client.post('/external-users', { channelId: channel.id, ...creation }, replayed)
    const { accessToken, ...user } = made.body
    return { client, user, oldToken: accessToken, signingKey: privateKey }
  }

  it('gives a token that lives while nothing is against it', async () => {
    for (const [path, take] of Object.entries({ ...ofTheAccount, ...ofStrangers })) {
      const world = await makeWorld()
      const { token } = await take(world)
      expect([path, token !== null && (await isAlive(world.client, token))]).toEqual([path, true])
    }
  })

  it.each(Object.keys(reasons))('is closed by %s', async (reason) => {
    const { code, arise } = reasons[reason]!
    const world = await makeWorld()
    await arise(world)
    const paths = { ...ofTheAccount, ...(aboutOne.has(reason) ? {} : ofStrangers) }
    for (const [path, take] of Object.entries(paths)) {
      const outcome = await take(world)
      const alive = outcome.token !== null && (await isAlive(world.client, outcome.token))
      expect([path, alive]).toEqual([path, false])
      if (outcome.code !== null) expect([path, outcome.code]).toEqual([path, code])
    }
    const introspected = await world.client.send('POST', '//oauth2/introspect', {
      raw: new URLSearchParams({ token: world.oldToken }).toString(),
      headers: { authorization: `Bearer ${world.client.key}`, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(introspected.body).toEqual({ active: false })
    const again = await world.client.post('/external-users', { channelId: world.user.channelId, ...creation }, replayed)
    if (reason === 'erasure') expect(again.body.id).not.toBe(world.user.id)
    else expect(await isAlive(world.client, again.body.accessToken)).toBe(false)
  })
})

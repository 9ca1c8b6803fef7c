// Every path to a token against every reason not to be let in: none of them gives a token that opens anything.
import type { ExternalUser } from '@narthex/contract'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admissionsIn, type Admissions } from '../../../test/admissions.ts'
import { isAlive, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel } from '../../../test/factories.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const issuer = 'https://idp.example.com'
const audience = 'narthex'

/** Where the door is open, and where it asks for an admission: there both hold one at first. */
interface Setting {
  readonly channel: Readonly<Record<string, string>>
  /** The claim of an identity provider that is the identifier. */
  readonly claim: string
  /** Of an account that is known, and of somebody who comes for the first time. */
  readonly known: string
  readonly stranger: string
}

const open: Setting = { channel: {}, claim: 'preferred_username', known: 'ann', stranger: 'stranger' }
const guarded: Setting = {
  channel: { identifierKind: 'email', admission: 'referral' },
  claim: 'email',
  known: 'ann@example.com',
  stranger: 'stranger@example.com',
}

interface World {
  readonly client: Client
  readonly clock: SettableClock
  readonly setting: Setting
  readonly people: Admissions
  /** Behind both; none on an open door. */
  readonly referrals: readonly { id: string }[]
  readonly user: ExternalUser
  /** Issued before the reason came up. */
  readonly oldToken: string
  readonly signingKey: CryptoKey
}

const creationOf = ({ known }: Setting) => ({ identifier: known, externalId: 'crm-ann' })
const replayed = { 'idempotency-key': 'created-once' }

type Reasons = Record<string, { code: string; arise(world: World): Promise<unknown> }>

const anywhere: Reasons = {
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
    arise: async ({ client, setting }) => {
      await makeBlock(client, { reach: 'identifier', identifier: setting.known })
      await makeBlock(client, { reach: 'identifier', identifier: setting.stranger })
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
}

const onOpenDoors: Reasons = {
  ...anywhere,
  'a channel for admitted persons': {
    code: 'admission_required',
    arise: ({ client, user }) => client.patch(`/channels/${user.channelId}`, { admission: 'referral' }),
  },
}

const all = async ({ people, referrals }: World, status: string, fields: object = {}) => {
  for (const referral of referrals) await people.decide(referral, status, { ...fields })
}
const soon = ({ clock }: World) => ({ admittedUntil: new Date(clock.at + 60_000).toISOString() })

const onGuardedDoors: Reasons = {
  ...anywhere,
  'a revocation': { code: 'admission_ended', arise: (world) => all(world, 'REVOKED') },
  'the end of an admission': {
    code: 'admission_ended',
    async arise(world) {
      await all(world, 'REVOKED')
      await all(world, 'ADMITTED', soon(world))
      world.clock.at += 60_000
    },
  },
  'a revocation, and a new referral that waits': {
    code: 'admission_ended',
    async arise(world) {
      const { people, setting } = world
      await all(world, 'REVOKED')
      for (const email of [setting.known, setting.stranger]) await people.refer({ email })
    },
  },
  'a revocation, and a new referral that is rejected': {
    code: 'admission_ended',
    async arise(world) {
      const { people, setting } = world
      await all(world, 'REVOKED')
      for (const email of [setting.known, setting.stranger]) {
        await people.decide(await people.refer({ email }), 'REJECTED')
      }
    },
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
  (selectors: (user: ExternalUser, setting: Setting) => object): Path =>
  async ({ client, user, setting }) => {
    const { body } = await client.post('/external-users/authenticate', {
      channelId: user.channelId,
      ...selectors(user, setting),
    })
    return { code: body.code ?? null, token: body.accessToken ?? null }
  }

const exchange =
  (who: 'known' | 'stranger'): Path =>
  async ({ client, clock, setting, signingKey }) => {
    const subject = await new SignJWT({ [setting.claim]: setting[who], email_verified: true })
      .setProtectedHeader({ alg: 'ES256', kid: 'idp' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(Math.floor(clock.at / 1000) + 600)
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
  'authenticating by identifier': authenticate((_, { known }) => ({ identifier: known })),
  'authenticating by both it was made with': authenticate((_, setting) => creationOf(setting)),
  'exchanging a token': exchange('known'),
  'showing the old token to /me': async ({ oldToken }) => ({ code: null, token: oldToken }),
}

const ofStrangers: Record<string, Path> = {
  'being provisioned': authenticate((_, { stranger }) => ({ identifier: stranger })),
  'being provisioned with both selectors': authenticate((_, { stranger }) => ({
    identifier: stranger,
    externalId: 'crm-stranger',
  })),
  'exchanging a first token': exchange('stranger'),
  'being created': async ({ client, user, setting }) => {
    const body = { channelId: user.channelId, identifier: setting.stranger }
    const { body: made } = await client.post('/external-users', body)
    return { code: made.code ?? null, token: made.accessToken ?? null }
  },
}

describe.each(testDatabases)('every way in on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
  })
  afterAll(() => server.close())

  async function makeWorld(setting: Setting): Promise<World> {
    const other = await server.otherWorkspace()
    const { client } = other
    const people = await admissionsIn(server, other)
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const channel = await makeChannel(client, setting.channel)
    const trusted = await client.post('/trusted-issuers', {
      issuer,
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'idp', alg: 'ES256' }] },
      audience,
      channelId: channel.id,
      mapping: { identifier: setting.claim, externalId: null },
    })
    expect([trusted.status, trusted.body.issues]).toEqual([200, undefined])
    const referrals: { id: string }[] = []
    if (setting === guarded) {
      for (const email of [setting.known, setting.stranger]) referrals.push(await people.admit({ email }))
    }
    const creation = { channelId: channel.id, ...creationOf(setting) }
    const made = await client.post('/external-users', creation, replayed)
    const { accessToken, ...user } = made.body
    return { client, clock, setting, people, referrals, user, oldToken: accessToken, signingKey: privateKey }
  }

  it.each([
    ['open', open],
    ['guarded', guarded],
  ])('gives a token that lives while nothing is against it, on a door that is %s', async (_, setting) => {
    for (const [path, take] of Object.entries({ ...ofTheAccount, ...ofStrangers })) {
      const world = await makeWorld(setting)
      const { token } = await take(world)
      expect([path, token !== null && (await isAlive(world.client, token))]).toEqual([path, true])
    }
  })

  const closing = (setting: Setting, reasons: Reasons) =>
    it.each(Object.keys(reasons))('is closed by %s', async (reason) => {
      const { code, arise } = reasons[reason]!
      const world = await makeWorld(setting)
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
      const creation = { channelId: world.user.channelId, ...creationOf(setting) }
      const again = await world.client.post('/external-users', creation, replayed)
      if (reason === 'erasure') expect(again.body.id).not.toBe(world.user.id)
      else expect(await isAlive(world.client, again.body.accessToken)).toBe(false)
    })

  describe('by an open door', () => void closing(open, onOpenDoors))
  describe('by a door that asks for an admission', () => void closing(guarded, onGuardedDoors))

  it('goes past no reviewer: whoever takes an address, or another account, gets the admission of nobody', async () => {
    const world = await makeWorld(guarded)
    const { client, user } = world
    const newcomer = await client.post('/external-users', { channelId: user.channelId, externalId: 'crm-mallory' })
    const mallory = { channelId: user.channelId, id: newcomer.body.id as string }
    const enter = async () => (await client.post('/external-users/authenticate', mallory)).body.code
    const patch = async (id: string, body: object) => (await client.patch(`/external-users/${id}`, body)).body.code
    expect([newcomer.body.accessToken, await enter()]).toEqual([null, 'admission_required'])
    // An address that an admitted person holds, the one of an account that is admitted, and one that is free.
    expect(await patch(mallory.id, { identifier: guarded.stranger })).toBe('identifier_held_by_another_person')
    expect(await patch(mallory.id, { identifier: guarded.known })).toBe('identifier_held_by_another_person')
    expect(await patch(user.id, { identifier: 'mallory@example.com' })).toBe('identifier_fixed')
    expect(await patch(mallory.id, { identifier: 'mallory@example.com' })).toBeUndefined()
    expect(await enter()).toBe('admission_required')
    // On another door the address is a stranger's, and so is the person whom it makes.
    const door = await makeChannel(client, guarded.channel)
    const made = await client.post('/external-users', { channelId: door.id, identifier: 'mallory@example.com' })
    expect([made.body.accessToken, made.body.superIdentityId]).toEqual([null, newcomer.body.superIdentityId])
    // Opening the door needs more than the right to change it.
    const weak = await server.clientWith(['channels:write'], world.people.workspaceId)
    expect((await weak.patch(`/channels/${user.channelId}`, { admission: 'open' })).body.code).toBe('scope_missing')
  })
})

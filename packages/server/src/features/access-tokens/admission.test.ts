// Admissions and the doors that ask for one: who gets a token, what it says, how long it lives, and what ends it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admissionsIn, makeDoor, type Admissions } from '../../../test/admissions.ts'
import { authenticate, isAlive, tokenFor } from '../../../test/blocks.ts'
import { createClient } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { trustNew } from '../../../test/exchange.ts'
import { makeChannel, makeExternalUser, makeTier } from '../../../test/factories.ts'
import { postForm } from '../../../test/oauth.ts'
import { freshEmail } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, eventually, statement, verdict, verifierOf } from '../../../test/verifying.ts'

const hour = 3_600_000

interface Claims {
  readonly iat: number
  readonly exp: number
  readonly admission_id: string | null
  readonly provisional?: true
  readonly cut_off: number
}

describe.each(testDatabases)('admissions on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let people: Admissions

  beforeAll(async () => {
    server = await startTestServer(kind, { clock, environment: { NARTHEX_OUTGOING_ALLOW: '127.0.0.1' } })
    people = await admissionsIn(server)
  })
  afterAll(() => server.close())

  const introspect = async (token: string) => {
    const headers = { authorization: `Bearer ${server.client.key}` }
    return (await postForm(server.address, '/oauth2/introspect', { token }, headers)).body
  }
  const countUsers = async () =>
    Number((await server.client.get('/external-users?count=exact')).headers.get('total-count'))
  const until = (ms: number) => ({ admittedUntil: new Date(clock.at + ms).toISOString() })

  it('let a person in by its address on first sight, with a token that names the admission', async () => {
    const email = freshEmail()
    const { id, referredUser } = await people.admit({ email })
    const door = await makeDoor(server.client)
    const { status, body } = await server.client.post('/external-users/authenticate', {
      channelId: door.id,
      identifier: email.toUpperCase(),
    })
    expect([status, body.superIdentityId]).toEqual([200, referredUser.userId])
    const claims = claimsOf<Claims>(body.accessToken)
    expect(claims).toMatchObject({ admission_id: id, super_identity_id: referredUser.userId })
    expect(claims).not.toHaveProperty('provisional')
    expect(await introspect(body.accessToken)).toEqual({ active: true, token_type: 'Bearer', ...claims })
    expect((await createClient(server.address, `Bearer ${body.accessToken}`).get('/me')).status).toBe(200)
  })

  it('give a token at creation to whoever joins an admitted person, and none to anybody else', async () => {
    const email = freshEmail()
    const { id } = await people.admit({ email })
    const { id: channelId } = await makeDoor(server.client)
    const joined = await makeExternalUser(server.client, { channelId, identifier: email })
    expect(claimsOf<Claims>(joined.accessToken as string).admission_id).toBe(id)
    const alone = await makeExternalUser(server.client, { channelId, identifier: freshEmail() })
    const unnamed = await makeExternalUser(server.client, { channelId })
    expect([alone.accessToken, unnamed.accessToken]).toEqual([null, null])
  })

  it('come in by exchange as they come in by authenticating, and are refused as the grant', async () => {
    const door = { identifierKind: 'email', admission: 'referral' }
    const trusted = await trustNew(server.client, { mapping: { identifier: 'email', externalId: null } }, door)
    const email = freshEmail()
    const swap = () => trusted.swap({ sub: 'ann', email, email_verified: true })
    try {
      const waiting = await people.refer({ email })
      expect((await swap()).body).toMatchObject({ error: 'invalid_grant' })
      await people.decide(waiting, 'ADMITTED')
      const { access_token } = (await swap()).body
      expect(claimsOf<Claims>(access_token).admission_id).toBe(waiting.id)
      await people.decide(waiting, 'REVOKED')
      const refused = (await swap()).body
      expect(refused).toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('ended') })
      expect((await introspect(access_token)).active).toBe(false)
    } finally {
      await trusted.close()
    }
  })

  it('refuse strangers and leave nothing behind: neither account nor person', async () => {
    const { id: channelId } = await makeDoor(server.client)
    const [rejected, withdrawn, revoked, waiting] = [freshEmail(), freshEmail(), freshEmail(), freshEmail()]
    await people.decide(await people.refer({ email: rejected }), 'REJECTED')
    const { id } = await people.refer({ email: withdrawn })
    expect((await people.referrer.delete(`referral:/external-users/${id}`, { 'if-match': '*' })).status).toBe(204)
    await people.decide(await people.admit({ email: revoked }), 'REVOKED')
    await people.refer({ email: waiting })
    const before = await countUsers()
    const codes = await Promise.all(
      [freshEmail(), rejected, withdrawn, revoked, waiting].map((identifier) =>
        authenticate(server.client, { channelId, identifier }),
      ),
    )
    const required = 'admission_required'
    expect(codes).toEqual([required, required, required, 'admission_ended', required])
    expect(await authenticate(server.client, { channelId, externalId: 'crm-nobody' })).toBe(required)
    expect(await countUsers()).toBe(before)
  })

  it('inherit nothing from a typed address: not on an open channel, nor on one of another kind', async () => {
    const email = freshEmail()
    const { referredUser } = await people.admit({ email })
    const others = [{ identifierKind: 'email' }, { identifierKind: 'opaque', admission: 'referral' }]
    for (const fields of others) {
      const channel = await makeChannel(server.client, fields)
      const user = await makeExternalUser(server.client, { channelId: channel.id, identifier: email })
      expect(user.superIdentityId).not.toBe(referredUser.userId)
      // Turned into a door afterwards it asks for an admission of that account's own person.
      await server.client.patch(`/channels/${channel.id}`, { admission: 'referral' })
      expect(await authenticate(server.client, { channelId: channel.id, identifier: email })).toBe('admission_required')
    }
  })

  it('by the person, whatever the kind of the channel; and on an open one the token names no admission', async () => {
    const user = await makeExternalUser(server.client, { identifier: 'ann' })
    const selector = { channelId: user.channelId, id: user.id }
    const { id } = await people.admit({ userId: user.superIdentityId })
    expect(claimsOf<Claims>(await tokenFor(server.client, selector)).admission_id).toBeNull()
    await server.client.patch(`/channels/${user.channelId}`, { admission: 'referral' })
    expect(await isAlive(server.client, user.accessToken as string)).toBe(false)
    expect(claimsOf<Claims>(await tokenFor(server.client, selector)).admission_id).toBe(id)
  })

  it('end on every channel of the person at once, for whoever asks and for whoever verifies offline', async () => {
    const email = freshEmail()
    const referral = await people.admit({ email })
    const doors = await Promise.all([1, 2, 3].map(() => makeDoor(server.client)))
    const tokens: string[] = []
    for (const { id: channelId } of doors) tokens.push(await tokenFor(server.client, { channelId, identifier: email }))
    const verifier = verifierOf(server.client, { clock })
    try {
      await verifier.ready()
      const before = await statement(server.client)
      expect(await Promise.all(tokens.map((token) => verdict(verifier, token)))).toEqual(['good', 'good', 'good'])
      await people.decide(referral, 'REVOKED')
      expect(await Promise.all(tokens.map((token) => isAlive(server.client, token)))).toEqual([false, false, false])
      expect(await Promise.all(tokens.map(introspect))).toEqual(tokens.map(() => ({ active: false })))
      // One entry for the person, whom every token names.
      const { cutOffs } = await statement(server.client, before.cursor)
      expect(cutOffs).toEqual([{ person: referral.referredUser.userId, before: expect.any(Number) }])
      for (const token of tokens) expect(await eventually(() => verdict(verifier, token), 'revoked')).toBe('revoked')
      for (const { id: channelId } of doors) {
        expect(await authenticate(server.client, { channelId, identifier: email })).toBe('admission_ended')
      }
      await people.decide(referral, 'ADMITTED')
      const again = await tokenFor(server.client, { channelId: doors[0]!.id, identifier: email })
      expect([await isAlive(server.client, again), claimsOf<Claims>(again).admission_id]).toEqual([true, referral.id])
      expect(await Promise.all(tokens.map((token) => isAlive(server.client, token)))).toEqual([false, false, false])
      expect(await verdict(verifier, tokens[0] as string)).toBe('revoked')
    } finally {
      verifier.close()
    }
  })

  it('end by the clock at the check, whether or not a job has noticed, and no token outlives them', async () => {
    const email = freshEmail()
    const { id: channelId } = await makeDoor(server.client, { tokenLifetimeSeconds: 3600 })
    const referral = await people.admit({ email }, until(30_000))
    const end = clock.at + 30_000
    const token = await tokenFor(server.client, { channelId, identifier: email })
    // Less than the shortest lifetime that can be set.
    expect(claimsOf<Claims>(token).exp).toBe(Math.floor(end / 1000))
    clock.at = Math.floor(end / 1000) * 1000 - 1
    expect([
      await isAlive(server.client, token),
      await authenticate(server.client, { channelId, identifier: email }),
    ]).toEqual([true, 'let in'])
    clock.at = end
    expect(await isAlive(server.client, token)).toBe(false)
    expect(await authenticate(server.client, { channelId, identifier: email })).toBe('admission_ended')
    const stored = await server.db.read.selectFrom('referrals').select('status').where('id', '=', referral.id).execute()
    expect(stored).toEqual([{ status: 'ADMITTED' }])
    // A new one makes the old tokens no better, and an unlimited one shortens none.
    await people.decide(referral, 'ADMITTED')
    expect(await isAlive(server.client, token)).toBe(false)
    const { iat, exp } = claimsOf<Claims>(await tokenFor(server.client, { channelId, identifier: email }))
    expect(exp - iat).toBe(3600)
  })

  it('that ended stay ended while a new referral waits, and let in by that one', async () => {
    const email = freshEmail()
    const { id: channelId } = await makeDoor(server.client)
    await people.decide(await people.admit({ email }), 'REVOKED')
    const again = await people.refer({ email })
    expect(await authenticate(server.client, { channelId, identifier: email })).toBe('admission_ended')
    await people.decide(again, 'ADMITTED')
    const token = await tokenFor(server.client, { channelId, identifier: email })
    expect(claimsOf<Claims>(token).admission_id).toBe(again.id)
  })

  it('give way to blocks, which lift none of them', async () => {
    const email = freshEmail()
    const { referredUser } = await people.admit({ email })
    const { id: channelId } = await makeDoor(server.client)
    await server.client.post('/blocks', { reach: 'person', superIdentityId: referredUser.userId })
    const before = await countUsers()
    expect(await authenticate(server.client, { channelId, identifier: email })).toBe('external_user_blocked')
    expect(await countUsers()).toBe(before)
  })

  it('leave the tier as it is', async () => {
    const tier = await makeTier(server.client, { tokenLifetimeSeconds: 120 })
    const email = freshEmail()
    await people.admit({ email }, until(hour))
    const { id: channelId } = await makeDoor(server.client, { defaultTierId: tier.id })
    const claims = claimsOf<Claims & { tier_id: string }>(
      await tokenFor(server.client, { channelId, identifier: email }),
    )
    expect([claims.tier_id, claims.exp - claims.iat]).toEqual([tier.id, 120])
  })

  it('fix the identifier while a referral waits or is admitted, on every channel that asks for one', async () => {
    const email = freshEmail()
    const { id: channelId } = await makeDoor(server.client)
    const joined = await makeExternalUser(server.client, { channelId, identifier: email })
    const phones = await makeChannel(server.client, {
      identifierKind: 'phone',
      admission: 'referral',
      defaultCountry: 'DE',
    })
    const caller = await makeExternalUser(server.client, { channelId: phones.id, identifier: '030 901820' })
    const patch = async (id: string, identifier: string | null) => {
      const { status, body } = await server.client.patch(`/external-users/${id}`, { identifier })
      return [status, body.code]
    }
    const fixed = [409, 'identifier_fixed']
    const one = await people.refer({ email })
    const two = await people.refer({ userId: caller.superIdentityId })
    for (const status of ['REFERRED', 'ADMITTED']) {
      if (status === 'ADMITTED') for (const referral of [one, two]) await people.decide(referral, status, until(hour))
      expect(await patch(joined.id, freshEmail())).toEqual(fixed)
      expect(await patch(joined.id, null)).toEqual(fixed)
      expect(await patch(caller.id, '030 901821')).toEqual(fixed)
      // Another spelling of the same is no other one.
      expect(await patch(joined.id, email.toUpperCase())).toEqual([200, undefined])
      expect(await patch(caller.id, '+49 30 901820')).toEqual([200, undefined])
    }
    expect((await server.client.patch(`/external-users/${joined.id}`, { name: 'Ann again' })).status).toBe(200)
    clock.at += hour
    expect(await patch(joined.id, freshEmail())).toEqual([200, undefined])
    await people.decide(two, 'ADMITTED')
    await people.decide(two, 'REVOKED')
    expect(await patch(caller.id, '030 901821')).toEqual([200, undefined])
  })

  it('take no decision that was meant for whoever had another identifier', async () => {
    const { id: channelId } = await makeDoor(server.client)
    const identifier = freshEmail()
    const joined = await makeExternalUser(server.client, { channelId, identifier })
    const referral = await people.refer({ email: identifier })
    await people.decide(referral, 'REJECTED')
    const path = `referral:/external-users/${referral.id}`
    const readmit = (tag: string) => people.reviewer.patch(path, { status: 'ADMITTED' }, { 'if-match': tag })
    const tag = async () => (await people.reviewer.get(path)).headers.get('etag') as string
    const shown = await tag()
    const patch = (text: string) => server.client.patch(`/external-users/${joined.id}`, { identifier: text })
    expect((await patch(identifier.toUpperCase())).status).toBe(200)
    expect((await tag()).split('.')[0]).toBe(shown.split('.')[0])
    expect((await patch(freshEmail())).status).toBe(200)
    expect((await readmit(shown)).status).toBe(412)
    expect((await readmit(await tag())).status).toBe(200)
  })
})

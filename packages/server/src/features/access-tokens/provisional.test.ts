// Provisional access: what the policy gives a person while its first referral waits, and how soon that is over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admissionsIn, makeDoor, type Admissions } from '../../../test/admissions.ts'
import { authenticate, isAlive, tokenFor } from '../../../test/blocks.ts'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeExternalUser, makeTier } from '../../../test/factories.ts'
import { postForm } from '../../../test/oauth.ts'
import { freshEmail } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, eventually, verdict, verifierOf } from '../../../test/verifying.ts'

const hour = 3_600_000

interface Claims {
  readonly iat: number
  readonly exp: number
  readonly admission_id: string | null
  readonly provisional?: true
  readonly tier_id: string | null
}

describe.each(testDatabases)('provisional access on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  /** The tier of the policy, and another one that accounts have. */
  let small: string
  let gold: string
  let people: Admissions
  let client: Client
  let channelId: string

  const setPolicy = async (provisionalAccess: object | null) => {
    const { status, body } = await client.patch('/workspace', { policies: { provisionalAccess } })
    expect([status, body.policies?.provisionalAccess]).toEqual([200, provisionalAccess])
  }

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    client = server.client
    people = await admissionsIn(server)
    small = (await makeTier(client, { name: 'Small', limits: [{ metric: 'messages', max: 1, windowSeconds: 60 }] })).id
    gold = (await makeTier(client, { name: 'Gold', tokenLifetimeSeconds: 60 })).id
    channelId = (await makeDoor(client, { tokenLifetimeSeconds: 86_400, defaultTierId: gold })).id
    await setPolicy({ tierId: small, hours: 24 })
  })
  afterAll(() => server.close())

  const enter = (identifier: string) => authenticate(client, { channelId, identifier })
  const tokenOf = (identifier: string) => tokenFor(client, { channelId, identifier })
  const withdraw = (id: string) => people.referrer.delete(`referral:/external-users/${id}`, { 'if-match': '*' })
  const profileOf = async (token: string) => (await createClient(server.address, `Bearer ${token}`).get('/me')).body

  it('is off unless the workspace turns it on', async () => {
    const other = await server.otherWorkspace()
    const there = await admissionsIn(server, other)
    const door = await makeDoor(other.client)
    const email = freshEmail()
    await there.refer({ email })
    expect((await other.client.get('/workspace')).body.policies.provisionalAccess).toBeNull()
    expect(await authenticate(other.client, { channelId: door.id, identifier: email })).toBe('admission_required')
  })

  it('lets in whoever was just referred, with the tier of the policy, and says so in the token', async () => {
    const email = freshEmail()
    const { referredAt } = await people.refer({ email })
    const token = await tokenOf(email)
    const claims = claimsOf<Claims>(token)
    expect(claims).toMatchObject({ provisional: true, admission_id: null, tier_id: small })
    // The channel's lifetime would be just as long, and begins later.
    clock.at += hour
    const last = Math.floor((Date.parse(referredAt) + 24 * hour) / 1000)
    expect([claims.exp, claimsOf<Claims>(await tokenOf(email)).exp]).toEqual([last, last])
    expect(await profileOf(token)).toMatchObject({ tier: 'Small', limits: [{ metric: 'messages', max: 1 }] })
    const headers = { authorization: `Bearer ${client.key}` }
    const { body } = await postForm(server.address, '/oauth2/introspect', { token }, headers)
    expect(body).toEqual({ active: true, token_type: 'Bearer', ...claims })
  })

  it('gives a token to an account that is made meanwhile, also with a tier of its own', async () => {
    const email = freshEmail()
    await people.refer({ email })
    const user = await makeExternalUser(client, { channelId, identifier: email, tierId: gold })
    expect(claimsOf<Claims>(user.accessToken as string)).toMatchObject({ provisional: true, tier_id: small })
  })

  it('ends at its last moment', async () => {
    const email = freshEmail()
    await people.refer({ email })
    const end = clock.at + 24 * hour
    const token = await tokenOf(email)
    clock.at = Math.floor(end / 1000) * 1000 - 1
    expect([await isAlive(client, token), await enter(email)]).toEqual([true, 'let in'])
    clock.at = end
    expect([await isAlive(client, token), await enter(email)]).toEqual([false, 'admission_required'])
  })

  it('becomes an admission: with its tier and without the mark, while the old token lives on', async () => {
    const email = freshEmail()
    const referral = await people.refer({ email })
    const before = await tokenOf(email)
    await people.decide(referral, 'ADMITTED')
    const claims = claimsOf<Claims>(await tokenOf(email))
    expect([claims.admission_id, claims.tier_id, claims.exp - claims.iat]).toEqual([referral.id, gold, 60])
    expect(claims).not.toHaveProperty('provisional')
    expect(await isAlive(client, before)).toBe(true)
    expect((await profileOf(before)).tier).toBe('Gold')
  })

  it.each(['a rejection', 'a withdrawal'])('is cut off by %s, for good and offline too', async (end) => {
    const email = freshEmail()
    const referral = await people.refer({ email })
    const token = await tokenOf(email)
    const verifier = verifierOf(client, { clock })
    try {
      await verifier.ready()
      expect(await verdict(verifier, token)).toBe('good')
      if (end === 'a rejection') await people.decide(referral, 'REJECTED')
      else expect((await withdraw(referral.id)).status).toBe(204)
      expect([await isAlive(client, token), await enter(email)]).toEqual([false, 'admission_required'])
      expect(await eventually(() => verdict(verifier, token), 'revoked')).toBe('revoked')
      if (end === 'a rejection') {
        await people.decide(referral, 'ADMITTED')
        expect([await isAlive(client, token), await enter(email)]).toEqual([false, 'let in'])
      }
    } finally {
      verifier.close()
    }
  })

  it('is given to a person once, whatever became of the first referral', async () => {
    const email = freshEmail()
    await withdraw((await people.refer({ email })).id)
    await people.refer({ email })
    expect(await enter(email)).toBe('admission_required')
    const waiting = freshEmail()
    await setPolicy(null)
    const early = await people.refer({ email: waiting })
    await setPolicy({ tierId: small, hours: 24 })
    // It was referred while nothing was given.
    expect(await enter(waiting)).toBe('admission_required')
    await withdraw(early.id)
    await people.refer({ email: waiting })
    expect(await enter(waiting)).toBe('admission_required')
  })

  it('is over at once for everybody when the policy is turned off, and no old token lives again', async () => {
    const emails = [freshEmail(), freshEmail()]
    for (const email of emails) await people.refer({ email })
    const tokens = await Promise.all(emails.map(tokenOf))
    const verifier = verifierOf(client, { clock })
    try {
      await verifier.ready()
      await setPolicy(null)
      for (const token of tokens) {
        expect(await isAlive(client, token)).toBe(false)
        expect(await eventually(() => verdict(verifier, token), 'revoked')).toBe('revoked')
      }
      expect(await Promise.all(emails.map(enter))).toEqual(['admission_required', 'admission_required'])
      await setPolicy({ tierId: small, hours: 24 })
      expect(await Promise.all(tokens.map((token) => isAlive(client, token)))).toEqual([false, false])
      expect(await enter(emails[0] as string)).toBe('let in')
    } finally {
      verifier.close()
    }
  })

  it('lasts as long as the policy said when the person was referred', async () => {
    await setPolicy({ tierId: small, hours: 1 })
    const email = freshEmail()
    await people.refer({ email })
    await setPolicy({ tierId: small, hours: 24 })
    clock.at += hour
    expect(await enter(email)).toBe('admission_required')
  })
})

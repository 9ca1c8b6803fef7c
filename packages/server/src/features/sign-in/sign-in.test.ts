import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient, type BrowserClient } from '../../../test/browser-client.ts'
import { createClient } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { cheapPasswords, password, signedInMember } from '../../../test/sign-in.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const minute = 60_000
const hour = 60 * minute
const cookieName = '__Host-narthex-session'

describe.each(testDatabases)('signing in on $name', (kind) => {
  let server: TestServer
  let now = Date.now()

  beforeAll(async () => {
    const limits = { ...cheapPasswords, signInTriesPerAddressMax: 1_000 }
    server = await startTestServer(kind, { clock: { now: () => now }, limits })
  })
  afterAll(() => server.close())

  const browser = () => createBrowserClient(server.address)
  const whoIs = async (at: BrowserClient) => (await at.get('/console/session')).body.signedIn
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]
  const typesOf = async (id: string) => (await eventsOf(server.db, id)).map(({ type }) => type)
  const lastUses = async () =>
    (await server.db.read.selectFrom('sessions').select('last_used_at').execute()).map((row) => row.last_used_at)
  const passwordsHashed = async () => {
    const { body } = await createClient(server.address, '').get('//metrics')
    return Number(/narthex_password_hash_seconds_count (\d+)/.exec(body)?.[1])
  }

  it('lets the first owner in by the token that was printed, to set a password and use that from then on', async () => {
    const at = browser()
    expect((await at.get('/console/session')).body).toEqual({ signedIn: null, singleSignOn: false })
    const first = await at.post('/console/sign-in/token', { memberToken: ` ${server.owner.key}\n` })
    expect(first.status).toBe(200)
    expect(first.body.signedIn).toEqual({
      email: 'owner@narthex.invalid',
      hasPassword: false,
      hasSecondFactor: false,
      expiresAt: new Date(now + 12 * hour).toISOString(),
      memberships: [
        {
          workspaceId: server.workspaceId,
          workspaceName: 'My workspace',
          memberId: server.ownerId,
          firstname: 'First',
          lastname: 'Owner',
          role: 'owner',
        },
      ],
    })
    expect((await at.put('/console/password', { password })).body.signedIn.hasPassword).toBe(true)
    expect((await at.post('/console/sign-out')).body.signedIn).toBeNull()
    expect(at.cookies.size).toBe(0)
    const again = await at.post('/console/sign-in', { email: 'OWNER@narthex.invalid', password })
    expect(again.body.signedIn.email).toBe('owner@narthex.invalid')
    expect((await typesOf(server.ownerId)).toSorted()).toEqual([
      'member.created',
      'member.password_changed',
      'member.signed_in',
      'member.signed_in',
      'member.signed_out',
    ])
  })

  it('keeps the secret in a cookie that no script and no other site can use', async () => {
    const { browser: at } = await signedInMember(server)
    await at.post('/console/sign-in/token', { memberToken: server.owner.key })
    expect(at.lastCookie()).toMatch(
      /^__Host-narthex-session=nxs_\w{49}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    )
    const secret = at.cookies.get(cookieName) as string
    const stored = await server.db.read.selectFrom('sessions').selectAll().execute()
    const events = await server.db.read.selectFrom('events').selectAll().execute()
    expect(JSON.stringify([stored, events])).not.toContain(secret)
  })

  it('answers a wrong password, an unknown address and one without a password alike, for the same work', async () => {
    const { email } = await signedInMember(server)
    const { email: without } = await server.memberWith('viewer')
    const replies = []
    for (const address of [email, without, `${randomUUID()}@example.com`, 'no address at all']) {
      const before = await passwordsHashed()
      const { status, body, headers } = await browser().post('/console/sign-in', { email: address, password: 'wrong' })
      expect((await passwordsHashed()) - before).toBe(1)
      replies.push({ status, cookie: headers.get('set-cookie'), ...body, requestId: null })
    }
    expect(replies[0]).toMatchObject({ status: 401, code: 'sign_in_failed', cookie: null })
    for (const reply of replies) expect(reply).toEqual(replies[0])
  })

  it('refuses whatever another site, or a page of unknown origin, makes a browser send', async () => {
    const { browser: at } = await signedInMember(server, 'owner')
    for (const origin of ['https://evil.example', 'http://id.example.com', 'null', null]) {
      const foreign = at.from(origin)
      expect(codeOf(await foreign.post('/console/sign-out'))).toEqual([403, 'cross_site'])
      expect(codeOf(await foreign.put('/console/password', { password }))).toEqual([403, 'cross_site'])
      expect(codeOf(await foreign.delete('/console/totp', {}))).toEqual([403, 'cross_site'])
      expect(codeOf(await foreign.post('/console/sign-in', { email: 'a@example.com', password }))).toEqual([
        403,
        'cross_site',
      ])
      expect(codeOf(await foreign.post('/api/v1/tiers', { name: 'Forged' }))).toEqual([401, 'unauthorized'])
    }
    expect(await whoIs(at)).not.toBeNull()
  })

  it('speaks for the member on both APIs, with the workspace named where there are several', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const { id, email, browser: at } = await signedInMember(server, 'admin')
    const tier = await at.post('/api/v1/tiers', { name: 'Gold tier' })
    expect(tier.status).toBe(200)
    const [event] = await eventsOf(server.db, tier.body.id)
    expect([event?.actor_kind, event?.actor_id]).toEqual(['member', id])
    expect((await at.get('/api/referral/v1/organizations')).status).not.toBe(401)
    await server.memberWith('viewer', { workspaceId, email })
    // Made beside the service, as on the command line: it hears of it within a second.
    await expect.poll(async () => (await whoIs(at)).memberships.length).toBe(2)
    await expect.poll(async () => (await at.get('/api/v1/tiers')).status).toBe(400)
    const several = await at.get('/api/v1/tiers')
    expect([several.status, several.body.issues?.[0].path]).toEqual([400, 'headers.x-workspace-id'])
    const named = await at.get('/api/v1/tiers', { 'x-workspace-id': workspaceId })
    expect([named.status, named.body]).toEqual([200, []])
  })

  it('takes no other credential from a cookie than that of a sign-in', async () => {
    const at = browser()
    for (const key of [server.client.key, server.owner.key]) {
      at.cookies.set(cookieName, key)
      expect((await at.get('/api/v1/tiers')).status).toBe(401)
    }
  })

  it('ends after an hour without use, and twelve hours after it began, on every node', async () => {
    const node = await server.anotherNode({ now: () => now })
    const { email } = await signedInMember(server)
    const at = browser()
    const again = () => at.post('/console/sign-in', { email, password })
    await again()
    now += hour - 1
    expect((await at.get('/api/v1/tiers')).status).toBe(200)
    // Only one node has seen the use; the other must not think that nobody was there.
    await expect.poll(lastUses).toContain(now)
    now += hour - 1
    expect((await at.at(node.address).get('/api/v1/tiers')).status).toBe(200)
    await expect.poll(lastUses).toContain(now)
    now += hour
    expect((await at.get('/api/v1/tiers')).status).toBe(401)
    expect(await whoIs(at.at(node.address))).toBeNull()
    await again()
    for (let half = 0; half < 23; half += 1) {
      now += hour / 2
      expect((await at.get('/api/v1/tiers')).status).toBe(200)
      await expect.poll(lastUses).toContain(now)
    }
    now += hour / 2
    expect((await at.get('/api/v1/tiers')).status).toBe(401)
  })

  it('ends by signing out here at once, and on other nodes', async () => {
    const node = await server.anotherNode({ now: () => now })
    const { browser: at } = await signedInMember(server)
    const kept = createBrowserClient(server.address, undefined, new Map(at.cookies))
    expect((await kept.at(node.address).get('/api/v1/tiers')).status).toBe(200)
    await at.post('/console/sign-out')
    expect((await kept.get('/api/v1/tiers')).status).toBe(401)
    await expect.poll(async () => (await kept.at(node.address).get('/api/v1/tiers')).status).toBe(401)
    expect((await kept.post('/console/sign-out')).status).toBe(200)
  })

  it('ends with the membership, and changes with the role, at once', async () => {
    const { id, browser: at } = await signedInMember(server, 'admin')
    expect((await at.get('/api/v1/api-keys')).status).toBe(200)
    await server.owner.patch(`/members/${id}`, { role: 'referrer' })
    expect((await at.get('/api/v1/api-keys')).status).toBe(403)
    await server.owner.delete(`/members/${id}`)
    expect((await at.get('/api/v1/api-keys')).status).toBe(401)
    expect(await whoIs(at)).toBeNull()
    const left = await server.db.read
      .selectFrom('sessions')
      .innerJoin('members', 'members.login_id', 'sessions.login_id')
      .select('sessions.id')
      .where('members.id', '=', id)
      .execute()
    expect(left).toEqual([])
  })

  it('lasts no longer than the token it was begun with, and ends with that', async () => {
    const { id, client } = await server.memberWith('viewer')
    const expiresAt = new Date(now + 10 * minute).toISOString()
    const made = (await client.post(`/members/${id}/tokens`, { name: 'Short', expiresAt })).body
    const [first, second] = [browser(), browser()]
    const begun = await first.post('/console/sign-in/token', { memberToken: made.memberToken })
    expect(begun.body.signedIn.expiresAt).toBe(expiresAt)
    await second.post('/console/sign-in/token', { memberToken: client.key })
    await client.post(`/member-tokens/${made.id}/revoke`)
    expect(await whoIs(first)).toBeNull()
    expect(await whoIs(second)).not.toBeNull()
    for (const memberToken of [made.memberToken, server.client.key, 'nxm_nothing', randomUUID()]) {
      expect(codeOf(await first.post('/console/sign-in/token', { memberToken }))).toEqual([401, 'sign_in_failed'])
    }
  })

  it('takes the place of the sign-in before it in the same browser', async () => {
    const { browser: at } = await signedInMember(server)
    const before = createBrowserClient(server.address, undefined, new Map(at.cookies))
    await at.post('/console/sign-in/token', { memberToken: server.owner.key })
    expect(await whoIs(before)).toBeNull()
    expect((await whoIs(at)).email).toBe('owner@narthex.invalid')
  })

  it('keeps the newest fifty of one person', async () => {
    const { client } = await server.memberWith('viewer')
    const browsers = Array.from({ length: 51 }, browser)
    for (const at of browsers) {
      now += 1
      await at.post('/console/sign-in/token', { memberToken: client.key })
    }
    expect(await whoIs(browsers[0]!)).toBeNull()
    expect(await whoIs(browsers[1]!)).not.toBeNull()
  })

  it('is on record in every workspace that the login opens, and nothing of it in clear', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const here = await server.memberWith('viewer')
    const there = await server.memberWith('viewer', { workspaceId, email: here.email })
    await browser().post('/console/sign-in/token', { memberToken: here.client.key })
    for (const { id, home } of [
      { ...here, home: server.workspaceId },
      { ...there, home: workspaceId },
    ]) {
      const event = (await eventsOf(server.db, id)).find(({ type }) => type === 'member.signed_in')
      expect([event?.workspace_id, event?.actor_kind, event?.actor_id]).toEqual([home, 'member', id])
      expect(event?.after).toBe('{"by":"member_token","secondFactor":false}')
      expect(JSON.stringify(event)).not.toContain(here.email)
      await requireWholeChain(server.db, home)
    }
  })
})

describe.each(testDatabases)('tries to sign in on $name', (kind) => {
  let server: TestServer
  let now = Date.now()

  beforeAll(async () => {
    const limits = { ...cheapPasswords, signInTriesPerLoginMax: 3, signInTriesPerAddressMax: 8 }
    server = await startTestServer(kind, { clock: { now: () => now }, limits })
  })
  afterAll(() => server.close())

  const tried = async (email: string, secret: string) => {
    const { status, headers } = await createBrowserClient(server.address).post('/console/sign-in', {
      email,
      password: secret,
    })
    return [status, headers.get('retry-after')]
  }

  it('are few for one person, known or not, in every spelling, until one succeeds or time has passed', async () => {
    const { email } = await signedInMember(server)
    for (const address of [email, 'nobody@example.com']) {
      for (let i = 0; i < 3; i += 1) expect(await tried(address.toUpperCase(), 'wrong')).toEqual([401, null])
      expect(await tried(address, password)).toEqual([429, '900'])
    }
    now += 15 * minute
    expect((await tried(email, 'wrong'))[0]).toBe(401)
    expect((await tried(email, password))[0]).toBe(200)
    for (let i = 0; i < 3; i += 1) expect((await tried(email, 'wrong'))[0]).toBe(401)
  })

  it('are few for one address of the network, whomever they name', async () => {
    now += 15 * minute
    for (let i = 0; i < 8; i += 1) expect((await tried(`${randomUUID()}@example.com`, 'wrong'))[0]).toBe(401)
    const late = createBrowserClient(server.address)
    expect((await tried(`${randomUUID()}@example.com`, 'wrong'))[0]).toBe(429)
    expect((await late.post('/console/sign-in/token', { memberToken: server.owner.key })).status).toBe(429)
    expect((await late.post('/console/invitations/accept', { invitation: 'nxi_any' })).status).toBe(429)
  })
})

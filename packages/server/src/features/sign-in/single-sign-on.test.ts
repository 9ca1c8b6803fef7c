// Against a real OpenID provider, over real sockets: discovery, authorization, token, keys.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient, type BrowserClient } from '../../../test/browser-client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { startOidcIssuer, type OidcIssuer, type Person } from '../../../test/oidc-issuer.ts'
import { cheapPasswords, password, signedInMember } from '../../../test/sign-in.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('single sign-on on $name', (kind) => {
  let server: TestServer
  let provider: OidcIssuer

  beforeAll(async () => {
    provider = await startOidcIssuer()
    server = await startTestServer(kind, {
      limits: cheapPasswords,
      environment: {
        NARTHEX_OUTGOING_ALLOW: '127.0.0.1',
        NARTHEX_OIDC_ISSUER: provider.issuer,
        NARTHEX_OIDC_CLIENT_ID: provider.audience,
        NARTHEX_OIDC_CLIENT_SECRET: provider.clientSecret,
      },
    })
  })
  afterAll(async () => {
    await server.close()
    await provider.close()
  })

  const browser = () => createBrowserClient(server.address)
  const personWith = (email: string, verified = true): Person => ({
    sub: randomUUID(),
    email,
    email_verified: verified,
  })
  const address = () => `${randomUUID()}@example.com`
  const whoIs = async (at: BrowserClient) => (await at.get('/console/session')).body.signedIn
  const pathOf = (url: string) => url.replace('https://id.example.com', '')
  /** The address that the provider sends the browser back to. */
  const sentBack = async (person: Person, at: BrowserClient) => {
    const { status, headers } = await at.get('/console/oidc')
    expect(status).toBe(303)
    return pathOf(await provider.visit(person, headers.get('location') as string))
  }
  const signIn = async (person: Person, at = browser()) => {
    const { status, headers } = await at.get(await sentBack(person, at))
    expect(status).toBe(303)
    return { at, location: headers.get('location') }
  }
  const refused = 'https://id.example.com/console?single-sign-on=refused'
  const typesOf = async (id: string) => (await eventsOf(server.db, id)).map(({ type }) => type).toSorted()

  it('is told on the page, asks for no more than the address, and binds the answer to the browser', async () => {
    const at = browser()
    expect((await at.get('/console/session')).body).toEqual({ signedIn: null, singleSignOn: true })
    const { headers } = await at.get('/console/oidc')
    const { origin, searchParams } = new URL(headers.get('location') as string)
    expect(origin).toBe(provider.issuer)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      scope: 'openid email',
      response_type: 'code',
      redirect_uri: 'https://id.example.com/console/oidc/callback',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{40}/),
      nonce: expect.stringMatching(/.{40}/),
    })
    expect(at.lastCookie()).toMatch(
      /^__Host-narthex-single-sign-on=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    )
    expect(at.lastCookie()).not.toContain(searchParams.get('state'))
  })

  it('lets a member in by a verified address, and from then on by what the provider calls the person', async () => {
    const { id, email } = await server.memberWith('viewer')
    const person = personWith(email.toUpperCase())
    const { at, location } = await signIn(person)
    expect(location).toBe('https://id.example.com/console')
    expect(await whoIs(at)).toMatchObject({ email, memberships: [{ memberId: id }] })
    expect(at.lastCookie()).toContain('Max-Age=0')
    const renamed = { ...person, email: address(), email_verified: false }
    expect((await whoIs((await signIn(renamed)).at)).email).toBe(email)
    expect(await typesOf(id)).toEqual(['member.created', 'member.signed_in', 'member.signed_in'])
    const event = (await eventsOf(server.db, id)).find(({ type }) => type === 'member.signed_in')
    expect(event?.after).toBe('{"by":"single_sign_on","secondFactor":false}')
  })

  it('refuses strangers, addresses that are not verified, and makes nobody a member', async () => {
    const { email } = await server.memberWith('viewer')
    const before = await server.db.read.selectFrom('logins').select('id').execute()
    for (const person of [personWith(address()), personWith(email, false)]) {
      const { at, location } = await signIn(person)
      expect(location).toBe(refused)
      expect(await whoIs(at)).toBeNull()
    }
    expect(await server.db.read.selectFrom('logins').select('id').execute()).toEqual(before)
  })

  it('joins pending members of a verified address without their invitation, in every workspace', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const other = await server.memberWith('owner', { workspaceId })
    const email = address()
    const fields = { email, firstname: 'Rita', lastname: 'Reis', role: 'viewer' }
    const [here, there] = [
      (await server.owner.post('/members', fields)).body,
      (await other.client.post('/members', fields)).body,
    ]
    const { at } = await signIn(personWith(email))
    expect((await whoIs(at)).memberships).toHaveLength(2)
    for (const { id } of [here, there])
      expect(await typesOf(id)).toEqual(['member.created', 'member.joined', 'member.signed_in'])
    const late = await browser().post('/console/invitations/accept', { invitation: here.invitation, password })
    expect(late.body.code).toBe('invitation_not_found')
  })

  it('takes an address over from who got it by an invitation, and keeps one that was verified before', async () => {
    const email = address()
    const fields = { email, firstname: 'Rita', lastname: 'Reis', role: 'viewer' }
    const { invitation } = (await server.owner.post('/members', fields)).body
    const squatter = browser()
    await squatter.post('/console/invitations/accept', { invitation, password })
    const { at } = await signIn(personWith(email))
    expect(await whoIs(squatter)).toBeNull()
    expect(await whoIs(at)).toMatchObject({ email, hasPassword: false })
    const member = await signedInMember(server)
    await signIn(personWith(member.email))
    expect(await whoIs(member.browser)).toMatchObject({ hasPassword: true })
  })

  it('refuses another person whom the provider gave a linked address to', async () => {
    const { email } = await server.memberWith('viewer')
    await signIn(personWith(email))
    expect((await signIn(personWith(email))).location).toBe(refused)
  })

  it('refuses an answer for another browser, a second use, and a forged or foreign one', async () => {
    const { email } = await server.memberWith('viewer')
    const person = personWith(email)
    const [mine, theirs] = [browser(), browser()]
    const back = await sentBack(person, mine)
    const attempts = [
      await theirs.get(back),
      await (async () => {
        await theirs.get('/console/oidc')
        return theirs.get(back)
      })(),
    ]
    const kept = new Map(mine.cookies)
    const good = await mine.get(back)
    expect(good.headers.get('location')).toBe('https://id.example.com/console')
    attempts.push(await createBrowserClient(server.address, undefined, new Map(kept)).get(back))
    for (const forged of ['?code=x&state=y', '', '?error=access_denied']) {
      const at = browser()
      await at.get('/console/oidc')
      attempts.push(await at.get(`/console/oidc/callback${forged}`))
    }
    const tampered = browser()
    tampered.cookies.set('__Host-narthex-single-sign-on', 'AAAA')
    attempts.push(await tampered.get(back))
    for (const { status, headers } of attempts) expect([status, headers.get('location')]).toEqual([303, refused])
  })
})

describe('single sign-on', () => {
  const start = (environment: Record<string, string>) =>
    startTestServer(testDatabases[0] as (typeof testDatabases)[number], { environment })

  it('is not there unless the operator has connected a provider', async () => {
    const server = await start({})
    for (const path of ['/console/oidc', '/console/oidc/callback?code=x&state=y']) {
      const { status, body } = await createBrowserClient(server.address).get(path)
      expect([status, body.code]).toEqual([404, 'route_not_found'])
    }
    await server.close()
  })

  it('tells the page when the provider cannot be asked, and asks inside the network only what the operator names', async () => {
    const provider = await startOidcIssuer()
    const server = await start({
      NARTHEX_OIDC_ISSUER: provider.issuer,
      NARTHEX_OIDC_CLIENT_ID: provider.audience,
      NARTHEX_OIDC_CLIENT_SECRET: provider.clientSecret,
    })
    const { status, headers } = await createBrowserClient(server.address).get('/console/oidc')
    const told = 'https://id.example.com/console?single-sign-on=unavailable'
    expect([status, headers.get('location')]).toEqual([303, told])
    await Promise.all([server.close(), provider.close()])
  })
})

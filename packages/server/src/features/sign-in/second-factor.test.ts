import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient, type BrowserClient } from '../../../test/browser-client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import {
  cheapPasswords,
  codeAt,
  fromBase32,
  password,
  signedInMember,
  withSecondFactor,
} from '../../../test/sign-in.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const step = 30_000

describe.each(testDatabases)('passwords and second factors on $name', (kind) => {
  let server: TestServer
  let now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now }, limits: cheapPasswords })
  })
  afterAll(() => server.close())

  const browser = () => createBrowserClient(server.address)
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]
  const isIn = async (at: BrowserClient) => (await at.get('/console/session')).body.signedIn !== null
  const typesOf = async (id: string) => (await eventsOf(server.db, id)).map(({ type }) => type)
  const signIn = (at: BrowserClient, email: string, code?: string) =>
    at.post('/console/sign-in', { email, password, ...(code !== undefined && { code }) })

  it('takes any password of 12 to 128 code points but the address itself, and compares it after NFC', async () => {
    const { email, client } = await server.memberWith('viewer')
    const at = browser()
    await at.post('/console/sign-in/token', { memberToken: client.key })
    const refused = ['too short 11', 'x'.repeat(129), email, email.toUpperCase()].map((text) => text.slice(0, 129))
    refused[0] = 'short of 12'
    for (const bad of refused) {
      const { status, body } = await at.put('/console/password', { password: bad })
      expect([status, body.issues?.[0].path]).toEqual([400, 'password'])
    }
    const accented = 'ünbelievably gut 👍'
    const changed = await at.put('/console/password', { password: accented.normalize('NFD') })
    expect(changed.status).toBe(200)
    expect((await browser().post('/console/sign-in', { email, password: accented })).status).toBe(200)
    const last = await at.put('/console/password', { password: '👍'.repeat(128), current: accented })
    expect(last.status).toBe(200)
  })

  it('changes a password only for who shows the former one, and ends the other sign-ins', async () => {
    const { id, email, browser: at } = await signedInMember(server)
    const other = browser()
    await signIn(other, email)
    const next = { password: 'another good password' }
    expect(codeOf(await at.put('/console/password', next))).toEqual([400, 'invalid_request'])
    const wrong = await at.put('/console/password', { ...next, current: 'a wrong password' })
    expect(codeOf(wrong)).toEqual([403, 'confirmation_failed'])
    expect(await isIn(other)).toBe(true)
    expect((await at.put('/console/password', { ...next, current: password })).status).toBe(200)
    expect([await isIn(at), await isIn(other)]).toEqual([true, false])
    expect(codeOf(await signIn(browser(), email))).toEqual([401, 'sign_in_failed'])
    const events = await eventsOf(server.db, id)
    expect(events.filter(({ type }) => type === 'member.password_changed')).toHaveLength(2)
    expect(JSON.stringify(events)).not.toContain(next.password)
  })

  it('asks nobody who is not signed in for a new password or a code', async () => {
    for (const reply of [
      await browser().put('/console/password', { password }),
      await browser().post('/console/totp'),
      await browser().post('/console/totp/confirm', { code: '123456' }),
      await browser().delete('/console/totp', {}),
    ])
      expect(codeOf(reply)).toEqual([401, 'unauthorized'])
  })

  it('asks for a code once a first one was shown, takes each once, and tells nobody before the password is right', async () => {
    const { id, email, browser: at } = await signedInMember(server)
    const other = browser()
    await signIn(other, email)
    const started = (await at.post('/console/totp')).body
    expect(started.otpauthUrl).toBe(
      `otpauth://totp/Narthex:${encodeURIComponent(email)}?secret=${started.secret}&issuer=Narthex`,
    )
    expect((await signIn(browser(), email)).status).toBe(200)
    expect(codeOf(await at.post('/console/totp/confirm', { code: '000000' }))).toEqual([403, 'confirmation_failed'])
    const key = fromBase32(started.secret)
    const confirmed = await at.post('/console/totp/confirm', { code: codeAt(key, now) })
    expect(confirmed.body.signedIn.hasSecondFactor).toBe(true)
    expect([await isIn(at), await isIn(other)]).toEqual([true, false])
    expect(codeOf(await at.post('/console/totp'))).toEqual([409, 'second_factor_exists'])
    expect(codeOf(await signIn(browser(), email))).toEqual([401, 'second_factor_required'])
    const wrong = { email, password: 'wrong', code: codeAt(key, now + step) }
    expect(codeOf(await browser().post('/console/sign-in', wrong))).toEqual([401, 'sign_in_failed'])
    expect(codeOf(await signIn(browser(), email, codeAt(key, now)))).toEqual([401, 'sign_in_failed'])
    now += step
    expect((await signIn(browser(), email, codeAt(key, now))).status).toBe(200)
    expect(codeOf(await signIn(browser(), email, codeAt(key, now)))).toEqual([401, 'sign_in_failed'])
    const events = await eventsOf(server.db, id)
    expect(events.filter(({ type }) => type === 'member.second_factor_added')).toHaveLength(1)
    expect(events.map(({ after }) => after)).toContain('{"by":"password","secondFactor":true}')
    const logins = await server.db.read.selectFrom('logins').selectAll().execute()
    expect(JSON.stringify([events, logins])).not.toContain(started.secret)
    expect(JSON.stringify(logins)).not.toContain(key.toString('base64url'))
  })

  it('takes one code once however many browsers show it at the same moment on two nodes', async () => {
    const node = await server.anotherNode({ now: () => now })
    const { email, browser: at } = await signedInMember(server)
    const key = await withSecondFactor(at, () => now)
    now += step
    const code = codeAt(key, now)
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) => signIn(i % 2 ? browser() : browser().at(node.address), email, code)),
    )
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401, 401])
  })

  it.each(['code', 'password'] as const)('is turned off by who shows a %s, and by nobody else', async (by) => {
    const { id, email, browser: at } = await signedInMember(server)
    const key = await withSecondFactor(at, () => now)
    now += step
    for (const bad of [{}, { code: '000000' }, { password: 'wrong' }])
      expect(codeOf(await at.delete('/console/totp', bad))).toEqual([403, 'confirmation_failed'])
    const proof = by === 'code' ? { code: codeAt(key, now) } : { password }
    expect((await at.delete('/console/totp', proof)).body.signedIn.hasSecondFactor).toBe(false)
    expect((await at.delete('/console/totp', {})).status).toBe(200)
    expect((await signIn(browser(), email)).status).toBe(200)
    expect((await typesOf(id)).filter((type) => type === 'member.second_factor_removed')).toHaveLength(1)
  })

  it('counts wrong confirmations as tries of the same person', async () => {
    const { email, browser: at } = await signedInMember(server)
    for (let i = 0; i < 10; i += 1) {
      const reply = await at.put('/console/password', { password: 'another good password', current: 'wrong' })
      expect(reply.status).toBe(403)
    }
    expect((await at.delete('/console/totp', {})).status).toBe(200)
    expect((await at.put('/console/password', { password: 'another good password', current: password })).status).toBe(
      429,
    )
    expect((await signIn(browser(), email)).status).toBe(429)
  })
})

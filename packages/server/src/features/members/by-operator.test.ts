import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient } from '../../../test/browser-client.ts'
import { createClient } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { cheapPasswords, password, signedInMember } from '../../../test/sign-in.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { readConfig } from '../../config.ts'
import { openOperator, type OperatorSession } from '../../operator.ts'

describe.each(testDatabases)('a token from the operator on $name', (kind) => {
  let server: TestServer
  let operator: OperatorSession

  beforeAll(async () => {
    server = await startTestServer(kind, { limits: cheapPasswords })
    operator = await openOperator(readConfig({ NARTHEX_DATABASE_URL: server.database.url, NARTHEX_SECRET: testSecret }))
  })
  afterAll(async () => {
    await operator.close()
    await server.close()
  })

  const statusOf = async (token: string) => (await createClient(server.address, token).get('/workspace')).status
  const tokenFor = (email: string, reset = false) => operator.createMemberToken(server.workspaceId, { email, reset })
  const signIn = (email: string) => createBrowserClient(server.address).post('/console/sign-in', { email, password })

  it('lets a member in beside what it had', async () => {
    const { id, email, token } = await signedInMember(server)
    const made = await tokenFor(email.toUpperCase())
    expect(made).toEqual({ memberId: id, memberToken: expect.stringMatching(/^nxm_/) })
    expect([await statusOf(made.memberToken), await statusOf(token)]).toEqual([200, 200])
    expect((await signIn(email)).status).toBe(200)
  })

  it('takes away password, second factor, sign-ins and other tokens where it is told to', async () => {
    const { id, email, token, browser } = await signedInMember(server)
    const made = await tokenFor(email, true)
    expect(await statusOf(made.memberToken)).toBe(200)
    await expect.poll(() => statusOf(token)).toBe(401)
    await expect.poll(async () => (await browser.get('/console/session')).body.signedIn).toBeNull()
    expect((await signIn(email)).status).toBe(401)
    const at = createBrowserClient(server.address)
    await at.post('/console/sign-in/token', { memberToken: made.memberToken })
    expect((await at.put('/console/password', { password })).status).toBe(200)
    const reset = (await eventsOf(server.db, id)).filter(({ type }) => type === 'member.credentials_reset')
    expect(reset.map(({ actor_kind }) => actor_kind)).toEqual(['system'])
  })

  it('lets who was only invited join', async () => {
    const email = `${randomUUID()}@example.com`
    const { id } = (await server.owner.post('/members', { email, firstname: 'Pia', lastname: 'Pend', role: 'viewer' }))
      .body
    const made = await tokenFor(email)
    expect([made.memberId, await statusOf(made.memberToken)]).toEqual([id, 200])
    expect((await server.owner.get(`/members/${id}`)).body.joinedAt).not.toBeNull()
  })

  it('is refused in a line for a workspace or an address that is not there', async () => {
    const { id, email } = await server.memberWith('viewer')
    await server.owner.delete(`/members/${id}`)
    await expect(tokenFor(email)).rejects.toThrow('Member not found.')
    await expect(tokenFor('nobody')).rejects.toThrow('email')
    await expect(operator.createMemberToken('none', { email, reset: false })).rejects.toThrow('no workspace none')
  })
})

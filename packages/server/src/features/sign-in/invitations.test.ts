import { randomUUID } from 'node:crypto'
import type { Role } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserClient } from '../../../test/browser-client.ts'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { cheapPasswords, password, signedInMember } from '../../../test/sign-in.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('invitations on $name', (kind) => {
  let server: TestServer
  let elsewhere: { workspaceId: string; owner: Client }
  let now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now }, limits: cheapPasswords })
    const { workspaceId } = await server.otherWorkspace()
    elsewhere = { workspaceId, owner: (await server.memberWith('owner', { workspaceId })).client }
  })
  afterAll(() => server.close())

  const browser = () => createBrowserClient(server.address)
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]
  const invite = async (by: Client, email = `${randomUUID()}@example.com`, role: Role = 'viewer') =>
    (await by.post('/members', { email, firstname: 'Rita', lastname: 'Reis', role })).body
  const accept = (invitation: string, given: object = { password }, at = browser()) =>
    at.post('/console/invitations/accept', { invitation, ...given })

  it('let somebody new in with a password of its own, once', async () => {
    const { id, email, invitation } = await invite(server.owner)
    const at = browser()
    const joined = await accept(` ${invitation} `, { password }, at)
    expect(joined.status).toBe(200)
    expect(joined.body.signedIn).toMatchObject({ email, hasPassword: true, memberships: [{ memberId: id }] })
    expect((await at.get('/api/v1/tiers')).status).toBe(200)
    expect((await server.owner.get(`/members/${id}`)).body.joinedAt).toBe(new Date(now).toISOString())
    expect((await browser().post('/console/sign-in', { email, password })).status).toBe(200)
    expect(codeOf(await accept(invitation))).toEqual([404, 'invitation_not_found'])
    const types = (await eventsOf(server.db, id)).map(({ type }) => type)
    expect(types.toSorted()).toEqual(['member.created', 'member.joined', 'member.signed_in'])
  })

  it('need a good password from somebody new', async () => {
    const { email, invitation } = await invite(server.owner)
    for (const given of [{}, { password: 'short' }, { password: email }]) {
      const { status, body } = await accept(invitation, given)
      expect([status, body.issues[0].path]).toEqual([400, 'password'])
    }
    expect((await accept(invitation)).status).toBe(200)
  })

  it('are nothing once they have ended, were replaced, or their member was removed', async () => {
    const [late, replaced, removed] = [
      await invite(server.owner),
      await invite(server.owner),
      await invite(server.owner),
    ]
    await server.owner.post(`/members/${replaced.id}/invite`)
    await server.owner.delete(`/members/${removed.id}`)
    now += 7 * day
    for (const { invitation } of [late, replaced, removed, { invitation: 'nxi_nothing' }, { invitation: randomUUID() }])
      expect(codeOf(await accept(invitation))).toEqual([404, 'invitation_not_found'])
    const again = (await server.owner.post(`/members/${late.id}/invite`)).body
    expect((await accept(again.invitation)).status).toBe(200)
  })

  it('join somebody who has a sign-in only as that, and never set its password', async () => {
    const known = await signedInMember(server)
    const { id, invitation } = await invite(elsewhere.owner, known.email.toUpperCase())
    expect(codeOf(await accept(invitation, { password: 'of somebody else altogether' }))).toEqual([
      409,
      'sign_in_required',
    ])
    const { browser: other } = await signedInMember(server)
    expect(codeOf(await accept(invitation, { password }, other))).toEqual([409, 'sign_in_required'])
    const joined = await accept(invitation, {}, known.browser)
    expect(joined.body.signedIn.memberships.map((place: { memberId: string }) => place.memberId)).toContain(id)
    const inside = await known.browser.get('/api/v1/workspace', { 'x-workspace-id': elsewhere.workspaceId })
    expect(inside.status).toBe(200)
    expect((await browser().post('/console/sign-in', { email: known.email, password })).status).toBe(200)
  })

  it('open nothing to who was promised an address by another inviter: the operator’s word takes the address over', async () => {
    const email = `${randomUUID()}@example.com`
    const { invitation } = await invite(server.owner, email)
    const squatter = browser()
    await accept(invitation, { password }, squatter)
    const own = (await squatter.get('/console/session')).body.signedIn.memberships[0].memberId
    const { memberToken } = (await squatter.post(`/api/v1/members/${own}/tokens`, { name: 'Kept' })).body
    const { client } = await server.memberWith('owner', { workspaceId: elsewhere.workspaceId, email })
    await expect.poll(async () => (await squatter.get('/console/session')).body.signedIn).toBeNull()
    expect((await createClient(server.address, memberToken).get('/workspace')).status).toBe(401)
    expect((await browser().post('/console/sign-in', { email, password })).status).toBe(401)
    expect((await client.get('/workspace')).status).toBe(200)
    expect((await eventsOf(server.db, own)).map(({ type }) => type)).toContain('member.credentials_reset')
  })

  it('let somebody in anew who was removed everywhere, with nothing left of before', async () => {
    const before = await signedInMember(server)
    await server.owner.delete(`/members/${before.id}`)
    expect((await browser().post('/console/sign-in', { email: before.email, password })).status).toBe(401)
    const { invitation } = await invite(server.owner, before.email)
    expect((await accept(invitation, { password: 'a fresh and good password' })).status).toBe(200)
    expect((await before.browser.get('/console/session')).body.signedIn).toBeNull()
    expect((await createClient(server.address, before.token).get('/workspace')).status).toBe(401)
    expect((await browser().post('/console/sign-in', { email: before.email, password })).status).toBe(401)
  })

  it('are accepted once however many try at the same moment on two nodes', async () => {
    const node = await server.anotherNode({ now: () => now })
    const { id, invitation } = await invite(server.owner)
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        accept(invitation, { password }, i % 2 ? browser() : browser().at(node.address)),
      ),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of replies) expect([200, 404, 409]).toContain(status)
    const types = (await eventsOf(server.db, id)).map(({ type }) => type)
    expect(types.filter((type) => type === 'member.joined')).toHaveLength(1)
  })

  it('of one address to two workspaces at the same moment make one login', async () => {
    const email = `${randomUUID()}@example.com`
    const [here, there] = [await invite(server.owner, email), await invite(elsewhere.owner, email)]
    const replies = await Promise.all([accept(here.invitation), accept(there.invitation)])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409])
    const late = replies.find(({ status }) => status === 409)
    expect(late?.body.code).toBe('sign_in_required')
  })
})

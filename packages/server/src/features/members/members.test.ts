import { randomUUID } from 'node:crypto'
import type { Role } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const day = 24 * 60 * 60 * 1000

describe.each(testDatabases)('members on $name', (kind) => {
  let server: TestServer
  let owner: Client
  const now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    owner = server.owner
  })
  afterAll(() => server.close())

  const fields = (role: Role = 'reviewer') => ({
    email: `${randomUUID()}@example.com`,
    firstname: 'Rita',
    lastname: 'Reis',
    role,
  })
  const invited = async (role?: Role) => (await owner.post('/members', fields(role))).body
  const invitations = (memberId: string) =>
    server.db.read.selectFrom('member_invitations').selectAll().where('member_id', '=', memberId).execute()
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

  it('shows the invitation once, stores its digest alone, and lets it end after seven days', async () => {
    const given = fields()
    const { status, body, headers } = await owner.post('/members', given)
    expect([status, headers.get('etag'), headers.get('cache-control')]).toEqual([200, '"1"', 'no-store'])
    const { invitation, ...member } = body
    expect(invitation).toMatch(/^nxi_[\dA-Za-z]{49}$/)
    expect(member).toEqual({
      ...given,
      id: expect.any(String),
      createdAt: new Date(now).toISOString(),
      updatedAt: new Date(now).toISOString(),
      joinedAt: null,
      workspaceId: server.workspaceId,
    })
    expect((await server.client.get(`/members/${member.id}`)).body).toEqual(member)
    const [stored] = await invitations(member.id)
    expect(stored?.expires_at).toBe(now + 7 * day)
    const events = await eventsOf(server.db, member.id)
    expect(events.map(({ type }) => type)).toEqual(['member.created'])
    for (const kept of [stored, events]) expect(JSON.stringify(kept)).not.toContain(invitation)
    for (const text of [given.email, 'Rita', 'Reis']) expect(String(events[0]?.after)).not.toContain(text)
  })

  it('lists members newest first, by ids, and by a part of their names and addresses', async () => {
    const [first, second] = [await invited(), await invited()]
    const listed = async (query: string) =>
      (await owner.get(`/members?${query}`)).body.map(({ id }: { id: string }) => id) as string[]
    expect((await listed(`ids=${first.id}&ids=${second.id}`)).toSorted()).toEqual([first.id, second.id].toSorted())
    expect(await listed(`search=${second.email.slice(2, 30).toUpperCase()}`)).toEqual([second.id])
    expect(await listed('search=RÏTA%20re&pageSize=100')).toContain(first.id)
    const page = await owner.get('/members?pageSize=1&count=exact')
    expect(page.body).toHaveLength(1)
    expect(Number(page.headers.get('total-count'))).toBeGreaterThan(2)
    expect(page.headers.get('link')).toContain('rel="next"')
  })

  it('answers another workspace’s member as a random id', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const stranger = await server.memberWith('owner', { workspaceId })
    for (const id of [stranger.id, randomUUID()]) {
      const replies = [
        await owner.get(`/members/${id}`),
        await owner.patch(`/members/${id}`, { role: 'viewer' }),
        await owner.post(`/members/${id}/invite`),
        await owner.delete(`/members/${id}`),
      ]
      for (const reply of replies) expect(codeOf(reply)).toEqual([404, 'member_not_found'])
    }
  })

  it('has one member per address, in however many spellings and at once', async () => {
    const given = fields()
    const spellings = [given.email, given.email.toUpperCase(), ` ${given.email}`, given.email]
    const replies = await Promise.all(spellings.map((email) => owner.post('/members', { ...given, email })))
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
    expect(codeOf(await owner.post('/members', given))).toEqual([409, 'member_exists'])
    expect(codeOf(await owner.post('/members', { ...given, email: 'nobody' }))).toEqual([400, 'invalid_request'])
  })

  it('makes a member once for one Idempotency-Key, and answers the same invitation', async () => {
    const given = fields()
    const key = { 'idempotency-key': randomUUID() }
    const [first, second] = [await owner.post('/members', given, key), await owner.post('/members', given, key)]
    expect(second.body).toEqual(first.body)
    expect(await invitations(first.body.id)).toHaveLength(1)
  })

  it('invites again with a new invitation that ends the earlier one, and not who has joined', async () => {
    const member = await invited()
    const again = await owner.post(`/members/${member.id}/invite`)
    expect(again.body).toEqual({ ...member, invitation: expect.stringMatching(/^nxi_/) })
    expect(again.body.invitation).not.toBe(member.invitation)
    expect(await invitations(member.id)).toHaveLength(1)
    expect((await eventsOf(server.db, member.id)).map(({ type }) => type)).toEqual(['member.created', 'member.invited'])
    const { id } = await server.memberWith('viewer')
    expect(codeOf(await owner.post(`/members/${id}/invite`))).toEqual([409, 'member_joined'])
  })

  it('lets nobody give, change, invite to or take a role above their own', async () => {
    const admin = (await server.memberWith('admin')).client
    const refused = [403, 'role_insufficient']
    expect(codeOf(await admin.post('/members', fields('owner')))).toEqual(refused)
    const pendingOwner = await invited('owner')
    expect(codeOf(await admin.post(`/members/${pendingOwner.id}/invite`))).toEqual(refused)
    expect(codeOf(await admin.patch(`/members/${server.ownerId}`, { role: 'viewer' }))).toEqual(refused)
    expect(codeOf(await admin.patch(`/members/${server.ownerId}`, {}))).toEqual(refused)
    expect(codeOf(await admin.delete(`/members/${pendingOwner.id}`, { 'if-match': '"7"' }))).toEqual(refused)
    const { id } = (await admin.post('/members', fields('admin'))).body
    expect(codeOf(await admin.patch(`/members/${id}`, { role: 'owner' }))).toEqual(refused)
    expect((await admin.patch(`/members/${id}`, { role: 'viewer' })).body.role).toBe('viewer')
    for (const role of ['reviewer', 'referrer', 'viewer'] as const) {
      const { client } = await server.memberWith(role)
      expect(codeOf(await client.post('/members', fields('viewer')))).toEqual(refused)
      expect(codeOf(await client.delete(`/members/${id}`))).toEqual(refused)
    }
  })

  it('refuses an API key with every scope what only members may', async () => {
    const { id } = await invited()
    const replies = [
      await server.client.post('/members', fields()),
      await server.client.post(`/members/${id}/invite`),
      await server.client.patch(`/members/${id}`, { role: 'viewer' }),
      await server.client.delete(`/members/${id}`),
      await server.client.get(`/members/${id}/tokens`),
      await server.client.post(`/members/${id}/tokens`, { name: 'Mine' }),
      await server.client.post(`/member-tokens/${id}/revoke`),
    ]
    for (const reply of replies) expect(codeOf(reply)).toEqual([403, 'member_required'])
  })

  it('changes a role for a version that the caller has seen, once, with what it was', async () => {
    const { id } = await invited()
    expect(codeOf(await owner.patch(`/members/${id}`, { role: 'viewer' }, { 'if-match': '"7"' }))).toEqual([
      412,
      'precondition_failed',
    ])
    const changed = await owner.patch(`/members/${id}`, { role: 'viewer' }, { 'if-match': '"1"' })
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"'])
    expect((await owner.patch(`/members/${id}`, { role: 'viewer' })).headers.get('etag')).toBe('"2"')
    const [, event, ...rest] = await eventsOf(server.db, id)
    expect(rest).toEqual([])
    expect([event?.type, event?.before, event?.after]).toEqual([
      'member.updated',
      '{"role":"reviewer"}',
      '{"role":"viewer"}',
    ])
  })

  it('ends the invitation of a member whose role rises: who made it may not give that role', async () => {
    const { id } = await invited('viewer')
    await owner.patch(`/members/${id}`, { role: 'referrer' })
    expect(await invitations(id)).toEqual([])
    await owner.post(`/members/${id}/invite`)
    await owner.patch(`/members/${id}`, { role: 'viewer' })
    expect(await invitations(id)).toHaveLength(1)
  })

  it('takes effect on tokens here at once, and on every other node', async () => {
    const node = await server.anotherNode()
    const { id, client } = await server.memberWith('admin')
    const there = createClient(node.address, client.key)
    expect((await there.get('/api-keys')).status).toBe(200)
    await owner.patch(`/members/${id}`, { role: 'referrer' })
    expect(codeOf(await client.get('/api-keys'))).toEqual([403, 'scope_missing'])
    await expect.poll(async () => (await there.get('/api-keys')).status).toBe(403)
    expect((await owner.delete(`/members/${id}`)).body).toEqual({ message: 'The member was removed.' })
    expect(codeOf(await client.get('/api-keys'))).toEqual([401, 'unauthorized'])
    await expect.poll(async () => (await there.get('/api-keys')).status).toBe(401)
    expect(codeOf(await owner.get(`/members/${id}`))).toEqual([404, 'member_not_found'])
    const types = (await eventsOf(server.db, id)).map(({ type }) => type)
    expect(types).toEqual(['member.created', 'member.updated', 'member.removed'])
  })

  it('frees the address of a removed member, deletes its invitations, and keeps who it was', async () => {
    const member = await invited()
    await owner.delete(`/members/${member.id}`)
    expect(await invitations(member.id)).toEqual([])
    const again = await owner.post('/members', { ...fields(), email: member.email })
    expect(again.status).toBe(200)
    expect(again.body.id).not.toBe(member.id)
    const kept = await server.db.read.selectFrom('members').selectAll().where('id', '=', member.id).execute()
    expect(kept[0]?.email).toBe(member.email)
  })

  it('leaves the other memberships of whoever is removed from one, and ends the tokens made in that one', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const here = await server.memberWith('viewer')
    const there = await server.memberWith('viewer', { workspaceId, email: here.email })
    await owner.delete(`/members/${here.id}`)
    expect((await here.client.get('/workspace', { 'x-workspace-id': workspaceId })).status).toBe(401)
    expect((await there.client.get('/workspace')).body.id).toBe(workspaceId)
    const elsewhere = await there.client.get('/workspace', { 'x-workspace-id': server.workspaceId })
    expect(codeOf(elsewhere)).toEqual([404, 'workspace_not_found'])
  })

  it('lets an owner and an admin make API keys, with events that name the member', async () => {
    const admin = await server.memberWith('admin')
    const { status, body } = await admin.client.post('/api-keys', { name: 'Shop', scopes: ['tiers:read'] })
    expect(status).toBe(200)
    const [event] = await eventsOf(server.db, body.id)
    expect([event?.actor_kind, event?.actor_id]).toEqual(['member', admin.id])
    expect((await admin.client.post(`/api-keys/${body.id}/revoke`, {})).status).toBe(200)
  })
})

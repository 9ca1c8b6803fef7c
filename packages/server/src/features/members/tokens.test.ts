import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('member tokens on $name', (kind) => {
  let server: TestServer
  let member: TestMemberClient
  let now = Date.now()

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    member = await server.memberWith('referrer')
  })
  afterAll(() => server.close())

  const make = async (body: object = { name: 'My script' }, client: Client = member.client) =>
    client.post(`/members/${member.id}/tokens`, body)

  it('shows the secret once, stores its digest alone, and opens what the member may', async () => {
    const { body, headers } = await make()
    const { memberToken, ...token } = body
    expect(headers.get('cache-control')).toBe('no-store')
    expect(memberToken).toMatch(/^nxm_[\dA-Za-z]{49}$/)
    expect(token).toEqual({
      id: expect.any(String),
      createdAt: new Date(now).toISOString(),
      memberId: member.id,
      name: 'My script',
      prefix: memberToken.slice(0, 9),
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
    })
    const listed = await member.client.as(memberToken).get(`/members/${member.id}/tokens`)
    expect(listed.body).toHaveLength(2)
    const stored = await server.db.read.selectFrom('member_tokens').selectAll().execute()
    const events = await eventsOf(server.db, token.id)
    expect(events.map(({ type }) => type)).toEqual(['member_token.created'])
    expect(JSON.stringify([stored, events])).not.toContain(memberToken)
  })

  it('ends a token at its moment, which must lie ahead', async () => {
    expect((await make({ name: 'Late', expiresAt: new Date(now).toISOString() })).status).toBe(400)
    const { memberToken } = (await make({ name: 'Short', expiresAt: new Date(now + 1000).toISOString() })).body
    const using = member.client.as(memberToken)
    expect((await using.get('referral:/organizations')).status).not.toBe(401)
    now += 1000
    expect((await using.get('referral:/organizations')).status).toBe(401)
  })

  it('is no business of anybody else, whatever their role: another member is as a random id', async () => {
    const { id } = (await make()).body
    for (const stranger of [member.id, randomUUID()]) {
      const replies = [
        await server.owner.get(`/members/${stranger}/tokens`),
        await server.owner.post(`/members/${stranger}/tokens`, { name: 'Theirs' }),
      ]
      for (const { status, body } of replies) expect([status, body.code]).toEqual([404, 'member_not_found'])
    }
    for (const token of [id, randomUUID()]) {
      const { status, body } = await server.owner.post(`/member-tokens/${token}/revoke`)
      expect([status, body.code]).toEqual([404, 'member_token_not_found'])
    }
  })

  it('is revoked at once, once, and still listed', async () => {
    const { id, memberToken } = (await make()).body
    const using = member.client.as(memberToken)
    const revoked = await using.post(`/member-tokens/${id}/revoke`)
    expect(revoked.body.revokedAt).toBe(new Date(now).toISOString())
    expect((await using.get(`/members/${member.id}/tokens`)).status).toBe(401)
    now += 1000
    const again = await member.client.post(`/member-tokens/${id}/revoke`)
    expect([again.status, again.body.revokedAt]).toEqual([200, revoked.body.revokedAt])
    expect((await eventsOf(server.db, id)).map(({ type }) => type)).toEqual([
      'member_token.created',
      'member_token.revoked',
    ])
    const { body } = await member.client.get(`/members/${member.id}/tokens`)
    expect(body.find((token: { id: string }) => token.id === id).revokedAt).not.toBeNull()
  })

  it('opens the workspace that the request names among those of its member', async () => {
    const { workspaceId } = await server.otherWorkspace()
    const viewer = await server.memberWith('viewer')
    await server.memberWith('viewer', { workspaceId, email: viewer.email })
    const named = async (id?: string) =>
      (await viewer.client.get('/workspace', id === undefined ? {} : { 'x-workspace-id': id })).body
    expect((await named()).id).toBe(server.workspaceId)
    expect((await named(workspaceId)).id).toBe(workspaceId)
    expect((await named(randomUUID())).code).toBe('workspace_not_found')
  })
})

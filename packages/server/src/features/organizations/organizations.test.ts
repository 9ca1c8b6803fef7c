// Organizations over HTTP: those that a caller sees, on the wire, page by page.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { refusal } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('organizations on $name', (kind) => {
  let server: TestServer
  let other: { client: Client; workspaceId: string }
  let member: TestMemberClient

  const list = async (query = '', client: Client = member.client) => {
    const { status, body } = await client.get(`referral:/organizations?${query}`)
    expect(status).toBe(200)
    return body
  }
  const idsOf = ({ organizations }: { organizations: { id: string }[] }) => organizations.map(({ id }) => id)

  beforeAll(async () => {
    server = await startTestServer(kind)
    other = await server.otherWorkspace()
    const email = 'both@example.com'
    member = await server.memberWith('viewer', { email })
    await server.memberWith('referrer', { email, workspaceId: other.workspaceId })
    await server.client.patch('/workspace', { name: 'Carrots Inc' })
    await other.client.patch('/workspace', { name: 'carrots and sons' })
    await server.db.write((tx) =>
      tx.updateTable('workspaces').set({ parent_id: server.workspaceId }).where('id', '=', other.workspaceId).execute(),
    )
  })
  afterAll(() => server.close())

  it('are those that the caller sees, filtered, sorted and paged like every list', async () => {
    const [first, second] = [server.workspaceId, other.workspaceId].toSorted()
    const { organizations, meta } = await list()
    expect(idsOf({ organizations })).toEqual([first, second])
    expect(meta.page).toEqual({ totalPages: 1, number: 0, size: 10, elements: 2, totalElements: 2 })
    const version = expect.any(String)
    expect(organizations).toContainEqual({ id: server.workspaceId, name: 'Carrots Inc', meta: { version } })
    expect(organizations).toContainEqual({
      id: other.workspaceId,
      name: 'carrots and sons',
      parentId: server.workspaceId,
      meta: { version },
    })
    const filter = (text: object) => `filter=${encodeURIComponent(JSON.stringify(text))}`
    expect(idsOf(await list(filter({ name: { startsWith: 'carrots' } })))).toEqual([other.workspaceId])
    expect(idsOf(await list(filter({ parentId: server.workspaceId.toUpperCase() })))).toEqual([other.workspaceId])
    expect(idsOf(await list(filter({ not: { parentId: server.workspaceId } })))).toEqual([server.workspaceId])
    expect(idsOf(await list('sort=name'))).toEqual([server.workspaceId, other.workspaceId])
    expect(idsOf(await list('sort=-name&size=1'))).toEqual([other.workspaceId])
    for (const sort of ['parentId', '-parentId'])
      expect(idsOf(await list(`sort=${sort}`))).toEqual([other.workspaceId, server.workspaceId])
    expect((await list('size=1&number=5')).meta.page).toEqual({
      totalPages: 2,
      number: 5,
      size: 1,
      elements: 0,
      totalElements: 2,
    })
    expect((await member.client.get('referral:/organizations?filter=%7B%22status%22:1%7D')).status).toBe(400)
    expect(idsOf(await list('', server.client))).toEqual([server.workspaceId])
  })

  it('are got one by one, and those of others as if there were none', async () => {
    const { organizations } = await list()
    for (const organization of organizations) {
      const { body, headers } = await member.client.get(`referral:/organizations/${organization.id.toUpperCase()}`)
      expect(body).toEqual(organization)
      expect(headers.get('etag')).toBe(`"${body.meta.version}"`)
    }
    for (const id of [other.workspaceId, randomUUID(), 'x']) {
      const answer = await server.client.get(`referral:/organizations/${id}`)
      expect(refusal(answer)).toEqual([404, 'narthex.referral.notFound', 'Organization not found.'])
    }
  })

  it('give a list another tag when one is called otherwise', async () => {
    const before = await member.client.get('referral:/organizations')
    const held = { 'if-none-match': before.headers.get('etag') as string }
    expect((await member.client.get('referral:/organizations', held)).status).toBe(304)
    await server.client.patch('/workspace', { name: 'Turnips Inc' })
    expect((await member.client.get('referral:/organizations', held)).status).toBe(200)
  })
})

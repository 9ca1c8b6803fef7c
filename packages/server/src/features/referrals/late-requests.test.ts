// Requests of members who lost their place, role or token on another node before the news of it arrived here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeReferral } from '../../../test/factories.ts'
import { decisionsOf, refer } from '../../../test/referrals.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const anyVersion = { 'if-match': '*' }

describe.each(testDatabases)('late requests about referrals on $name', (kind) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  /** As another node stores it, without the news that usually follow at once. */
  const losses: Record<string, { status: number; store(memberId: string): Promise<unknown> }> = {
    'were removed': {
      status: 401,
      store: (id) =>
        server.db.write((tx) => tx.updateTable('members').set({ removed_at: 1 }).where('id', '=', id).execute()),
    },
    'were given another role': {
      status: 403,
      store: (id) =>
        server.db.write((tx) => tx.updateTable('members').set({ role: 'viewer' }).where('id', '=', id).execute()),
    },
    'lost their token': {
      status: 401,
      store: (id) =>
        server.db.write((tx) =>
          tx.updateTable('member_tokens').set({ revoked_at: 1 }).where('member_id', '=', id).execute(),
        ),
    },
  }

  it.each(Object.entries(losses))('of members who %s change nothing', async (_, { status, store }) => {
    const { client, id } = await server.memberWith('admin')
    await client.get('referral:/organizations')
    const { id: referral } = await makeReferral(server.owner, server.workspaceId)
    const requests: ((client: Client) => Promise<Reply>)[] = [
      (late) => refer(late, server.workspaceId),
      (late) => late.patch(`referral:/external-users/${referral}`, { status: 'ADMITTED' }, anyVersion),
      (late) => late.delete(`referral:/external-users/${referral}`, anyVersion),
    ]
    const count = async () => (await server.db.read.selectFrom('referrals').select('id').execute()).length
    const before = await count()
    await store(id)
    for (const request of requests) expect((await request(client)).status).toBe(status)
    expect(await count()).toBe(before)
    expect(await decisionsOf(server.owner, { id: referral })).toEqual([])
  })
})

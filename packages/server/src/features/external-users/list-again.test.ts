// A page that was looked at before: what it shows is as true as when it was new.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lift, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { command } from '../../../test/explained.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('a page looked at again on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.parse('2026-03-03T09:00:00.000Z')

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  async function people(count: number) {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const users = []
    for (let i = 0; i < count; i += 1) {
      now += 1
      users.push(await makeExternalUser(client, { channelId, identifier: `ada-${i}-${now}@example.com`, name: 'Ada' }))
    }
    const page = async (pageSize: number) => client.get(`/external-users?channelIds=${channelId}&pageSize=${pageSize}`)
    return { channelId, users: users.toReversed(), page }
  }

  it.each(['external-user', 'person', 'identifier'])(
    'shows a block with the reach %s until it is lifted, and a timed one until the millisecond it ends',
    async (reach) => {
      const { users, page } = await people(3)
      const user = users[1] as (typeof users)[0]
      const subject = {
        'external-user': { externalUserId: user.id },
        person: { superIdentityId: user.superIdentityId },
        identifier: { identifier: user.identifier },
      }[reach]
      const shown = async () => {
        const first = (await page(10)).body
        expect((await page(10)).body).toEqual(first)
        return first.map((each: { blocked: boolean }) => each.blocked)
      }
      const [none, one] = [
        [false, false, false],
        [false, true, false],
      ]
      expect(await shown()).toEqual(none)
      const block = await makeBlock(client, { reach, ...subject })
      expect(await shown()).toEqual(one)
      await lift(client, block.id)
      expect(await shown()).toEqual(none)
      await makeBlock(client, { reach, ...subject, endsAt: new Date(now + 1000).toISOString() })
      expect(await shown()).toEqual(one)
      now += 999
      expect(await shown()).toEqual(one)
      now += 1
      expect(await shown()).toEqual(none)
    },
  )

  it('shows what was changed, and nobody who left the filter', async () => {
    const { users, page } = await people(2)
    const [second, first] = users as [(typeof users)[0], (typeof users)[0]]
    const names = async () => (await page(10)).body.map((each: { name: string }) => each.name)
    expect(await names()).toEqual(['Ada', 'Ada'])
    await client.patch(`/external-users/${first.id}`, { name: 'Grace' })
    expect(await names()).toEqual(['Ada', 'Grace'])
    expect(await names()).toEqual(['Ada', 'Grace'])
    await client.patch(`/external-users/${second.id}`, { name: null })
    expect(await names()).toEqual([null, 'Grace'])
  })

  it('of another size ends elsewhere, and tells of a next one only where there is one', async () => {
    const { users, page } = await people(3)
    const ids = users.map(({ id }) => id)
    for (const [size, hasNext] of [
      [2, true],
      [3, false],
      [2, true],
      [3, false],
      [4, false],
    ] as const) {
      const { body, headers } = await page(size)
      expect(body.map((each: { id: string }) => each.id)).toEqual(ids.slice(0, size))
      expect(headers.get('link') !== null).toBe(hasNext)
    }
  })

  it('shows what the database holds after versions went back, once the connection to it was lost', async () => {
    const { users, page } = await people(1)
    const { id } = users[0] as (typeof users)[0]
    await client.patch(`/external-users/${id}`, { name: 'Never replicated' })
    const shown = async () => [(await client.get(`/external-users/${id}`)).body.name, (await page(10)).body[0].name]
    expect(await shown()).toEqual(['Never replicated', 'Never replicated'])
    await server.db.write((tx) =>
      tx.updateTable('external_users').set({ name: 'Grace' }).where('id', '=', id).execute(),
    )
    if (kind.name === 'PostgreSQL') {
      await command(
        server,
        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen narthex' and datname = current_database()",
      )
    }
    await expect.poll(shown, { timeout: 10_000 }).toEqual(['Grace', 'Grace'])
  })
})

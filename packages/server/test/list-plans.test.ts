// What every filter of the list of external users reads in a large world: an index, on both databases, never the whole table.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { testDatabases } from './databases.ts'
import { command, explained } from './explained.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const accounts = 20_000

describe.each(testDatabases)('every filter of external users on $name', (kind) => {
  const texts: string[] = []
  let server: TestServer
  let client: Client
  let known: Record<'channel' | 'group' | 'tier' | 'user' | 'person', string>

  beforeAll(async () => {
    server = await startTestServer(kind, { database: { onStatement: (text) => void texts.push(text) } })
    client = server.client
    const [channel, group, tier] = [await makeChannel(client), await makeGroup(client), await makeTier(client)]
    const fields = { channelId: channel.id, externalUserGroupId: group.id, tierId: tier.id }
    const user = await makeExternalUser(client, { ...fields, externalId: 'crm-1' })
    known = { channel: channel.id, group: group.id, tier: tier.id, user: user.id, person: user.superIdentityId }
    await copyMany(server, user.id)
    if (kind.name === 'PostgreSQL') await command(server, 'analyze')
  }, 120_000)
  afterAll(() => server.close())

  const filters: [string, () => string][] = [
    ['none', () => 'pageSize=50'],
    ['pages', () => 'pageSize=50&pageNumber=3'],
    ['ids', () => `ids=${known.user}`],
    ['channel', () => `channelIds=${known.channel}`],
    ['group', () => `externalUserGroupIds=${known.group}`],
    ['tier', () => `tierIds=${known.tier}`],
    ['person', () => `superIdentityIds=${known.person}`],
    ['external id', () => 'externalId=crm-1'],
    ['identifier', () => 'identifier=crm-1'],
    ['blocked', () => 'blocked=true'],
    ['not blocked', () => 'blocked=false'],
    ['never seen', () => 'neverSeen=true'],
    ['creation', () => 'createdAfter=2026-01-01T00:00:00Z&createdBefore=2036-01-01T00:00:00Z'],
    ['last sight', () => 'lastSeenAfter=2026-01-01T00:00:00Z&lastSeenBefore=2036-01-01T00:00:00Z'],
  ]
  it.each(filters)('reads an index: %s', async (_, query) => {
    texts.length = 0
    const reply = await client.get(`/external-users?${query()}`)
    expect(reply.status).toBe(200)
    const plan = await explained(server, texts.find((text) => text.includes('string_agg')) as string)
    expect(plan.join('\n')).toMatch(/external_users/)
    expect(plan.filter((line) => /SCAN (external_users|p|i)$|Seq Scan on external_users/.test(line))).toEqual([])
  })
})

/** Many accounts like the given one, each of a person of its own and without events: only the plans are looked at. */
async function copyMany({ db }: TestServer, id: string): Promise<void> {
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(accounts)})`
  const numbered = (column: string) => sql`substr(${sql.ref(column)}, 1, 24) || cast(100000000000 + i as text)`
  await db.write(async (tx) => {
    await sql`
      insert into super_identities (workspace_id, id, search_text, version, created_at, updated_at)
      ${numbers} select workspace_id, ${numbered('super_identity_id')}, '', 1, created_at, created_at
      from external_users cross join n where id = ${id}`.execute(tx)
    await sql`
      insert into external_users (workspace_id, id, channel_id, super_identity_id, external_id, search_text, version,
        created_at, updated_at)
      ${numbers} select workspace_id, ${numbered('id')}, channel_id, ${numbered('super_identity_id')},
        'crm-' || (i + 1), 'crm-' || (i + 1), 1, created_at + i, created_at + i
      from external_users cross join n where id = ${id}`.execute(tx)
  })
}

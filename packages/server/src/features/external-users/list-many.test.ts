// Lists of a workspace with very many people and channels: what they find, and that nobody else waits for them.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import type { Tx } from '../../db/database.ts'

const many = { users: 100_000, channels: 10_000 }

/** A key of its own for each number `i`, like the key of what is copied. */
const keyOf = (column: string) => sql.raw(`substr(${column}, 1, 24) || (100000000000 + i)`)

/** Copies of one account and its person under other keys, as the database can make them fastest. */
async function copyAccount(tx: Tx, id: string): Promise<void> {
  const numbers = sql`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${many.users})`
  await sql`insert into super_identities
    (workspace_id, id, search_text, version, created_at, updated_at)
    ${numbers} select s.workspace_id, ${keyOf('u.super_identity_id')}, '', 1, s.created_at, s.updated_at from n, external_users u
    join super_identities s on s.workspace_id = u.workspace_id and s.id = u.super_identity_id where u.id = ${id}`.execute(
    tx,
  )
  await sql`insert into external_users
    (workspace_id, id, channel_id, super_identity_id, name, search_text, version, created_at, updated_at)
    ${numbers} select workspace_id, ${keyOf('id')}, channel_id, ${keyOf('super_identity_id')}, 'Copy ' || i, 'copy ' || i, 1, created_at - i, updated_at
    from n, external_users where id = ${id}`.execute(tx)
}

async function copyChannel(tx: Tx, id: string): Promise<void> {
  await sql`insert into channels (workspace_id, id, name, kind, identifier_kind, provisioning, admission, search_text,
      version, created_at, updated_at)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${many.channels})
    select workspace_id, ${keyOf('id')}, 'Copy', kind, identifier_kind, provisioning, admission, 'copy', 1, created_at - i, updated_at
    from n, channels where id = ${id}`.execute(tx)
}

describe.each(testDatabases)('external users of a large workspace on $name', (kind) => {
  let server: TestServer
  let client: Client

  const found = async (query: string) => {
    const { status, body, headers } = await client.get(`/external-users?${query}`)
    expect(status).toBe(200)
    return { ids: body.map(({ id }: { id: string }) => id), total: headers.get('total-count') }
  }

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
    const { id, channelId } = await makeExternalUser(client)
    await server.db.write((tx) => copyChannel(tx, channelId))
    await server.db.write((tx) => copyAccount(tx, id))
  })
  afterAll(() => server.close())

  it('are searched and counted while others are answered', async () => {
    const atOnce = 6
    let [ended, over] = [0, false]
    const searching = Array.from({ length: atOnce }, async () => {
      for (; !over; ended += 1) await found('search=9&count=exact')
    })
    const endedMeanwhile: number[] = []
    try {
      for (let time = 0; time < 10; time += 1) {
        const before = ended
        await client.get('/workspace')
        endedMeanwhile.push(ended - before)
      }
    } finally {
      over = true
      await Promise.all(searching)
    }
    expect(Math.min(...endedMeanwhile)).toBeLessThan(atOnce)
  })

  it('are found in a search as soon as they are there', async () => {
    for (const name of ['Žofka', 'Żofia', 'Ẑou']) {
      const { id } = await makeExternalUser(client, { name })
      expect((await found(`search=${encodeURIComponent(name)}&pageSize=1`)).ids).toEqual([id])
    }
  })

  it.each([
    ['few', 'copy 9999', [9999, ...Array.from({ length: 10 }, (_, i) => 99_990 + i)], '11'],
    ['many', 'copy 1', [1, ...Array.from({ length: 10 }, (_, i) => 10 + i), 100], '11112'],
    ['all', 'copy', Array.from({ length: 12 }, (_, i) => i + 1), '100000'],
    ['nobody', 'copy 1x', [], '0'],
  ])('are found newest first by a text that %s of them have', async (_, search, numbers, total) => {
    const query = `search=${encodeURIComponent(search)}&pageSize=3`
    const walked: string[] = []
    let next: string | undefined = `/external-users?${query}&count=exact`
    while (next && walked.length < numbers.length) {
      const { body, headers } = await client.get(next)
      expect(headers.get('total-count')).toBe(total)
      walked.push(...body.map(({ name }: { name: string }) => name))
      next = /^<https:\/\/id\.example\.com\/api\/v1(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(walked.slice(0, numbers.length)).toEqual(numbers.map((i) => `Copy ${i}`))
    expect((await found(`${query}&pageNumber=2`)).ids).toHaveLength(Math.min(3, Math.max(0, numbers.length - 3)))
  })

  it('are found by what names them on a channel, however many channels there are', async () => {
    const channels = await Promise.all(
      [
        { identifierKind: 'phone', defaultCountry: 'GB' },
        { identifierKind: 'phone', defaultCountry: 'DE' },
        { identifierKind: 'email' },
      ].map((settings) => makeChannel(client, settings)),
    )
    const [british, german, other] = channels.map(({ id }) => id)
    const identifier = '020 7946 0958'
    const externalId = `crm-${randomUUID()}`
    const made = [
      await makeExternalUser(client, { channelId: british, identifier, externalId }),
      await makeExternalUser(client, { channelId: german, identifier: '+442079460958', externalId }),
      await makeExternalUser(client, { channelId: german, identifier }),
      await makeExternalUser(client, { channelId: other, externalId }),
    ].map(({ id }) => id)
    const [first, , third, fourth] = made
    const sorted = (ids: unknown[]) => ids.toSorted()
    expect(sorted((await found(`identifier=${encodeURIComponent(identifier)}`)).ids)).toEqual(sorted([first, third]))
    expect((await found(`identifier=${encodeURIComponent('+44 20 7946 0958')}&channelIds=${german}`)).ids).toEqual([
      made[1],
    ])
    const all = await found(`externalId=${externalId}&count=exact`)
    expect([sorted(all.ids), all.total]).toEqual([sorted([first, made[1], fourth]), '3'])
    expect((await found('identifier=nobody&count=exact')).total).toBe('0')
  })
})

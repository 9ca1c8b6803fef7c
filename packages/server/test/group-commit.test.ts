// Many writes share one commit on the embedded database: what that means for the requests behind them.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { testDatabases, type TestDatabaseKind } from './databases.ts'
import { countEvents } from './events.ts'
import { makeChannel } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

describe('requests that share a commit', () => {
  let server: TestServer
  let client: Client
  let channelId: string
  let beforeCommit = () => {}

  /** In a transaction of its own, as a creation that may be retried is. */
  const create = (externalId: string) =>
    client.post('/external-users', { channelId, externalId }, { 'idempotency-key': randomUUID() })
  /** In one with the others of its turn. */
  const createTogether = (externalId: string) => client.post('/external-users', { channelId, externalId })

  /** Holds the one write lock until all the requests wait for it, in so many transactions, so that they share the next commit. */
  async function inOneCommit<T>(requests: (() => Promise<T>)[], transactions = requests.length): Promise<T[]> {
    let release = () => {}
    const held = server.db.write(() => new Promise<void>((resolve) => (release = resolve)))
    const replies = Promise.all(requests.map((request) => request()))
    const waiting = async () => {
      const { body } = await client.get('//metrics')
      return Number(/^narthex_database_writes_waiting (\d+)$/m.exec(body)?.[1])
    }
    while ((await waiting()) < transactions) await sleep(5)
    release()
    await held
    return replies
  }

  const stored = async () =>
    (
      await server.db.read
        .selectFrom('external_users')
        .select('external_id')
        .where('channel_id', '=', channelId)
        .execute()
    )
      .map((user) => user.external_id)
      .toSorted()

  beforeAll(async () => {
    // However long they take on a busy machine, they fit into one commit.
    const database = { limits: { batchMs: 10_000 }, beforeCommit: () => beforeCommit() }
    server = await startTestServer(testDatabases[0] as TestDatabaseKind, { database })
    client = server.client
    await client.get('/workspace')
  })
  afterAll(() => server.close())

  it('a clash fails its own request only, and every answer comes after the commit', async () => {
    channelId = (await makeChannel(client)).id
    const ids = Array.from({ length: 40 }, (_, i) => `crm-${i}`)
    const seen: number[] = []
    const requests = [...ids, 'crm-7'].map((externalId) => async () => {
      const reply = await create(externalId)
      // The other connection sees what is committed, and nothing else.
      seen.push((await stored()).length)
      return reply
    })
    const replies = await inOneCommit(requests)
    expect(replies.map(({ status }) => status).toSorted()).toEqual([...ids.map(() => 200), 409])
    expect(seen).toEqual([...ids, 'crm-7'].map(() => 40))
    expect(await stored()).toEqual(ids.toSorted())
  })

  it.each([
    ['each in a transaction of its own', 11, () => create],
    ['in one transaction', 1, () => createTogether],
  ])('a commit that fails answers 5xx to each of them and stores nothing: %s', async (_, transactions, way) => {
    channelId = (await makeChannel(client)).id
    const events = await countEvents(server.db)
    beforeCommit = () => {
      throw new Error('The disk is gone')
    }
    const ids = Array.from({ length: 10 }, (_, i) => `crm-${i}`)
    const failed = await inOneCommit(
      [...ids, 'crm-7'].map((externalId) => () => way()(externalId)),
      transactions,
    )
    expect(new Set(failed.map(({ status, body }) => `${status} ${body.code} ${body.accessToken}`))).toEqual(
      new Set(['500 internal_error undefined']),
    )
    expect([await stored(), await countEvents(server.db)]).toEqual([[], events])
    beforeCommit = () => {}
    // The next one succeeds.
    expect((await Promise.all(ids.map(way()))).map(({ status }) => status)).toEqual(ids.map(() => 200))
    expect(await stored()).toEqual(ids)
  })
})

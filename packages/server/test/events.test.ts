// Every change writes exactly one event, and nothing else writes any; each finds its one place in its workspace's chain.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChangeCase } from './change-case.ts'
import { changeCases } from './changes.ts'
import type { Client } from './client.ts'
import { allOperations } from './contract/observed.ts'
import { partyOf, type Party } from './contract/party.ts'
import { call, callerOf, sampleOf } from './contract/samples.ts'
import { testDatabases } from './databases.ts'
import { eventsOf, requireWholeChain } from './events.ts'
import { makeChannel, makeExternalUser, makeTier } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

describe.each(testDatabases)('events on $name', (kind) => {
  let server: TestServer
  let client: Client
  let keyId: string
  let party: Party

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
    party = await partyOf(server)
    const keys = (await client.get('/api-keys')).body as { id: string; name: string }[]
    keyId = keys.find(({ name }) => name === 'First key')?.id as string
  })
  afterAll(() => server.close())

  /** What `work` leaves in the record, besides its own result. */
  async function watching<T>(work: () => Promise<T>) {
    const known = new Set((await allEvents()).map(({ id }) => id))
    const result = await work()
    return { result, events: (await allEvents()).filter(({ id }) => !known.has(id)) }
  }
  const allEvents = () => server.db.read.selectFrom('events').selectAll().execute()
  const fields = (json: string | null) => (json === null ? null : (JSON.parse(json) as object))

  it('has a case for every operation that changes something', () => {
    const changing = allOperations
      .filter(({ events }) => events)
      .flatMap(({ id, events }) => events?.map((type) => `${id} ${type}`))
    const cases = Object.entries(changeCases).map(([name, { type }]) => `${name.split(' ')[0]} ${type}`)
    expect(cases.toSorted()).toEqual(changing.toSorted())
  })

  it.each(Object.keys(changeCases))(
    '%s writes one event that tells it all, and none when nothing is left to change',
    async (name) => {
      const one = changeCases[name] as ChangeCase
      const { type, by, subjectOf, change, before, after, again } = one
      const [caller, actorId] = one.by ? [party.owner, party.ownerId] : [client, keyId]
      const subject = await (one.by ? one.prepare(party) : one.prepare(client))
      const marked = { ...caller, ...withRequestId(caller, `change-${name.replaceAll(' ', '-')}`) }
      const { result, events } = await watching(() => change(marked, subject))
      expect([200, 201, 204], JSON.stringify(result.body)).toContain(result.status)
      const own = events.filter((event) => event.type === type)
      // A creation may make the channel that it needs first.
      expect(events.filter((event) => event.type !== type && event.type !== 'channel.created')).toEqual([])
      expect(own).toHaveLength(1)
      const [event] = own as [(typeof own)[number]]
      // What is answered is not always what changed: a block changes the account.
      const version = subjectOf ? undefined : /^"(\d+)/.exec(result.headers.get('etag') ?? '')?.[1]
      expect(event).toMatchObject({
        workspace_id: server.workspaceId,
        actor_kind: by ?? 'api_key',
        actor_id: actorId,
        subject_kind: type.split('.')[0],
        subject_id: subjectOf?.(subject, result) ?? result.body.id ?? subject.id,
        subject_version: version === undefined ? expect.any(Number) : Number(version),
        request_id: result.headers.get('x-request-id'),
      })
      expect(event.request_id).toBe(`change-${name.replaceAll(' ', '-')}`)
      expect(fields(event.before)).toEqual(before && before(subject))
      expect(fields(event.after)).toEqual(after && after(subject, result))
      expect(`${event.before}${event.after}`).not.toMatch(/personal|Anna?\b|nx[kmi]_\w{6}/i)
      if (again) expect((await watching(() => again(caller, subject))).events).toEqual([])
    },
  )

  it.each(allOperations.filter(({ events }) => !events))('$id reads and leaves no event', async (operation) => {
    const sample = await sampleOf(operation, party)
    const caller = await callerOf(operation, party)
    expect((await watching(() => call(caller, operation, sample))).events).toEqual([])
  })

  it('names a subject’s versions one after the other, a deletion included', async () => {
    const tier = await makeTier(client)
    await client.patch(`/tiers/${tier.id}`, { name: 'Second' })
    await client.patch(`/tiers/${tier.id}`, { name: 'Second' })
    await client.delete(`/tiers/${tier.id}`)
    const events = await eventsOf(server.db, tier.id)
    expect(events.map(({ type, subject_version }) => `${type} ${subject_version}`)).toEqual([
      'tier.created 1',
      'tier.updated 2',
      'tier.deleted 3',
    ])
  })

  it('forgets what the events of an erased account told, while the chain goes on to hold', async () => {
    const user = await makeExternalUser(client, { identifier: 'ann.personal', name: 'Ann Personal' })
    await client.patch(`/external-users/${user.id}`, { name: 'Anna Personal' })
    const openings = async () => (await eventsOf(server.db, user.id)).map((event) => event.openings)
    expect((await openings()).join()).toContain('Anna Personal')
    await requireWholeChain(server.db, server.workspaceId)
    await client.post(`/external-users/${user.id}/erase`)
    expect(await openings()).toEqual([null, null, null])
    await requireWholeChain(server.db, server.workspaceId)
  })
})

describe.each(testDatabases)('the order of events on $name', (kind) => {
  it('has no gap, keeps its places and follows each subject’s versions while two nodes with different clocks write', async () => {
    const hour = 60 * 60 * 1000
    const server = await startTestServer(kind)
    const behind = await server.anotherNode({ now: () => Date.now() - hour })
    const { id: channelId } = await makeChannel(server.client)
    const users = await Promise.all(Array.from({ length: 8 }, () => makeExternalUser(server.client, { channelId })))
    const sealed = new Map<string, number>()
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(
        users.map(({ id }, i) => {
          const { client } = (round + i) % 2 === 0 ? server : behind
          return client.patch(`/external-users/${id}`, { name: `Round ${round}` })
        }),
      )
      for (const { id, position } of await placed(server)) {
        if (sealed.has(id)) expect(position).toBe(sealed.get(id))
        else sealed.set(id, position as number)
      }
    }
    const total = await requireWholeChain(server.db, server.workspaceId)
    const events = await placed(server)
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
    for (const { id } of users) {
      const versions = events.filter((event) => event.subject_id === id).map((event) => event.subject_version)
      expect(versions).toEqual(Array.from({ length: 13 }, (_, i) => i + 1))
    }
    await server.close()
  })
})

function placed(server: TestServer) {
  return server.db.read
    .selectFrom('events')
    .select(['id', 'position', 'subject_id', 'subject_version'])
    .where('workspace_id', '=', server.workspaceId)
    .where('position', 'is not', null)
    .orderBy('position')
    .execute()
}

function withRequestId(client: Client, id: string): Partial<Client> {
  const headers = { 'x-request-id': id }
  return {
    post: (path, body) => client.post(path, body, headers),
    patch: (path, body, more) => client.patch(path, body, { ...more, ...headers }),
    delete: (path, more) => client.delete(path, { ...more, ...headers }),
  }
}

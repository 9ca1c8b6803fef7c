import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import type { EventRow } from './chain.ts'
import { listSealedEvents } from './queries.ts'
import { inVersionOrder, sealBatch } from './sealer.ts'
import { verifyChain } from './verify.ts'

describe('the order of events', () => {
  const event = (subject_id: string, subject_version: number) =>
    ({ workspace_id: 'w', subject_id, subject_version }) as EventRow
  const told = (events: readonly EventRow[]) => events.map((each) => `${each.subject_id}${each.subject_version}`)

  it('follows the versions of a subject where the clocks of two nodes disagree', () => {
    const byTime = [event('a', 2), event('b', 1), event('a', 1), event('b', 2), event('a', 3)]
    expect(told(inVersionOrder(byTime))).toEqual(['a1', 'b1', 'a2', 'b2', 'a3'])
  })

  it('stays that of time between subjects', () => {
    expect(told(inVersionOrder([event('b', 7), event('a', 1), event('c', 2)]))).toEqual(['b7', 'a1', 'c2'])
  })
})

describe.each(testDatabases)('the chain of events on $name', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  const sealed = () => listSealedEvents(server.db.read, server.workspaceId, 0, 10_000)
  const waiting = () => server.db.read.selectFrom('events').select('id').where('position', 'is', null).execute()
  const allSealed = async () => {
    await expect.poll(waiting).toEqual([])
  }

  it('has no gap, keeps the versions of every subject in order and verifies, whoever wrote at once', async () => {
    const other = await server.anotherNode()
    const tiers = await Promise.all(Array.from({ length: 5 }, () => makeTier(server.client)))
    const patches = Array.from({ length: 100 }, (_, i) => {
      const { client } = i % 2 === 0 ? server : other
      return client.patch(`/tiers/${tiers[i % 5]?.id}`, { name: `Tier ${i}` })
    })
    expect((await Promise.all(patches)).every(({ status }) => status === 200)).toBe(true)
    await allSealed()
    const events = await sealed()
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1))
    for (const { id } of tiers) {
      const versions = events.filter(({ subject_id }) => subject_id === id).map((each) => each.subject_version)
      expect(versions).toEqual(versions.map((_, i) => i + 1))
    }
    expect(await verifyChain(server.db.read, server.workspaceId)).toEqual({ events: events.length, broken: null })
    await other.close()
  })

  it('is sealed by one process at a time', async () => {
    await makeTier(server.client)
    await allSealed()
    const [event] = await sealed()
    const insertLate = () =>
      server.db.write(async (tx) => {
        const late = { ...(event as EventRow), id: crypto.randomUUID(), position: null, hash: null }
        await tx.insertInto('events').values(late).execute()
      })
    await insertLate()
    await allSealed()
    // The server's sealer just sealed one, so its lease holds; another one that it has not noticed yet stays for it.
    await insertLate()
    expect(await sealBatch(server.db, { now: () => Date.now() }, 'another process')).toBe(0)
    await allSealed()
  })

  it('goes on behind events that wait', async () => {
    const [event] = await sealed()
    await server.db.write(async (tx) => {
      await tx
        .insertInto('events')
        .values({ ...(event as EventRow), id: crypto.randomUUID(), position: null, hash: null })
        .execute()
    })
    const { id } = await makeTier(server.client)
    await allSealed()
    const events = await sealed()
    expect(events.at(-1)?.subject_id).toBe(id)
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1))
    expect(await verifyChain(server.db.read, server.workspaceId)).toEqual({ events: events.length, broken: null })
  })

  it('names the first event that somebody changed, removed or gave other openings', async () => {
    await allSealed()
    const before = await sealed()
    const [, , third] = before as [EventRow, EventRow, EventRow]
    const set = (change: Partial<EventRow>) =>
      server.db.write((tx) => tx.updateTable('events').set(change).where('id', '=', third.id).execute())
    const verdict = async () => (await verifyChain(server.db.read, server.workspaceId)).broken
    await set({ actor_id: 'somebody else' })
    expect(await verdict()).toBe(`event ${third.id} at position 3 does not match its hash`)
    await set({ actor_id: third.actor_id, openings: '{"after":{"name":"Mallory"},"before":{},"salt":"c2FsdA"}' })
    expect(await verdict()).toContain(`the personal values of event ${third.id}`)
    await set({ openings: third.openings, position: before.length + 1 })
    expect(await verdict()).toBe('position 3 is missing')
    await set({ position: 3 })
    expect(await verdict()).toBeNull()
  })
})

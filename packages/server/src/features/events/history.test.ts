// History that is brought in by the thousand has its places at once, and never beside somebody else who gives places.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { requireWholeChain } from '../../../test/events.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { endLease, holdLease } from '../../db/lease.ts'
import { newId } from '../../lib/id.ts'
import type { EventRow } from './chain.ts'
import { insertEvents } from './queries.ts'
import { sealAtOnce } from './sealer.ts'

describe.each(testDatabases)('history brought in on $name', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  const clock = { now: () => Date.now() }
  const eventsAt = (...moments: number[]) =>
    moments.map((occurred_at): EventRow => ({
      workspace_id: server.workspaceId,
      id: newId(),
      type: 'external_user.created',
      actor_kind: 'system',
      actor_id: null,
      subject_kind: 'external_user',
      subject_id: newId(),
      subject_version: 1,
      before: null,
      after: '{}',
      openings: null,
      request_id: null,
      occurred_at,
      position: null,
      hash: null,
    }))
  const bringIn = (events: readonly EventRow[]) =>
    server.db.write(async (tx) => {
      const sealed = await sealAtOnce(tx, clock, events)
      await insertEvents(tx, events)
      return sealed
    })
  /** The server's own sealer keeps its lease for a moment after its last event. */
  const endLeases = () => server.db.write((tx) => tx.deleteFrom('leases').execute())

  it('goes on where the chain ends, in the order of time', async () => {
    const before = await requireWholeChain(server.db, server.workspaceId)
    const events = eventsAt(3_000, 1_000, 2_000)
    await endLeases()
    expect(await bringIn(events)).toBe(true)
    const [third, first, second] = events.map(({ position }) => position as number)
    expect([second, third]).toEqual([(first as number) + 1, (first as number) + 2])
    expect(await requireWholeChain(server.db, server.workspaceId)).toBe(before + 3)
  })

  it('leaves the places to whoever gives them now', async () => {
    const lease = { name: 'sealer', holder: 'somebody else', now: clock.now(), leaseMs: 60_000 }
    await server.db.write((tx) =>
      tx
        .deleteFrom('leases')
        .execute()
        .then(() => holdLease(tx, lease)),
    )
    const events = eventsAt(4_000, 5_000)
    expect(await bringIn(events)).toBe(false)
    expect(events.map(({ position }) => position)).toEqual([null, null])
    await server.db.write((tx) => endLease(tx, 'sealer', 'somebody else'))
    await requireWholeChain(server.db, server.workspaceId)
  })
})

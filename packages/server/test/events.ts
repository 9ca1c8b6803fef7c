// Looking at recorded events, which no endpoint shows yet, and waiting until each has its place in the chain.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Database } from '../src/db/database.ts'
import { verifyChain } from '../src/features/events/verify.ts'

/** All events of one subject, in the order of its versions. */
export function eventsOf(db: Database, subjectId: string) {
  return db.read
    .selectFrom('events')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .orderBy('subject_version')
    .execute()
}

export async function countEvents(db: Database): Promise<number> {
  const { count } = await db.read
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Resolves when every event has its place; then the workspace's chain must hold. Answers its length. */
export async function requireWholeChain(db: Database, workspaceId: string): Promise<number> {
  const waiting = () => db.read.selectFrom('events').select('id').where('position', 'is', null).limit(1).execute()
  for (let tries = 0; (await waiting()).length > 0 && tries < 400; tries += 1) await sleep(25)
  expect(await waiting()).toEqual([])
  const report = await verifyChain(db.read, workspaceId)
  expect(report.broken).toBeNull()
  return report.events
}

// Statements on events.
import { sql, type Insertable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { insertMany } from '../../db/insert-many.ts'
import { insertOne } from '../../db/insert-one.ts'
import { listed } from '../../db/page.ts'
import { prepared } from '../../db/prepared.ts'
import type { EventTable } from '../../db/schema.ts'
import type { ChainHead, EventRow } from './chain.ts'

export async function insertEvents(tx: Tx, events: readonly Insertable<EventTable>[]): Promise<void> {
  if (events.length === 1) await insertOne(tx, 'events', events[0] as Insertable<EventTable>)
  else await insertMany(tx, 'events', events)
}

/** What a hash covers. */
export type UnsealedEvent = Omit<EventRow, 'openings' | 'position' | 'hash'>

const unsealed = prepared(
  ({ limit }: { limit: number }) => sql<UnsealedEvent>`
    select workspace_id, id, type, actor_kind, actor_id, subject_kind, subject_id, subject_version, before, after,
      request_id, occurred_at
    from events where position is null order by occurred_at limit ${limit}`,
)

/**
 * Unsealed events, oldest first. One whose subject has an unsealed lower version beyond the limit is left for the next
 * batch: clocks of several nodes may disagree, versions do not.
 */
export async function findUnsealedEvents(tx: Tx, limit: number): Promise<UnsealedEvent[]> {
  const rows = await unsealed(tx, { limit })
  if (rows.length < limit) return rows
  const inBatch = new Set(rows.map((row) => row.id))
  const subjects = [...new Set(rows.map((row) => row.subject_id))]
  const waiting = await tx
    .selectFrom('events')
    .select(['id', 'workspace_id', 'subject_id', 'subject_version'])
    // The plus keeps the plan away from the indexes of unsealed events, which after a large load hold very many; and the
    // workspaces are named, although the subjects tell them, because the index of subjects begins with them.
    .where(sql<boolean>`+position is null`)
    .where('workspace_id', 'in', listed([...new Set(rows.map((row) => row.workspace_id))]))
    .where('subject_id', 'in', listed(subjects))
    .execute()
  const outside = waiting.filter((row) => !inBatch.has(row.id))
  return rows.filter(
    (row) =>
      !outside.some(
        (other) =>
          other.workspace_id === row.workspace_id &&
          other.subject_id === row.subject_id &&
          other.subject_version < row.subject_version,
      ),
  )
}

// Only in the order of the index of unsealed events is that index read, and not every place of the chain.
const oneUnsealed = prepared(() => sql`select id from events where position is null order by occurred_at limit 1`)

export async function hasUnsealedEvents(db: Db): Promise<boolean> {
  return (await oneUnsealed(db, {})).length > 0
}

export async function countUnsealedEvents(db: Db, workspaceId?: string): Promise<number> {
  const { count } = await db
    .selectFrom('events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('position', 'is', null)
    .$if(workspaceId !== undefined, (q) => q.where('workspace_id', '=', workspaceId as string))
    .executeTakeFirstOrThrow()
  return count
}

const chainHead = prepared(
  ({ workspaceId }: { workspaceId: string }) => sql<ChainHead>`
    select position, hash from events where workspace_id = ${workspaceId} and position is not null
    order by position desc limit 1`,
)

export async function findChainHead(db: Db, workspaceId: string): Promise<ChainHead | null> {
  return (await chainHead(db, { workspaceId }))[0] ?? null
}

const endOfChain = prepared(
  ({ workspaceId }: { workspaceId: string }) => sql<ChainHead & { waiting: 1 | null }>`
    select coalesce(head.position, 0) as position, coalesce(head.hash, '') as hash,
      (select 1 from events where position is null order by occurred_at limit 1) as waiting
    from (select 1) always left join (
      select position, hash from events where workspace_id = ${workspaceId} and position is not null
      order by position desc limit 1
    ) head on true`,
)

/** What the next event follows where nobody else writes; null while events wait that come before it. */
export async function findEndOfChain(tx: Tx, workspaceId: string): Promise<ChainHead | null> {
  const [end] = await endOfChain(tx, { workspaceId })
  return end && end.waiting === null ? end : null
}

export interface Seal {
  readonly workspaceId: string
  readonly id: string
  readonly position: number
  readonly hash: string
}

const sealings = new Map<number, (tx: Tx, values: readonly unknown[]) => Promise<unknown>>()

/** One statement for the whole batch; one is kept for each length. */
export async function updateSeals(tx: Tx, seals: readonly Seal[]): Promise<void> {
  const rows = listed(seals)
  let update = sealings.get(rows.length)
  if (!update) sealings.set(rows.length, (update = sealing(rows.length)))
  await update(
    tx,
    rows.flatMap((seal) => [seal.workspaceId, seal.id, seal.position, seal.hash]),
  )
}

function sealing(length: number) {
  return prepared((values: readonly unknown[]) => {
    const rows = Array.from({ length }, (_, row) => {
      const [workspaceId, id, position, hash] = [0, 1, 2, 3].map((column) => values[4 * row + column])
      return sql`(${workspaceId}, ${id}, cast(${position} as bigint), ${hash})`
    })
    return sql`
      update events set position = seals.column3, hash = seals.column4
      from (values ${sql.join(rows)}) as seals
      where events.workspace_id = seals.column1 and events.id = seals.column2 and events.position is null`
  })
}

/** The chain of a workspace in its order, `limit` events after a position. */
export async function listSealedEvents(db: Db, workspaceId: string, after: number, limit: number): Promise<EventRow[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit)
    .execute()
}

/** What happened to one subject up to a moment, in the order of its versions. */
export async function listSubjectEvents(
  db: Db,
  workspaceId: string,
  subjectId: string,
  at: number,
): Promise<EventRow[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('subject_id', '=', subjectId)
    .where('occurred_at', '<=', at)
    .orderBy('subject_version')
    .execute()
}

/** Erasure: what the events told of a subject stays proven and can no longer be read. */
export async function deleteOpenings(tx: Tx, workspaceId: string, subjectId: string): Promise<void> {
  await tx
    .updateTable('events')
    .set({ openings: null })
    .where('workspace_id', '=', workspaceId)
    .where('subject_id', '=', subjectId)
    .where('openings', 'is not', null)
    .execute()
}

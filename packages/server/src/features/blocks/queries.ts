// Statements on blocks.
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { prepared, preparedByShape } from '../../db/prepared.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import type { Schema } from '../../db/schema.ts'

export type BlockRow = Row<'blocks'>

export const blocks = resourceTable('blocks')

export interface BlockFilter {
  readonly reach: BlockRow['reach'] | undefined
  readonly externalUserId: string | undefined
  readonly superIdentityId: string | undefined
  readonly live: boolean | undefined
  readonly now: number
}

export function blocksMatching({
  reach,
  externalUserId,
  superIdentityId,
  live,
  now,
}: BlockFilter): Conditions<'blocks'> {
  return (eb) => [
    ...(reach === undefined ? [] : [eb('reach', '=', reach)]),
    ...(externalUserId === undefined ? [] : [eb('external_user_id', '=', externalUserId)]),
    ...(superIdentityId === undefined ? [] : [eb('super_identity_id', '=', superIdentityId)]),
    ...(live === undefined ? [] : [live ? inForce(eb, now) : eb.not(inForce(eb, now))]),
  ]
}

/** Neither lifted nor ended: the clock decides the end, not the job that records it. */
function inForce(eb: ExpressionBuilder<Schema, 'blocks'>, now: number): Expression<SqlBool> {
  return eb.and([eb('lifted_at', 'is', null), eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)])])
}

/** What a block may reach of one external user. */
export interface Target {
  readonly id: string
  readonly super_identity_id: string
  readonly channel_id: string
  readonly identifier_fingerprint: string | null
  /** Blocks of an identifier that can no longer be told. */
  readonly identifier_block_ids?: readonly string[]
}

/**
 * Every block that reaches the external user now, the oldest first. Like the gate it does not ask when a block was placed
 * or lifted: clocks of several nodes differ, and what is stored holds.
 */
export async function findBlocksOn(db: Db, workspaceId: string, target: Target, now: number): Promise<BlockRow[]> {
  const rows = await reaching(db, workspaceId, target, null)
    .where((eb) => inForce(eb, now))
    .execute()
  return oldestFirst(rows)
}

/** The same for a past moment. */
export async function findBlocksAt(db: Db, workspaceId: string, target: Target, at: number): Promise<BlockRow[]> {
  const rows = await reaching(db, workspaceId, target, at).execute()
  const later = (moment: number | null) => moment === null || moment > at
  return oldestFirst(rows.filter((row) => row.created_at <= at && later(row.lifted_at) && later(row.ends_at)))
}

/** Each reach is looked up in its own index: joined by `or`, every block of the workspace would be read. */
function reaching(db: Db, workspaceId: string, target: Target, at: number | null) {
  const told = target.identifier_block_ids ?? []
  const ids = sql<string>`(
    select id from blocks where workspace_id = ${workspaceId} and external_user_id = ${target.id}
    union all
    select id from blocks where workspace_id = ${workspaceId} and super_identity_id = ${target.super_identity_id}
    union all
    select block_id from block_fingerprints
      where workspace_id = ${workspaceId} and fingerprint = ${target.identifier_fingerprint ?? ''}
        ${at === null ? sql`` : sql`and created_at <= ${at}`}
    ${told.length === 0 ? sql`` : sql`union all select id from blocks where workspace_id = ${workspaceId} and id in (${sql.join(listed(told))})`}
  )`
  return db
    .selectFrom('blocks')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', ids)
    .where((eb) => eb.or([eb('channel_id', 'is', null), eb('channel_id', '=', target.channel_id)]))
}

/** Sorted here, as times are compared above: asked for either, a database may read every block of the workspace by age. */
function oldestFirst(rows: BlockRow[]): BlockRow[] {
  return rows.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
}

/** A person, or whoever comes with an identifier on a channel, before there is an account. */
interface Stranger {
  readonly superIdentityId: string | null
  readonly fingerprint: string | null
  readonly channelId: string
}

const blockOnStranger = prepared((asked: Stranger & { workspaceId: string; now: number }) => {
  const live = sql`b.lifted_at is null and (b.ends_at is null or b.ends_at > ${asked.now})`
  return sql`
    select b.id from blocks b
      where b.workspace_id = ${asked.workspaceId} and b.super_identity_id = ${asked.superIdentityId} and ${live}
    union all
    select b.id from block_fingerprints f cross join blocks b
      where f.workspace_id = ${asked.workspaceId} and f.fingerprint = ${asked.fingerprint}
        and b.workspace_id = f.workspace_id and b.id = f.block_id and ${live}
        and (b.channel_id is null or b.channel_id = ${asked.channelId})
    limit 1`
})

export async function isStrangerBlocked(
  db: Db,
  workspaceId: string,
  stranger: Stranger,
  now: number,
): Promise<boolean> {
  return (await blockOnStranger(db, { ...stranger, workspaceId, now })).length > 0
}

interface Strangers {
  readonly workspaceId: string
  readonly channelId: string
  readonly fingerprints: readonly string[]
  readonly now: number
}

const blockedAmongStrangers = preparedByShape(
  ({ workspaceId, channelId, fingerprints }: Omit<Strangers, 'now'>, now) => sql<{
    fingerprint: string
  }>`
    select f.fingerprint from block_fingerprints f cross join blocks b
      where f.workspace_id = ${workspaceId} and f.fingerprint in (${sql.join(fingerprints)})
        and b.workspace_id = f.workspace_id and b.id = f.block_id and b.lifted_at is null
        and (b.ends_at is null or b.ends_at > ${now}) and (b.channel_id is null or b.channel_id = ${channelId})`,
)

/** Which of these fingerprints a block in force keeps out of the channel. */
export async function findBlockedFingerprints(db: Db, { now, ...strangers }: Strangers): Promise<ReadonlySet<string>> {
  if (strangers.fingerprints.length === 0) return new Set()
  const rows = await blockedAmongStrangers({ ...strangers, fingerprints: listed(strangers.fingerprints) })(db, now)
  return new Set(rows.map(({ fingerprint }) => fingerprint))
}

/** Which of these external users a block in force reaches. `cross`: from the fingerprints to their blocks, of which there are many. */
export async function findBlockedAmong(
  db: Db,
  workspaceId: string,
  users: readonly Target[],
  now: number,
): Promise<ReadonlySet<string>> {
  if (users.length === 0) return new Set()
  const ids = users.map((user) => user.id)
  const persons = users.map((user) => user.super_identity_id)
  const fingerprints = users.map((user) => user.identifier_fingerprint ?? '')
  const live = sql`b.workspace_id = ${workspaceId} and b.lifted_at is null and (b.ends_at is null or b.ends_at > ${now})`
  const { rows } = await sql<{
    account: string | null
    person: string | null
    fingerprint: string | null
    channel_id: string | null
  }>`
    select b.external_user_id as account, null as person, null as fingerprint, null as channel_id
      from blocks b where ${live} and b.external_user_id in (${sql.join(listed(ids))})
    union all
    select null, b.super_identity_id, null, null
      from blocks b where ${live} and b.super_identity_id in (${sql.join(listed(persons))})
    union all
    select null, null, f.fingerprint, b.channel_id from block_fingerprints f cross join blocks b
      where ${live} and f.workspace_id = ${workspaceId} and f.fingerprint in (${sql.join(listed(fingerprints))})
        and b.id = f.block_id
  `.execute(db)
  const reaches = (user: Target) =>
    rows.some(
      (row) =>
        row.account === user.id ||
        row.person === user.super_identity_id ||
        (row.fingerprint !== null &&
          row.fingerprint === user.identifier_fingerprint &&
          (row.channel_id === null || row.channel_id === user.channel_id)),
    )
  return new Set(users.filter(reaches).map((user) => user.id))
}

/** The account's own blocks in force. Whoever places or lifts one locks the account first. */
export async function findAccountBlocks(
  tx: Tx,
  workspaceId: string,
  externalUserId: string,
  now: number,
): Promise<BlockRow[]> {
  return tx
    .selectFrom('blocks')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('external_user_id', '=', externalUserId)
    .where((eb) => inForce(eb, now))
    .execute()
}

/** Blocks whose end has passed and is not recorded yet, of all workspaces. */
export async function listEndedBlocks(tx: Tx, now: number, limit: number): Promise<BlockRow[]> {
  return tx
    .selectFrom('blocks')
    .selectAll()
    .where('lifted_at', 'is', null)
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .execute()
}

/** Who is erased, with the blocks of all its identifiers; `person` when no other account of it is left. */
export type Erased = Target & { workspace_id: string; blockIds: readonly string[]; person: boolean }

/** Who was meant and why goes, what keeps it out stays. Answers the ids of the blocks of identifiers. */
export async function forgetBlocks(tx: Tx, { blockIds, person, ...user }: Erased): Promise<string[]> {
  const rows = await tx
    .updateTable('blocks')
    .set({ identifier: null, reason: null })
    .where('workspace_id', '=', user.workspace_id)
    .where((eb) =>
      eb.or([
        eb('external_user_id', '=', user.id),
        ...(person ? [eb('super_identity_id', '=', user.super_identity_id)] : []),
        ...(blockIds.length > 0 ? [eb('id', 'in', listed(blockIds))] : []),
      ]),
    )
    .returning(['id', 'reach'])
    .execute()
  return rows.filter(({ reach }) => reach === 'identifier').map(({ id }) => id)
}

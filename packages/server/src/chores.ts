// What has to be tidied up from time to time, by one process at a time. Nothing waits for it and no rule depends on it.
import { randomUUID } from 'node:crypto'
import type { Tx } from './db/database.ts'
import { holdLease } from './db/lease.ts'
import { revokedTokensKeptMs } from './features/revocations/horizon.ts'
import { listEndedBlocks } from './features/blocks/queries.ts'
import { endBlock } from './features/blocks/service.ts'
import { endedAdmissionsMax, recordEndedAdmissions } from './features/referrals/expiry.ts'
import { signInIdleMs } from './features/sign-in/lifetimes.ts'
import { rotateSigningKeyOnSchedule } from './features/signing-keys/service.ts'
import { findFirstWorkspaceId } from './features/workspaces/queries.ts'
import { idempotencyRecordsKeptMs } from './http/idempotency.ts'
import { systemContext, type Operator } from './initialise.ts'

/** Often enough that the end of a timed block is on record soon; each round is a few indexed look-ups. */
const everyMs = 60_000
/** Blocks recorded in one transaction, so that other writers do not wait long. */
const endedBlocksMax = 100

export interface Chores {
  stop(): Promise<void>
}

export function startChores(operator: Operator): Chores {
  const holder = randomUUID()
  let running: Promise<void> = Promise.resolve()
  const run = () => {
    running = doChores(operator, holder).catch((error: unknown) =>
      operator.log.warn({ err: error }, 'chores were put off'),
    )
  }
  const timer = setInterval(run, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

/** One round; does nothing while another process did one within the last minute. */
export async function doChores(operator: Operator, holder: string): Promise<void> {
  const { db, clock } = operator
  const now = clock.now()
  const lease = { name: 'chores', holder, now, leaseMs: everyMs }
  const mine = await db.write(async (tx) => {
    if (!(await holdLease(tx, lease))) return false
    await tx
      .deleteFrom('idempotency_records')
      .where('created_at', '<', now - idempotencyRecordsKeptMs)
      .execute()
    await tx
      .deleteFrom('revoked_tokens')
      .where('expires_at', '<', now - revokedTokensKeptMs)
      .execute()
    await deleteEndedSignIns(tx, now)
    return true
  })
  if (!mine) return
  while ((await db.write((tx) => recordEndedBlocks(tx, operator))) === endedBlocksMax);
  const contextIn = (workspaceId: string) => systemContext(operator, workspaceId)
  while ((await db.write((tx) => recordEndedAdmissions(tx, contextIn, now))) === endedAdmissionsMax);
  const firstWorkspaceId = await findFirstWorkspaceId(db.read)
  if (firstWorkspaceId) await rotateSigningKeyOnSchedule(systemContext(operator, firstWorkspaceId))
}

/** Those that open nothing any more, and invitations that nobody accepted in time. */
async function deleteEndedSignIns(tx: Tx, now: number): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where((eb) => eb.or([eb('expires_at', '<=', now), eb('last_used_at', '<=', now - signInIdleMs)]))
    .execute()
  await tx.deleteFrom('member_invitations').where('expires_at', '<=', now).execute()
}

/** The clock ended these blocks at the check already; here that enters the record. */
async function recordEndedBlocks(tx: Tx, operator: Operator): Promise<number> {
  const ended = await listEndedBlocks(tx, operator.clock.now(), endedBlocksMax)
  for (const block of ended) {
    const ctx = systemContext(operator, block.workspace_id)
    await endBlock(tx, ctx, { block, at: block.ends_at as number, reason: null })
  }
  return ended.length
}

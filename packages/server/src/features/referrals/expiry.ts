// The end of admissions by their date: the clock decides at the check; here that enters the record.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { superIdentities } from '../super-identities/queries.ts'
import { statusAt } from './presenter.ts'
import { findLive, listDue, referrals, type ReferralRow } from './queries.ts'
import { move } from './transition.ts'

/** Admissions recorded in one transaction, so that other writers do not wait long. */
export const endedAdmissionsMax = 100

/** A locked referral as it is from here on: an admission whose end has come is over on record too. */
export async function settle(tx: Tx, ctx: Context, row: ReferralRow): Promise<ReferralRow> {
  if (statusAt(row, ctx.clock.now()) === row.status) return row
  const principal = { kind: 'system', workspaceId: row.workspace_id, id: null } as const
  return move(tx, { ...ctx, principal }, row, { to: 'EXPIRED', by: null, at: row.admitted_until as number })
}

/** The open or admitted referral of a locked person; one that is over makes room. */
export async function settleLive(
  tx: Tx,
  ctx: Context,
  workspaceId: string,
  superIdentityId: string,
): Promise<ReferralRow | undefined> {
  const live = await findLive(tx, workspaceId, superIdentityId)
  if (!live || statusAt(live, ctx.clock.now()) === live.status) return live
  // Whoever changes a referral locks its person first, so this row waits for nobody.
  await settle(tx, ctx, (await referrals.lock(tx, workspaceId, live.id)) as ReferralRow)
  return undefined
}

/** Records the ends that have come, of all workspaces; `contextIn` acts as the system there. Answers how many it looked at. */
export async function recordEndedAdmissions(
  tx: Tx,
  contextIn: (workspaceId: string) => Context,
  now: number,
): Promise<number> {
  const due = await listDue(tx, now, endedAdmissionsMax)
  // Everybody is locked before anything is counted: whoever counts waits for nobody then.
  const inOrder = due.toSorted((a, b) => (a.super_identity_id < b.super_identity_id ? -1 : 1))
  for (const { workspace_id, super_identity_id } of inOrder) {
    await superIdentities.lock(tx, workspace_id, super_identity_id)
  }
  const locked: ReferralRow[] = []
  for (const { workspace_id, id } of due) {
    locked.push((await referrals.lock(tx, workspace_id, id)) as ReferralRow)
  }
  for (const row of locked.toSorted((a, b) => (a.workspace_id < b.workspace_id ? -1 : 1))) {
    await settle(tx, contextIn(row.workspace_id), row)
  }
  return due.length
}

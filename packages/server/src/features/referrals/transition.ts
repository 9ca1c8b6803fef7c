// The state machine: which decisions there are, and what every one of them writes.
import type { ReferralStatus } from '@narthex/contract'
import type { Insertable, Updateable } from 'kysely'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import type { ReferralDecisionTable, ReferralTable } from '../../db/schema.ts'
import { ApiError } from '../../lib/api-error.ts'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { appendEvent, type Change } from '../events/service.ts'
import { countReferral, insertDecision, referrals, type ReferralRow } from './queries.ts'

/** Where a referral goes from each status by a decision of somebody; by its end date an admission goes to EXPIRED. */
const ways: Readonly<Record<ReferralStatus, readonly ReferralStatus[]>> = {
  REFERRED: ['ADMITTED', 'REJECTED', 'WITHDRAWN'],
  ADMITTED: ['REVOKED'],
  REJECTED: ['ADMITTED'],
  REVOKED: ['ADMITTED'],
  EXPIRED: ['ADMITTED'],
  WITHDRAWN: [],
}

export function leadsTo(from: ReferralStatus, to: ReferralStatus): boolean {
  return ways[from].includes(to)
}

const eventTypes = {
  ADMITTED: 'referral.admitted',
  REJECTED: 'referral.rejected',
  REVOKED: 'referral.revoked',
  WITHDRAWN: 'referral.withdrawn',
  EXPIRED: 'referral.expired',
} as const

/** Those by which somebody loses access; an end date needs none, since no token outlives it. */
export const cuttingOff: ReadonlySet<ReferralStatus> = new Set(['REJECTED', 'REVOKED', 'WITHDRAWN'])

export interface Step {
  readonly to: keyof typeof eventTypes
  /** Who decided; null for the clock, or an erasure. */
  readonly by: { readonly id: string; readonly workspaceId: string } | null
  readonly comment?: string | null
  /** The end that an admission is given. */
  readonly admittedUntil?: number | null
  /** A block was overridden. */
  readonly overridden?: boolean
  /** When it took effect. */
  readonly at: number
  /** What else changes in the row. */
  readonly change?: Updateable<ReferralTable>
}

/** Of one person at most one referral is open or admitted: the database decides who was first. */
export async function onlyOneLive<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof UniqueViolation && error.table === 'referrals') throw new ApiError('referral_exists')
    throw error
  }
}

/**
 * Writes the step over exactly the version of the row, with its decision, counts, event and, where it takes access away,
 * the end of every token of the person. The person and the row are locked.
 */
export async function move(tx: Tx, ctx: Context, row: ReferralRow, step: Step): Promise<ReferralRow> {
  const moved = await moveUntold(tx, row, step, ctx.clock.now())
  await appendEvent(tx, ctx, eventOf(row, moved, step))
  return moved
}

/** The same as part of a change that tells of it in its own event. */
export async function moveUntold(tx: Tx, row: ReferralRow, step: Step, now: number): Promise<ReferralRow> {
  const { workspace_id } = row
  const moved = await referrals.update(tx, row, changeBy(row, step, now))
  await insertDecision(tx, decisionOf(row, step, now))
  await countReferral(tx, { from: row.status, to: step.to, row })
  if (cuttingOff.has(step.to)) {
    await insertCutOff(tx, workspace_id, { reach: 'person', subjectId: row.super_identity_id, now })
  }
  return moved
}

/** What a step changes in the row, besides its version. */
export function changeBy(row: ReferralRow, step: Step, now: number) {
  return { ...step.change, status: step.to, decision_count: row.decision_count + 1, updated_at: now }
}

export function decisionOf(row: ReferralRow, step: Step, now: number): Insertable<ReferralDecisionTable> {
  return {
    workspace_id: row.workspace_id,
    referral_id: row.id,
    number: row.decision_count + 1,
    from_status: row.status,
    to_status: step.to,
    member_id: step.by?.id ?? null,
    member_workspace_id: step.by?.workspaceId ?? null,
    comment: step.comment ?? null,
    admitted_until: step.admittedUntil ?? null,
    overridden_at: step.overridden ? now : null,
    decided_at: step.at,
  }
}

export function eventOf(row: ReferralRow, moved: Pick<ReferralRow, 'id' | 'version'>, step: Step): Change {
  const admission = step.to === 'ADMITTED'
  const before = { status: row.status, ...(admission && { admittedUntil: isoOrNull(row.admitted_until) }) }
  const after = {
    status: step.to,
    comment: step.comment ?? null,
    at: iso(step.at),
    ...(admission && {
      admittedUntil: isoOrNull(step.admittedUntil ?? null),
      override: step.overridden ?? false,
    }),
  }
  return { type: eventTypes[step.to], subject: moved, before, after, personal: ['comment'] }
}

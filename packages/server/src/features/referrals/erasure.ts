// What becomes of a person's referrals when the person is erased: they stay, end, and no longer tell who it was.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { deleteOpenings } from '../events/queries.ts'
import { settleLive } from './expiry.ts'
import { deleteComments, referrals, type ReferralRow } from './queries.ts'
import { moveUntold } from './transition.ts'

/** A type, not an interface, because it stands in an event as it is. */
export type EndedReferral = {
  readonly id: string
  readonly status: 'WITHDRAWN' | 'REVOKED'
}

/**
 * Ends the referral that is open or admitted, and forgets what all of them said. The person is locked; its names and
 * addresses are gone from them already. Answers what was ended, for the event of the erasure.
 */
export async function eraseReferrals(tx: Tx, ctx: Context, superIdentityId: string): Promise<EndedReferral | null> {
  const { workspaceId } = ctx.principal
  const now = ctx.clock.now()
  const live = await settleLive(tx, ctx, workspaceId, superIdentityId)
  const ended = live && endOf(live)
  if (live && ended) {
    const locked = (await referrals.lock(tx, workspaceId, live.id)) as ReferralRow
    await moveUntold(tx, locked, { to: ended.status, by: null, at: now }, now)
  }
  for (const id of await deleteComments(tx, workspaceId, superIdentityId)) await deleteOpenings(tx, workspaceId, id)
  return ended ?? null
}

function endOf({ id, status }: ReferralRow): EndedReferral {
  return { id, status: status === 'ADMITTED' ? 'REVOKED' : 'WITHDRAWN' }
}

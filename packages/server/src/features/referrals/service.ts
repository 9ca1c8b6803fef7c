// The rules of referrals beside referring and reviewing: who reads what, and taking one back.
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import { requireNamedMatch, type IfMatch } from '../../lib/if-match.ts'
import { shareAccountsOf } from '../external-users/queries.ts'
import { superIdentities } from '../super-identities/queries.ts'
import { shareWorkspace } from '../workspaces/queries.ts'
import { settle } from './expiry.ts'
import { listDecisions, referrals, type DecisionRow, type ReferralRow } from './queries.ts'
import { actingFor, inside, requireStanding, requireVisible } from './sight.ts'
import { leadsTo, move } from './transition.ts'

export async function decisionsOn(ctx: Context, id: string): Promise<DecisionRow[]> {
  const { row } = await requireVisible(ctx, id)
  return listDecisions(ctx.db.read, row)
}

export async function withdraw(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const { row, sight } = await requireVisible(inside(ctx, tx), id)
    const { memberships } = ctx.principal as MemberPrincipal
    const own = memberships.find((one) => one.id === row.referrer_id)
    if (!own && !sight.mayAdministrate) throw new ApiError('role_insufficient')
    // Of several places in partner organizations it acts from the one that it referred from.
    const membership = own ?? (sight.membership as Membership)
    const acting = actingFor(ctx, { ...sight, membership })
    const locked = await lockReferral(tx, row)
    const { id: memberId, workspace_id: workspaceId } = await requireStanding(
      tx,
      acting.principal as MemberPrincipal,
      membership,
    )
    requireNamedMatch(ifMatch, locked.version)
    const current = await settle(tx, acting, locked)
    if (!leadsTo(current.status, 'WITHDRAWN')) {
      throw new ApiError('transition_forbidden', { message: `A referral that is ${current.status} is not withdrawn.` })
    }
    const at = ctx.clock.now()
    await move(tx, acting, current, { to: 'WITHDRAWN', by: { id: memberId, workspaceId }, at })
  })
}

/**
 * The referral with everything that decides on it, in the order in which all who change it lock: the workspace, where
 * blocks of identifiers are kept out; the accounts; the person; the referral. The acting member and the workspace's
 * counters come last.
 */
export async function lockReferral(tx: Tx, { workspace_id, id, super_identity_id }: ReferralRow): Promise<ReferralRow> {
  await shareWorkspace(tx, workspace_id)
  await shareAccountsOf(tx, workspace_id, super_identity_id)
  await superIdentities.lock(tx, workspace_id, super_identity_id)
  return (await referrals.lock(tx, workspace_id, id)) as ReferralRow
}

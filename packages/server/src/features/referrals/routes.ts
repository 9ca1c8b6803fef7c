// Referrals: the contract's operations bound to their rules.
import type { Context } from '../../context.ts'
import { referralFields } from '@narthex/contract'
import type { Handlers } from '../../http/answer.ts'
import { listAnswer, readListPage } from '../../http/referral-list.ts'
import { evidenceOn } from './evidence.ts'
import { listReferrals } from './list.ts'
import { presentDecision, presentReferral } from './presenter.ts'
import { refer } from './refer.ts'
import { review } from './review.ts'
import { decisionsOn, withdraw } from './service.ts'
import { requireSight, requireVisible, type Seen } from './sight.ts'

function answer({ clock }: Context, { row, sight }: Seen) {
  const body = presentReferral(row, sight.organization, clock.now())
  return { body, tag: body.meta.version }
}

export const referralRoutes = {
  async 'referrals.list'(ctx, { query }) {
    const page = readListPage(query, referralFields, '-referredAt')
    const sight = await requireSight(ctx, query.organizationId)
    const { rows, total } = await listReferrals(ctx, sight, { ...page, personId: query.userId })
    const now = ctx.clock.now()
    return listAnswer(
      'externalUsers',
      rows.map((row) => presentReferral(row, sight.organization, now)),
      page,
      total,
    )
  },

  async 'referrals.get'(ctx, { id }) {
    return answer(ctx, await requireVisible(ctx, id))
  },

  async 'referrals.refer'(ctx, { body }) {
    const seen = await refer(ctx, body)
    return { ...answer(ctx, seen), location: `/api/referral/v1/external-users/${seen.row.id}` }
  },

  async 'referrals.review'(ctx, { id, body, ifMatch }) {
    return answer(ctx, await review(ctx, { id, body, ifMatch }))
  },

  async 'referrals.withdraw'(ctx, { id, ifMatch }) {
    await withdraw(ctx, id, ifMatch)
    return { body: null }
  },

  async 'referrals.decisions'(ctx, { id }) {
    return { body: { decisions: (await decisionsOn(ctx, id)).map(presentDecision) } }
  },

  async 'referrals.evidence'(ctx, { id }) {
    return { body: await evidenceOn(ctx, id) }
  },
} satisfies Partial<Handlers>

// Tiers: the contract's operations bound to their rules.
import type { Handlers } from '../../http/answer.ts'
import { pageOf } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { presentTier } from './presenter.ts'
import { tiers, tiersMatching, type TierRow } from './queries.ts'
import { changeTier, createTier, removeTier } from './service.ts'

const answer = (tier: TierRow) => ({ body: presentTier(tier), version: tier.version })

export const tierRoutes = {
  async 'tiers.list'({ db, principal }, { query, page }) {
    const search = searchTerm(query.search)
    const matching = tiersMatching(db.read, { ids: query.ids, search })
    const reader = search === undefined ? db.read : db.aside
    const { rows, next } = pageOf(await tiers.list(reader, principal.workspaceId, matching, page), page)
    const total = query.count ? await tiers.count(db.aside, principal.workspaceId, matching) : null
    return { body: rows.map(presentTier), next, total }
  },

  async 'tiers.create'(ctx, { body }) {
    return answer(await createTier(ctx, body))
  },

  async 'tiers.get'({ db, principal }, { id }) {
    const tier = await tiers.find(db.read, principal.workspaceId, id)
    if (!tier) throw new ApiError('tier_not_found')
    return answer(tier)
  },

  async 'tiers.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeTier(ctx, id, body, ifMatch))
  },

  async 'tiers.delete'(ctx, { id, ifMatch }) {
    await removeTier(ctx, id, ifMatch)
    return { body: { message: 'The tier was deleted.' } }
  },
} satisfies Partial<Handlers>

// Blocks: the contract's operations bound to their rules.
import type { Context } from '../../context.ts'
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { presentBlock } from './presenter.ts'
import { blocks, blocksMatching, type BlockRow } from './queries.ts'
import { createBlock, liftBlock } from './service.ts'

function answer({ clock }: Context, row: BlockRow) {
  const body = presentBlock(row, clock.now())
  // The end by the clock is shown before it is recorded, so it has its own part of the entity tag.
  return { body, version: row.version, ...(row.ends_at !== null && { shown: String(body.liftedAt) }) }
}

export const blockRoutes = {
  async 'blocks.create'(ctx, { body }) {
    const block = await createBlock(ctx, body)
    return { ...answer(ctx, block), erasedWith: block.id }
  },

  async 'blocks.list'({ db, clock, principal }, { query, page }) {
    const now = clock.now()
    const { reach, externalUserId, superIdentityId, live } = query
    const matching = blocksMatching({ reach, externalUserId, superIdentityId, live, now })
    const few = (externalUserId ?? superIdentityId) !== undefined
    const { rows, next } = pageOf(await blocks.list(db.read, principal.workspaceId, matching, { ...page, few }), page)
    const total = query.count ? await blocks.count(db.aside, principal.workspaceId, matching) : null
    return { body: rows.map((row) => presentBlock(row, now)), next, total }
  },

  async 'blocks.get'(ctx, { id }) {
    const block = await blocks.find(ctx.db.read, ctx.principal.workspaceId, id)
    if (!block) throw new ApiError('block_not_found')
    return answer(ctx, block)
  },

  async 'blocks.lift'(ctx, { id, body }) {
    return answer(ctx, await liftBlock(ctx, id, body.reason ?? null))
  },
} satisfies Partial<Handlers>

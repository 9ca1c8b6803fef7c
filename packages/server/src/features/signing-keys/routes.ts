// Signing keys: the contract's operation bound to its rule.
import type { Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { iso } from '../../lib/clock.ts'
import { findFirstWorkspaceId } from '../workspaces/queries.ts'
import { rotateSigningKey } from './service.ts'

export const signingKeyRoutes = {
  async 'signingKeys.rotate'(ctx, { body }) {
    // The keys are everybody's: to any other workspace there is nothing here.
    if (ctx.principal.workspaceId !== (await findFirstWorkspaceId(ctx.db.read))) throw new ApiError('route_not_found')
    const { kid, signsFrom } = await rotateSigningKey(ctx, body.force)
    return { body: { kid, signsFrom: iso(signsFrom) } }
  },
} satisfies Partial<Handlers>

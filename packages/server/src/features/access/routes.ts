// Explaining access: the contract's operation bound to its rule.
import type { Handlers } from '../../http/answer.ts'
import { explainAccess } from './service.ts'

export const accessRoutes = {
  async 'externalUsers.access'(ctx, { id, query }) {
    return { body: await explainAccess(ctx, id, query.at === undefined ? null : Date.parse(query.at)) }
  },
} satisfies Partial<Handlers>

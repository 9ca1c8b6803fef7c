// The revocation statement, once or followed.
import type { Handlers } from '../../http/answer.ts'
import { offerStatement } from './service.ts'
import type { RevocationFeed } from './stream.ts'

export const revocationRoutes = (feed: RevocationFeed) =>
  ({
    async 'revocations.get'(ctx, { query }) {
      const { version, tag, make } = await offerStatement(ctx, ctx.principal.workspaceId, query.since ?? null)
      return { body: '', version, shown: tag, text: async () => (await make()).sign() }
    },

    /** After a lost connection the browser's own client repeats the address with the id of the last event it got. */
    async 'revocations.stream'({ principal }, { query, lastEventId }) {
      const stream = await feed.follow(principal.workspaceId, lastEventId ?? query.since ?? null)
      return { body: '', stream }
    },
  }) satisfies Partial<Handlers>

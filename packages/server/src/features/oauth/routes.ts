// The OAuth endpoints: the contract's operations bound to their rules.
import type { Context } from '../../context.ts'
import type { OAuthHandlers } from '../../http/bind-oauth.ts'
import { revokeToken } from '../access-tokens/revoke.ts'
import { findLiveAccess, readAccessToken, type AccessTokenClaims } from '../access-tokens/verify.ts'
import { exchangeToken } from './exchange.ts'

export const oauthRoutes: OAuthHandlers = {
  async 'oauth.introspect'(ctx, { token }) {
    const claims = ownToken(ctx, token)
    const live = claims !== null && (await findLiveAccess(ctx.db.read, claims, ctx.clock.now())) !== null
    return live ? { active: true, token_type: 'Bearer', ...claims } : { active: false }
  },

  async 'oauth.revoke'(ctx, { token }) {
    const claims = ownToken(ctx, token)
    if (claims) await revokeToken(ctx, claims)
    return null
  },

  'oauth.token': exchangeToken,
}

/** What another workspace's token says is none of the caller's business: it is no token at all. */
function ownToken({ instance, clock, principal }: Context, token: string): AccessTokenClaims | null {
  const claims = readAccessToken(instance, token, clock.now())
  return claims?.workspace_id === principal.workspaceId ? claims : null
}

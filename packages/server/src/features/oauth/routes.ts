// The OAuth endpoints: the contract's operations bound to their rules.
import type { OAuthHandlers } from '../../http/bind-oauth.ts'
import { exchangeToken } from './exchange.ts'
import { presentMetadata } from './presenter.ts'
import { endToken, introspectToken } from './service.ts'

export const oauthRoutes: OAuthHandlers = {
  'oauth.metadata': presentMetadata,

  'oauth.introspect': (ctx, { token }) => introspectToken(ctx, token),

  async 'oauth.revoke'(ctx, { token }) {
    await endToken(ctx, token)
    return null
  },

  'oauth.token': exchangeToken,
}

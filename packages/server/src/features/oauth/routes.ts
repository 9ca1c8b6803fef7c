// The OAuth endpoints: the contract's operations bound to their rules.
import { AnswerOfJson } from '../../http/answer.ts'
import type { OAuthHandlers } from '../../http/bind-oauth.ts'
import { exchangeToken } from './exchange.ts'
import { presentMetadata } from './presenter.ts'
import { endToken, introspectToken } from './service.ts'

export const oauthRoutes: OAuthHandlers = {
  'oauth.metadata': presentMetadata,

  async 'oauth.introspect'(ctx, { token }) {
    return new AnswerOfJson(await introspectToken(ctx, token))
  },

  async 'oauth.revoke'(ctx, { token }) {
    await endToken(ctx, token)
    return { body: null }
  },

  async 'oauth.token'(ctx, form) {
    return { body: await exchangeToken(ctx, form) }
  },
}

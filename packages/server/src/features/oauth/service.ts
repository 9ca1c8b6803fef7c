// Asking about an access token and ending one, by a client of the workspace that it belongs to.
import type { OAuthOperations, OAuthOutput } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { revokeToken } from '../access-tokens/revoke.ts'
import { isAlive, readAccessToken, type AccessTokenClaims } from '../access-tokens/verify.ts'

/** RFC 7662 section 2.2: of a token that is not alive nothing is told but that. */
export async function introspectToken(
  ctx: Context,
  token: string,
): Promise<OAuthOutput<OAuthOperations['oauth.introspect']>> {
  const claims = ownToken(ctx, token)
  const live = claims !== null && (await isAlive(ctx.db.read, claims, ctx.clock.now()))
  return live ? { active: true, token_type: 'Bearer', ...claims } : { active: false }
}

/** RFC 7009 section 2.2: a token that is none is ended already. */
export async function endToken(ctx: Context, token: string): Promise<void> {
  const claims = ownToken(ctx, token)
  if (claims) await revokeToken(ctx, claims)
}

/** What another workspace's token says is none of the caller's business: it is no token at all. */
function ownToken({ instance, clock, principal }: Context, token: string): AccessTokenClaims | null {
  const claims = readAccessToken(instance, token, clock.now())
  return claims?.workspace_id === principal.workspaceId ? claims : null
}

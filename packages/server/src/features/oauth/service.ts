// Asking about an access token and ending one, by a client of the workspace that it belongs to.
import type { Context } from '../../context.ts'
import { revokeToken } from '../access-tokens/revoke.ts'
import { isAlive, readAccessToken, type AccessToken } from '../access-tokens/verify.ts'

/** RFC 7662 section 2.2, as JSON: of a token that is not alive nothing is told but that. */
export async function introspectToken(ctx: Context, token: string): Promise<string> {
  const own = ownToken(ctx, token)
  const live = own !== null && (await isAlive(ctx.db.read, own.claims, ctx.clock.now()))
  return live ? `{"active":true,"token_type":"Bearer",${own.json.slice(1)}` : '{"active":false}'
}

/** RFC 7009 section 2.2: a token that is none is ended already. */
export async function endToken(ctx: Context, token: string): Promise<void> {
  const own = ownToken(ctx, token)
  if (own) await revokeToken(ctx, own.claims)
}

/** What another workspace's token says is none of the caller's business: it is no token at all. */
function ownToken({ instance, clock, principal }: Context, token: string): AccessToken | null {
  const read = readAccessToken(instance, token, clock.now())
  return read?.claims.workspace_id === principal.workspaceId ? read : null
}

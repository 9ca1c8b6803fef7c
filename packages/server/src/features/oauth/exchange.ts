// Token exchange (RFC 8693): a trusted issuer vouches for the selectors, and from there on it is authenticating.
import type { OAuthForm, OAuthOperations, OAuthOutput, TrustedIssuer } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import { OAuthError } from '../../lib/oauth-error.ts'
import type { Access } from '../access-tokens/queries.ts'
import { issueAccessToken, lifespan } from '../access-tokens/service.ts'
import { channels } from '../channels/queries.ts'
import { letIn } from '../external-users/authenticate.ts'
import { ownWorkspace } from '../workspaces/service.ts'
import { mapClaims, refused, type Selectors } from './mapping.ts'
import { notAccepted, requireSubjectToken, type SubjectToken } from './subject-token.ts'

type Form = OAuthForm<OAuthOperations['oauth.token']>

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

export async function exchangeToken(ctx: Context, form: Form): Promise<OAuthOutput<OAuthOperations['oauth.token']>> {
  await requireExchangeable(ctx, form)
  const subject = await requireSubjectToken(ctx, form.subject_token, form.subject_token_type)
  const access = await letSubjectIn(ctx, subject)
  const { iat, exp } = lifespan(ctx, access, Math.floor(subject.claims.exp))
  if (exp <= iat) throw notAccepted('has expired')
  return {
    access_token: await issueAccessToken(ctx, access, { iat, exp }),
    issued_token_type: form.requested_token_type ?? accessTokenType,
    token_type: 'Bearer',
    expires_in: exp - iat,
  }
}

/** What the RFC lets a client ask for and this service does not do is refused, not overlooked. */
async function requireExchangeable(ctx: Context, form: Form): Promise<void> {
  if (form.actor_token !== undefined || form.actor_token_type !== undefined) {
    throw new OAuthError('invalid_request', 'Nobody acts for an external user: leave actor_token out.')
  }
  if (form.scope !== undefined) throw new OAuthError('invalid_scope')
  const targets = [...(form.audience ?? []), ...(form.resource ?? [])]
  if (targets.length === 0) return
  const { tokenAudience } = (await ownWorkspace(ctx)).body
  if (targets.some((target) => target !== tokenAudience)) throw new OAuthError('invalid_target')
}

async function letSubjectIn(ctx: Context, { issuer, claims }: SubjectToken): Promise<Access> {
  const channel = await channels.find(ctx.db.read, issuer.workspace_id, issuer.channel_id)
  if (!channel) throw new ApiError('channel_not_found')
  const mapping = JSON.parse(issuer.mapping) as TrustedIssuer['mapping']
  const selectors = mapClaims(claims, mapping, channel.identifier_kind)
  return withinTheGrant(mapping, () => letIn(ctx, { channelId: channel.id, ...selectors }))
}

/** The client's request was fine: a claim that its channel cannot take spoils the grant. */
async function withinTheGrant<T>(
  mapping: { [S in keyof Selectors]: string | null },
  enter: () => Promise<T>,
): Promise<T> {
  try {
    return await enter()
  } catch (error) {
    const issue = error instanceof ApiError && error.code === 'invalid_request' ? error.details.issues?.[0] : undefined
    if (!issue) throw error
    throw refused(mapping[issue.path as keyof Selectors] ?? issue.path, issue.message)
  }
}

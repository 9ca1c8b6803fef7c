// Access tokens: ending all of an external user or a person, and what a token's holder may read.
import type { Context, ExternalUserPrincipal } from '../../context.ts'
import type { Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { Limit } from '@narthex/contract'
import { presentExternalUser } from '../external-users/presenter.ts'
import { tiers } from '../tiers/queries.ts'
import { findAccess } from './queries.ts'
import { effectiveTier, eligibilityOf } from './service.ts'
import { revokeTokensOfExternalUser, revokeTokensOfPerson } from './revoke.ts'

export const accessTokenRoutes = {
  async 'externalUsers.revokeTokens'(ctx, { id }) {
    await revokeTokensOfExternalUser(ctx, id)
    return { body: { message: 'The access tokens of the external user were revoked.' } }
  },

  async 'superIdentities.revokeTokens'(ctx, { id }) {
    await revokeTokensOfPerson(ctx, id)
    return { body: { message: 'The access tokens of the person were revoked.' } }
  },

  async 'me.get'(ctx) {
    return { body: await ownProfile(ctx) }
  },
} satisfies Partial<Handlers>

/** The token was found live a moment ago; an account that vanished since is told like a bad token. */
async function ownProfile({ db, principal, clock }: Context) {
  const { workspaceId, id, channelId, clientId } = principal as ExternalUserPrincipal
  const access = await findAccess(db.read, workspaceId, { channelId, column: 'id', value: id }, clientId)
  if (!access) throw new ApiError('unauthorized')
  const tierId = effectiveTier(access, eligibilityOf(access, clock.now()).entry).id
  const tier = tierId === null ? undefined : await tiers.find(db.read, workspaceId, tierId)
  const limits = tier ? (JSON.parse(tier.limits) as Limit[]) : []
  return { ...presentExternalUser(access, false), tier: tier?.name ?? null, limits }
}

// Issuing access tokens: JWTs after RFC 9068, from effective state only.
import { randomUUID } from 'node:crypto'
import type { Context } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import { defaultAudience } from '../workspaces/service.ts'
import { eligibility, type Eligibility } from './eligibility.ts'
import type { Access } from './queries.ts'

export function eligibilityOf(access: Access, at: number): Eligibility {
  return eligibility(
    {
      channelAdmission: access.channel_admission,
      channelArchivedAt: access.channel_archived_at,
      erasedAt: access.erased_at,
      blockedUntil: {
        'external-user': access.account_blocked_until,
        person: access.person_blocked_until,
        identifier: access.identifier_blocked_until,
      },
    },
    at,
  )
}

/** A key that was revoked while it asked gets no token: one issued now would carry the cut-off that was to end it. */
export function requireLiveClient(access: Access): void {
  if (access.client_revoked_at !== null) throw new ApiError('unauthorized')
}

export interface Lifespan {
  readonly iat: number
  readonly exp: number
}

/** In seconds, from now on; never beyond `latest`. */
export function lifespan({ clock }: Pick<Context, 'clock'>, access: Access, latest = Infinity): Lifespan {
  const iat = Math.floor(clock.now() / 1000)
  return { iat, exp: Math.min(iat + access.lifetime_seconds, latest) }
}

/** Whether is decided before: callers ask `eligibilityOf` first. */
export async function issueAccessToken(
  ctx: Context,
  access: Access,
  { iat, exp } = lifespan(ctx, access),
): Promise<string> {
  return ctx.instance.signer.sign('at+jwt', {
    iss: ctx.instance.publicUrl,
    aud: access.token_audience ?? defaultAudience(ctx, access.workspace_id, access.first_workspace_id),
    sub: access.id,
    client_id: ctx.principal.id,
    iat,
    exp,
    jti: randomUUID(),
    workspace_id: access.workspace_id,
    channel_id: access.channel_id,
    super_identity_id: access.super_identity_id,
    tier_id: access.effective_tier_id,
    external_user_group_id: access.external_user_group_id,
    admission_id: null,
    name: access.name,
    cut_off: access.cut_off,
  })
}

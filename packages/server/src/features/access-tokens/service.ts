// Issuing access tokens: JWTs after RFC 9068, from effective state only.
import { randomUUID } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { Db } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { ChannelRow } from '../channels/queries.ts'
import { defaultAudience } from '../workspaces/service.ts'
import { eligibility, type Eligibility, type Entry, type PersonStanding } from './eligibility.ts'
import { findAdmission, type Access, type Admission, type StandingRow } from './queries.ts'

export function eligibilityOf(access: StandingRow, at: number): Eligibility {
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
      ...personStanding(access),
    },
    at,
  )
}

function personStanding(admission: Admission): PersonStanding {
  const { referral_id: id, referral_status: status, admitted_until: until } = admission
  const provisional = status === 'REFERRED' && admission.provisional_tier_id !== null
  return {
    admission: id !== null && status === 'ADMITTED' ? { id, until } : null,
    provisionalUntil: provisional ? admission.provisional_until : null,
    everAdmitted: admission.last_admitted_at !== null,
  }
}

/** For somebody who has no account yet: refuses unless the person whose address it is may come in by the channel. */
export async function requireEntry(db: Db, channel: ChannelRow, personId: string | null, at: number): Promise<void> {
  if (channel.admission === 'open') return
  const nobody = { admission: null, provisionalUntil: null, everAdmitted: false }
  const person = personId && personStanding(await findAdmission(db, channel.workspace_id, personId))
  const { reasons } = eligibility(
    {
      channelAdmission: channel.admission,
      channelArchivedAt: channel.archived_at,
      erasedAt: null,
      blockedUntil: { 'external-user': null, person: null, identifier: null },
      ...(person || nobody),
    },
    at,
  )
  if (reasons[0]) throw new ApiError(reasons[0].code)
}

/** The tier in force, the policy's while access is provisional, and the lifetime that goes with it. */
export function effectiveTier(access: Access, entry: Entry | null) {
  return entry?.provisional
    ? { id: access.provisional_tier_id, lifetimeSeconds: access.provisional_lifetime_seconds }
    : { id: access.effective_tier_id, lifetimeSeconds: access.lifetime_seconds }
}

/** A key that was revoked while it asked gets no token: one issued now would carry the cut-off that was to end it. */
export function requireLiveClient(access: Access): void {
  if (access.client_revoked_at !== null) throw new ApiError('unauthorized')
}

export interface Lifespan {
  readonly iat: number
  readonly exp: number
}

/** In seconds, from now on; never beyond `latest` or the end of the admission. */
export function lifespan({ clock }: Pick<Context, 'clock'>, access: Access, latest = Infinity): Lifespan {
  const now = clock.now()
  const iat = Math.floor(now / 1000)
  const { entry } = eligibilityOf(access, now)
  const end = Math.floor((entry?.until ?? Infinity) / 1000)
  return { iat, exp: Math.min(iat + effectiveTier(access, entry).lifetimeSeconds, latest, end) }
}

type Holder = Pick<Access, 'id' | 'super_identity_id' | 'name'>

/** Whether is decided before: callers ask `eligibilityOf` first. Several holders may share what decides about them. */
export async function issueAccessToken(
  ctx: Context,
  access: Access,
  { iat, exp } = lifespan(ctx, access),
  holder: Holder = access,
): Promise<string> {
  const { entry } = eligibilityOf(access, ctx.clock.now())
  return ctx.instance.signer.sign('at+jwt', {
    iss: ctx.instance.publicUrl,
    aud: access.token_audience ?? defaultAudience(ctx, access.workspace_id, access.first_workspace_id),
    sub: holder.id,
    client_id: ctx.principal.id,
    iat,
    exp,
    jti: randomUUID(),
    workspace_id: access.workspace_id,
    channel_id: access.channel_id,
    super_identity_id: holder.super_identity_id,
    tier_id: effectiveTier(access, entry).id,
    external_user_group_id: access.external_user_group_id,
    admission_id: entry?.admissionId ?? null,
    // What is undefined is not in the token.
    provisional: entry?.provisional ? true : undefined,
    name: holder.name,
    cut_off: access.cut_off,
  })
}

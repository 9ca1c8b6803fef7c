// Everything that decides on an external user's access, read as it is now or rebuilt as it was.
import type { Limit, Policies } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Db } from '../../db/database.ts'
import { findAccess } from '../access-tokens/queries.ts'
import { channels, type ChannelRow } from '../channels/queries.ts'
import { groups } from '../external-user-groups/queries.ts'
import type { ExternalUserRow } from '../external-users/queries.ts'
import { tiers } from '../tiers/queries.ts'
import { findWorkspace, type WorkspaceRow } from '../workspaces/queries.ts'
import { defaultTokenLifetimeSeconds } from '../workspaces/service.ts'
import { stateAt } from './history.ts'
import { identifierAt } from './past-identifier.ts'

export interface Facts {
  readonly superIdentityId: string
  readonly channelId: string
  readonly admission: 'open' | 'referral'
  readonly archivedAt: number | null
  readonly erasedAt: number | null
  readonly groupId: string | null
  readonly fingerprint: string | null
  /** Of an account that is erased by now: which blocks reached the identifier that it had. */
  readonly identifierBlockIds: readonly string[]
  /** Where a tier is set, the nearest first. */
  readonly tierIds: {
    readonly user: string | null
    readonly group: string | null
    readonly channel: string | null
    readonly workspace: string | null
  }
  /** Of the policy of provisional access; null while it is off. */
  readonly provisionalTierId: string | null
  readonly lifetimeSeconds: { readonly channel: number | null; readonly workspace: number }
  /** The highest cut-off that reaches the account; null for a past moment. */
  readonly cutOff: number | null
}

export interface TierFacts {
  readonly name: string
  readonly limits: Limit[]
  readonly lifetimeSeconds: number | null
}

export async function factsNow({ db, principal }: Context, user: ExternalUserRow): Promise<Facts> {
  const { workspaceId, id } = principal
  const channel = (await channels.find(db.read, workspaceId, user.channel_id)) as ChannelRow
  const workspace = (await findWorkspace(db.read, workspaceId)) as WorkspaceRow
  const groupId = user.external_user_group_id
  const group = groupId === null ? undefined : await groups.find(db.read, workspaceId, groupId)
  const selector = { channelId: channel.id, column: 'id' as const, value: user.id }
  const access = await findAccess(db.read, workspaceId, selector, id as string)
  return {
    superIdentityId: user.super_identity_id,
    channelId: channel.id,
    admission: channel.admission,
    archivedAt: channel.archived_at,
    erasedAt: user.erased_at,
    groupId,
    fingerprint: user.identifier_fingerprint,
    identifierBlockIds: [],
    tierIds: {
      user: user.tier_id,
      group: group?.tier_id ?? null,
      channel: channel.default_tier_id,
      workspace: workspace.default_tier_id,
    },
    provisionalTierId: workspace.provisional_tier_id,
    lifetimeSeconds: { channel: channel.token_lifetime_seconds, workspace: workspace.token_lifetime_seconds },
    cutOff: access?.cut_off ?? null,
  }
}

/** null when the external user did not exist at that moment. */
export async function factsAt(ctx: Context, id: string, at: number): Promise<Facts | null> {
  const { workspaceId } = ctx.principal
  const told = (subjectId: string) => stateAt(ctx.db.read, workspaceId, subjectId, at)
  const user = await told(id)
  if (!user) return null
  const channel = (await told(user['channelId'] as string)) ?? {}
  const workspace = (await told(workspaceId)) ?? {}
  // A group that is deleted left its people without one; their own events do not repeat that.
  const groupId = text(user['externalUserGroupId'])
  const group = groupId === null ? null : await told(groupId)
  return {
    superIdentityId: user['superIdentityId'] as string,
    channelId: user['channelId'] as string,
    admission: channel['admission'] as Facts['admission'],
    archivedAt: time(channel['archivedAt']),
    erasedAt: time(user['erasedAt']),
    groupId: group ? groupId : null,
    ...(await identifierAt(ctx, id, user, at)),
    tierIds: {
      user: text(user['tierId']),
      group: text(group?.['tierId']),
      channel: text(channel['defaultTierId']),
      workspace: text(workspace['defaultTierId']),
    },
    provisionalTierId: (workspace['policies'] as Policies | undefined)?.provisionalAccess?.tierId ?? null,
    lifetimeSeconds: {
      channel: (channel['tokenLifetimeSeconds'] as number | null | undefined) ?? null,
      workspace: (workspace['tokenLifetimeSeconds'] as number | undefined) ?? defaultTokenLifetimeSeconds,
    },
    cutOff: null,
  }
}

export async function tierNow(db: Db, workspaceId: string, id: string): Promise<TierFacts | null> {
  const tier = await tiers.find(db, workspaceId, id)
  if (!tier) return null
  return { name: tier.name, limits: JSON.parse(tier.limits) as Limit[], lifetimeSeconds: tier.token_lifetime_seconds }
}

export async function tierAt(db: Db, workspaceId: string, id: string, at: number): Promise<TierFacts | null> {
  const tier = await stateAt(db, workspaceId, id, at)
  if (!tier) return null
  const lifetimeSeconds = (tier['tokenLifetimeSeconds'] as number | null | undefined) ?? null
  // An event's JSON: the tier's service wrote it in the contract's own form.
  return { name: tier['name'] as string, limits: tier['limits'] as unknown as Limit[], lifetimeSeconds }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function time(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(value) : null
}

// The rules of external users after their creation: a token for the new ones, and what a patch may change.
import type { ExternalUser, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import { difference, type Difference } from '../../lib/difference.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { eligibilityOf, issueAccessToken, lifespan, requireLiveClient } from '../access-tokens/service.ts'
import { channels, type ChannelRow } from '../channels/queries.ts'
import { blocks, findBlocksOn, findAccountBlocks, type BlockRow } from '../blocks/queries.ts'
import { endTokensIfReached } from '../blocks/identifiers.ts'
import { placeBlock } from '../blocks/service.ts'
import { appendEvent } from '../events/service.ts'
import { requireGroup } from '../external-user-groups/queries.ts'
import { statusAt } from '../referrals/presenter.ts'
import { findLive, raiseReferralsOf } from '../referrals/queries.ts'
import { findHolder, insertHeldEmail, superIdentities, type PersonRow } from '../super-identities/queries.ts'
import { raisePerson, showPerson } from '../super-identities/service.ts'
import { requireTier } from '../tiers/queries.ts'
import {
  fingerprintOn,
  personalFields,
  requireCanonical,
  searchText,
  taken,
  vouchesForAddresses,
  type NewExternalUser,
} from './create.ts'
import { createWithAccess } from './create-together.ts'
import { releaseAddress } from './erase.ts'
import { presentExternalUser } from './presenter.ts'
import { externalUsers, type ExternalUserRow } from './queries.ts'

type UpdateBody = Input<Operations['externalUsers.update']>['body']

/** A new account with a token for it, or null where it may not come in (yet). */
export async function createWithToken(ctx: Context, body: NewExternalUser) {
  const { user, access } = await createWithAccess(ctx, body)
  if (!access || !eligibilityOf(access, ctx.clock.now()).allowed) return { user, accessToken: null }
  requireLiveClient(access)
  return { user, accessToken: await issueAccessToken(ctx, access, lifespan(ctx, access), user) }
}

export async function changeExternalUser(
  ctx: Context,
  id: string,
  body: UpdateBody,
  ifMatch: IfMatch,
): Promise<ExternalUserRow> {
  return taken(() =>
    ctx.db.write(async (tx) => {
      const user = await requireLocked(tx, ctx, id)
      requireMatch(ifMatch, user.version)
      const own = await findAccountBlocks(tx, user.workspace_id, id, ctx.clock.now())
      // A patch speaks of the account's own block alone: one without end counts, timed ones do not keep it from being placed.
      const ownBlocked = body.blocked === false ? own.length > 0 : own.some((block) => block.ends_at === null)
      const current = presentExternalUser(user, ownBlocked)
      if (body.blocked === false) await requireNoOtherBlock(tx, ctx, user)
      const change = difference(current, body)
      if (!change) return user
      if (user.erased_at !== null) throw new ApiError('external_user_erased')
      const next = { ...current, ...change.after } as ExternalUser
      await requireGroup(tx, user.workspace_id, change.after['externalUserGroupId'] as string | null)
      await requireTier(tx, user.workspace_id, change.after['tierId'] as string | null)
      const identifier = 'identifier' in change.after ? await changedIdentifier(tx, ctx, user, next.identifier) : {}
      await changeBlock(tx, ctx, { user, own, blocked: change.after['blocked'] as boolean | undefined })
      const updated = await externalUsers.update(tx, user, {
        external_id: next.externalId,
        external_user_group_id: next.externalUserGroupId,
        name: next.name,
        tier_id: next.tierId,
        search_text: searchText(next),
        ...identifier,
        updated_at: ctx.clock.now(),
      })
      await appendEvent(tx, ctx, { type: eventType(change), subject: updated, ...change, personal: personalFields })
      if (updated.identifier_fingerprint !== user.identifier_fingerprint) await endTokensIfReached(tx, ctx, updated)
      return updated
    }),
  )
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<ExternalUserRow> {
  const user = await externalUsers.lock(tx, ctx.principal.workspaceId, id)
  if (!user) throw new ApiError('external_user_not_found')
  return user
}

function eventType({ after }: Difference) {
  if (after['blocked'] === undefined) return 'external_user.updated'
  return after['blocked'] ? 'external_user.blocked' : 'external_user.unblocked'
}

/** The account's block without end is placed, or every block of its own is lifted. */
async function changeBlock(
  tx: Tx,
  ctx: Context,
  { user, own, blocked }: { user: ExternalUserRow; own: readonly BlockRow[]; blocked: boolean | undefined },
): Promise<void> {
  if (blocked) await placeBlock(tx, ctx, { reach: 'external-user', externalUserId: user.id })
  if (blocked !== false) return
  const now = ctx.clock.now()
  const { kind, id } = ctx.principal
  for (const block of own) {
    await blocks.update(tx, block, { lifted_at: now, lifted_by_kind: kind, lifted_by_id: id, updated_at: now })
  }
}

/** Lifting the account's own blocks would not let it in: the caller is told where the other block is. */
async function requireNoOtherBlock(tx: Tx, ctx: Context, user: ExternalUserRow): Promise<void> {
  const on = await findBlocksOn(tx, user.workspace_id, user, ctx.clock.now())
  const other = on.find((block) => block.reach !== 'external-user')
  if (!other) return
  const message = `Block ${other.id} on the ${other.reach} remains; lifting the account's own would not let it in.`
  throw new ApiError('blocked_elsewhere', { message })
}

async function changedIdentifier(tx: Tx, ctx: Context, user: ExternalUserRow, identifier: string | null) {
  const channel = (await channels.share(tx, user.workspace_id, user.channel_id)) as ChannelRow
  const identifier_canonical = identifier === null ? null : requireCanonical(channel, identifier)
  const moved = identifier_canonical !== user.identifier_canonical
  if (moved && channel.admission === 'referral') {
    await requireNoLiveReferral(tx, ctx, user)
    await raiseReferralsOf(tx, user.workspace_id, user.super_identity_id)
  }
  if (moved && vouchesForAddresses(channel)) {
    const held =
      identifier !== null &&
      identifier_canonical !== null &&
      (await holdAddress(tx, user, { email: identifier, emailCanonical: identifier_canonical }))
    const released = user.identifier_canonical !== null && (await releaseAddress(tx, user))
    if (held || released) await showPerson(tx, await raisePerson(tx, ctx, user.super_identity_id))
  }
  const identifier_fingerprint =
    identifier_canonical === null ? null : fingerprintOn(ctx, channel, identifier_canonical)
  return { identifier, identifier_canonical, identifier_fingerprint }
}

/**
 * Who is let in, or waits for it, is whoever had the identifier when it was referred: another one would go round the
 * reviewer. The person is locked as by whoever refers it or decides, so that of both at once one sees the other.
 */
async function requireNoLiveReferral(tx: Tx, ctx: Context, user: ExternalUserRow): Promise<void> {
  await superIdentities.lock(tx, user.workspace_id, user.super_identity_id)
  const live = await findLive(tx, user.workspace_id, user.super_identity_id)
  if (live && statusAt(live, ctx.clock.now()) === live.status) throw new ApiError('identifier_fixed')
}

/** A patch never joins two persons: an address that another one holds is refused. False when it is held already. */
async function holdAddress(
  tx: Tx,
  user: ExternalUserRow,
  held: { email: string; emailCanonical: string },
): Promise<boolean> {
  const person = (await superIdentities.lock(tx, user.workspace_id, user.super_identity_id)) as PersonRow
  if (await insertHeldEmail(tx, person, held)) return true
  const holder = await findHolder(tx, user.workspace_id, held.emailCanonical)
  if (holder !== user.super_identity_id) throw new ApiError('identifier_held_by_another_person')
  return false
}

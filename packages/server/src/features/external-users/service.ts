// The rules of external users after their creation: what a patch may change, and what erasure leaves.
import type { ExternalUser, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { iso } from '../../lib/clock.ts'
import { difference, type Difference } from '../../lib/difference.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { reachedIdentifiers } from '../access/past-identifier.ts'
import { findAccess } from '../access-tokens/queries.ts'
import { eligibilityOf, issueAccessToken, requireLiveClient } from '../access-tokens/service.ts'
import { channels, type ChannelRow } from '../channels/queries.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { blocks, findBlocksOn, forgetBlocks, findAccountBlocks, type BlockRow } from '../blocks/queries.ts'
import { endTokensIfReached } from '../blocks/identifiers.ts'
import { placeBlock } from '../blocks/service.ts'
import { deleteOpenings } from '../events/queries.ts'
import { appendEvent } from '../events/service.ts'
import { requireGroup } from '../external-user-groups/queries.ts'
import {
  deleteHeldEmail,
  findHolder,
  insertHeldEmail,
  superIdentities,
  type PersonRow,
} from '../super-identities/queries.ts'
import { erasePerson, raisePerson } from '../super-identities/service.ts'
import { requireTier } from '../tiers/queries.ts'
import { fingerprintOn, personalFields, requireCanonical, searchText, taken, vouchesForAddresses } from './create.ts'
import { presentExternalUser } from './presenter.ts'
import {
  deleteIdempotencyRecords,
  externalUsers,
  hasOtherHolder,
  hasOtherLiveAccount,
  type ExternalUserRow,
} from './queries.ts'

type UpdateBody = Input<Operations['externalUsers.update']>['body']

/** A token for an account just created, or null where it may not come in (yet). */
export async function tokenForNew(ctx: Context, user: ExternalUserRow): Promise<string | null> {
  const selector = { channelId: user.channel_id, column: 'id' as const, value: user.id }
  const access = await findAccess(ctx.db.read, user.workspace_id, selector, ctx.principal.id as string)
  if (!access || !eligibilityOf(access, ctx.clock.now()).allowed) return null
  requireLiveClient(access)
  return issueAccessToken(ctx, access)
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

/** Forgets who it was: the fields, what search and stored answers know, and the openings of its events. */
export async function eraseExternalUser(ctx: Context, id: string): Promise<void> {
  await ctx.db.write(async (tx) => {
    const user = await requireLocked(tx, ctx, id)
    if (user.erased_at !== null) return
    const now = ctx.clock.now()
    const released = user.identifier_canonical !== null && (await releaseAddress(tx, user))
    const person = !(await hasOtherLiveAccount(tx, user))
    if (person) await erasePerson(tx, ctx, user.super_identity_id)
    else if (released) await raisePerson(tx, ctx, user.super_identity_id)
    const updated = await externalUsers.update(tx, user, {
      identifier: null,
      identifier_canonical: null,
      identifier_fingerprint: null,
      external_id: null,
      name: null,
      search_text: '',
      erased_at: now,
      updated_at: now,
    })
    await deleteIdempotencyRecords(tx, user.workspace_id, id)
    const identifierBlocks = await reachedIdentifiers(tx, ctx, user)
    await deleteOpenings(tx, user.workspace_id, id)
    const blockIds = identifierBlocks.map(({ blockId }) => blockId)
    const forgotten = await forgetBlocks(tx, { ...user, blockIds, person })
    for (const blockId of forgotten) {
      await deleteOpenings(tx, user.workspace_id, blockId)
      await deleteIdempotencyRecords(tx, user.workspace_id, blockId)
    }
    await insertCutOff(tx, user.workspace_id, { reach: 'account', subjectId: id, now })
    const nobody = { identifier: null, externalId: null, name: null, erasedAt: iso(now) }
    const after = {
      ...nobody,
      ...(identifierBlocks.length > 0 && { identifierBlocks: identifierBlocks as unknown as Json }),
    }
    await appendEvent(tx, ctx, { type: 'external_user.erased', subject: updated, before: { erasedAt: null }, after })
  })
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
  if (vouchesForAddresses(channel) && identifier_canonical !== user.identifier_canonical) {
    const held =
      identifier !== null &&
      identifier_canonical !== null &&
      (await holdAddress(tx, user, { email: identifier, emailCanonical: identifier_canonical }))
    const released = user.identifier_canonical !== null && (await releaseAddress(tx, user))
    if (held || released) await raisePerson(tx, ctx, user.super_identity_id)
  }
  const identifier_fingerprint =
    identifier_canonical === null ? null : fingerprintOn(ctx, channel, identifier_canonical)
  return { identifier, identifier_canonical, identifier_fingerprint }
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

/** Gives up the address unless another account of the person still stands for it; says whether it did. */
async function releaseAddress(tx: Tx, user: ExternalUserRow): Promise<boolean> {
  const canonical = user.identifier_canonical as string
  const holder = await findHolder(tx, user.workspace_id, canonical)
  if (holder !== user.super_identity_id || (await hasOtherHolder(tx, user))) return false
  await deleteHeldEmail(tx, user.workspace_id, canonical)
  return true
}

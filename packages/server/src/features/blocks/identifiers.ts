// Whom blocks of identifiers reach: the forms that an identifier takes on each channel, and the tokens that end with it.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { invalid } from '../../lib/api-error.ts'
import { fingerprintOf } from '../../lib/fingerprint.ts'
import { listIdentifierRules, type ChannelRow } from '../channels/queries.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import type { ExternalUserRow } from '../external-users/queries.ts'
import { lockWorkspace } from '../workspaces/queries.ts'
import { findUsersByFingerprint, insertFingerprints, listIdentifierBlocks } from './identifier-queries.ts'
import { isStrangerBlocked, type BlockRow } from './queries.ts'

/** Lets a new block of an identifier reach everybody who has it, in each channel's own form. */
export async function spreadBlock(tx: Tx, ctx: Context, block: BlockRow): Promise<void> {
  const { workspace_id, channel_id } = block
  // Who inserts a channel or an external user shares this row: from here on none of them goes unseen.
  await lockWorkspace(tx, workspace_id)
  const forms = await formsOf(tx, ctx, block.identifier as string, channel_id)
  const own = forms.map((fingerprint) => ({ blockId: block.id, fingerprint }))
  await insertFingerprints(tx, workspace_id, own, block.created_at)
  await endTokens(tx, workspace_id, await findUsersByFingerprint(tx, workspace_id, forms, channel_id), block.created_at)
}

/** The fingerprints of every form that an identifier takes on the channels of the workspace, or on the one given. */
async function formsOf(tx: Tx, ctx: Context, identifier: string, channelId: string | null): Promise<string[]> {
  const { workspaceId } = ctx.principal
  const rules = (await listIdentifierRules(tx, workspaceId)).filter(
    (rule) => channelId === null || rule.id === channelId,
  )
  const forms = rules
    .map((rule) => fingerprintOf(ctx.instance.fingerprintKey, rule, identifier))
    .filter((form) => form !== null)
  if (forms.length > 0 || rules.length === 0) return [...new Set(forms)]
  throw invalid('identifier', 'must be an identifier of some channel it is blocked on')
}

/**
 * Blocks of identifiers on every channel reach a channel made or changed after them too, and whoever is there already.
 * Call it after a statement that shares the workspace's row, such as an event's: a block being placed is then seen.
 */
export async function extendBlocks(tx: Tx, ctx: Context, channel: ChannelRow): Promise<void> {
  const { workspace_id, id, identifier_kind, default_country } = channel
  await extend(tx, ctx, channel, id)
  const rules = await listIdentifierRules(tx, workspace_id)
  const alike = (rule: (typeof rules)[number]) =>
    rule.id !== id && rule.identifier_kind === identifier_kind && rule.default_country === default_country
  // Where another channel reads identifiers in the same way, every block without a channel has that form already.
  if (!rules.some(alike)) await extend(tx, ctx, channel, null)
}

async function extend(tx: Tx, ctx: Context, channel: ChannelRow, channelId: string | null): Promise<void> {
  const { workspace_id } = channel
  const now = ctx.clock.now()
  const forms = (await listIdentifierBlocks(tx, workspace_id, channelId)).flatMap(({ id: blockId, identifier }) => {
    const form = fingerprintOf(ctx.instance.fingerprintKey, channel, identifier)
    return form === null ? [] : [{ blockId, fingerprint: form }]
  })
  const fresh = new Set(await insertFingerprints(tx, workspace_id, forms, now))
  await endTokens(tx, workspace_id, await findUsersByFingerprint(tx, workspace_id, [...fresh], channelId), now)
}

/** An account that takes a blocked identifier is blocked by it. Call it after the change's event, as `extendBlocks`. */
export async function endTokensIfReached(tx: Tx, ctx: Context, user: ExternalUserRow): Promise<void> {
  const now = ctx.clock.now()
  const stranger = { superIdentityId: null, fingerprint: user.identifier_fingerprint, channelId: user.channel_id }
  if (await isStrangerBlocked(tx, user.workspace_id, stranger, now))
    await endTokens(tx, user.workspace_id, [user.id], now)
}

async function endTokens(tx: Tx, workspaceId: string, externalUserIds: readonly string[], now: number): Promise<void> {
  for (const subjectId of externalUserIds.toSorted()) {
    await insertCutOff(tx, workspaceId, { reach: 'account', subjectId, now })
  }
}

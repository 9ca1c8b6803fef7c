// Authenticating an external user: find it by any selector, or let it in for the first time, and hand out a token.
import type { ExternalUser, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { findAccess, type Access, type Selector } from '../access-tokens/queries.ts'
import { eligibilityOf, issueAccessToken, requireEntry, requireLiveClient } from '../access-tokens/service.ts'
import { isStrangerBlocked } from '../blocks/queries.ts'
import { channels, type ChannelRow } from '../channels/queries.ts'
import { findHolder } from '../super-identities/queries.ts'
import {
  createExternalUser,
  fingerprintOn,
  requireCanonical,
  requireOpenChannel,
  vouchesForAddresses,
} from './create.ts'
import { presentExternalUser } from './presenter.ts'
import { updateLastSeen } from './queries.ts'

type Body = Input<Operations['externalUsers.authenticate']>['body']

/** Between these the stored last sight stays as it is: a busy user costs one write a minute. */
const lastSeenEveryMs = 60_000

export async function authenticateExternalUser(
  ctx: Context,
  body: Body,
): Promise<ExternalUser & { accessToken: string }> {
  const access = await letIn(ctx, body)
  return { ...presentExternalUser(access, false), accessToken: await issueAccessToken(ctx, access) }
}

/** The one way in, whoever vouches for the selectors: finds or provisions the account, asks whether it may, notes the sight. */
export async function letIn(ctx: Context, body: Body): Promise<Access> {
  const { workspaceId } = ctx.principal
  if (!body.id && !body.externalId && !body.identifier)
    throw invalid('id', 'is required unless externalId or identifier is given')
  const channel = requireOpenChannel(await channels.find(ctx.db.read, workspaceId, body.channelId))
  const selectors = selectorsOf(channel, body)
  const access = (await findBySelectors(ctx, selectors)) ?? (await provision(ctx, channel, body, selectors))
  const { allowed, reasons } = eligibilityOf(access, ctx.clock.now())
  if (!allowed) throw new ApiError(reasons[0]?.code ?? 'external_user_blocked')
  requireLiveClient(access)
  await noteSight(ctx, access)
  return access
}

/** The given selectors, each by the column that it is unique in. */
function selectorsOf(channel: ChannelRow, { id, externalId, identifier }: Body): Selector[] {
  const values = {
    id: id?.toLowerCase(),
    external_id: externalId,
    identifier_canonical: identifier ? requireCanonical(channel, identifier) : null,
  }
  return Object.entries(values).flatMap(([column, value]) =>
    value ? [{ channelId: channel.id, column: column as Selector['column'], value }] : [],
  )
}

/** The account that any selector names; refuses when another selector names a different one, or nobody. */
async function findBySelectors(ctx: Context, selectors: readonly Selector[]): Promise<Access | null> {
  for (const selector of selectors) {
    const access = await findAccess(ctx.db.read, ctx.principal.workspaceId, selector, ctx.principal.id as string)
    if (!access) continue
    if (selectors.some(({ column, value }) => access[column] !== value)) throw new ApiError('selectors_disagree')
    return access
  }
  return null
}

/** First sight. A refused stranger creates nothing, and of two first sights at once the second finds the first. */
async function provision(
  ctx: Context,
  channel: ChannelRow,
  body: Body,
  selectors: readonly Selector[],
): Promise<Access> {
  const { externalId, identifier } = body
  if (channel.provisioning === 'manual' || (!externalId && !identifier)) throw new ApiError('external_user_not_found')
  const canonical = selectors.find(({ column }) => column === 'identifier_canonical')?.value
  const holder =
    canonical !== undefined && vouchesForAddresses(channel)
      ? ((await findHolder(ctx.db.read, channel.workspace_id, canonical)) ?? null)
      : null
  const stranger = {
    superIdentityId: holder,
    fingerprint: canonical === undefined ? null : fingerprintOn(ctx, channel, canonical),
    channelId: channel.id,
  }
  if (await isStrangerBlocked(ctx.db.read, ctx.principal.workspaceId, stranger, ctx.clock.now())) {
    throw new ApiError('external_user_blocked')
  }
  await requireEntry(ctx.db.read, channel, holder, ctx.clock.now())
  const found = selectors.filter(({ column }) => column !== 'id')
  try {
    const lastSeenAt = ctx.clock.now()
    await createExternalUser(ctx, { channelId: channel.id, externalId, identifier, lastSeenAt })
  } catch (error) {
    const raced = error instanceof ApiError && (error.code === 'identifier_taken' || error.code === 'external_id_taken')
    if (!raced) throw error
  }
  const access = await findBySelectors(ctx, found)
  if (!access) throw new ApiError('external_user_not_found')
  return access
}

/** The first sight is stored before the answer, later ones behind it. */
async function noteSight(ctx: Context, access: Access): Promise<void> {
  const now = ctx.clock.now()
  if (access.last_seen_at !== null && now - access.last_seen_at < lastSeenEveryMs) return
  const noted = ctx.db.write((tx) => updateLastSeen(tx, access.workspace_id, access.id, now))
  if (access.last_seen_at === null) return noted
  noted.catch((error: unknown) => ctx.log.warn({ err: error }, 'a last sight was not recorded'))
}

// Creating external users: by hand, and on first sight by an open door.
import type { ExternalUser } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { newId } from '../../lib/id.ts'
import { requireEntry } from '../access-tokens/service.ts'
import { isStrangerBlocked } from '../blocks/queries.ts'
import { channels, updateFirstUsed, type ChannelRow } from '../channels/queries.ts'
import { appendEvent, type Change } from '../events/service.ts'
import { requireGroup } from '../external-user-groups/queries.ts'
import { joinOrCreatePerson } from '../super-identities/service.ts'
import { requireTier } from '../tiers/queries.ts'
import { externalUsers, type ExternalUserRow } from './queries.ts'

export interface NewExternalUser {
  readonly channelId: string
  readonly externalId?: string | null | undefined
  readonly externalUserGroupId?: string | null | undefined
  readonly identifier?: string | null | undefined
  readonly name?: string | null | undefined
  readonly tierId?: string | null | undefined
  /** It comes in while it is created. */
  readonly lastSeenAt?: number
}

/** The fields that erasure takes back. */
export const personalFields = ['identifier', 'externalId', 'name']

export async function createExternalUser(ctx: Context, user: NewExternalUser): Promise<ExternalUserRow> {
  return createAnd(ctx, user, async (_, row) => row)
}

/** What `ask` finds out about the new account is asked in the transaction that makes it. */
export async function createAnd<T>(
  ctx: Context,
  user: NewExternalUser,
  ask: (tx: Tx, row: ExternalUserRow) => Promise<T>,
): Promise<T> {
  if (!user.identifier && !user.externalId) throw invalid('identifier', 'is required unless externalId is given')
  return taken(() => ctx.db.write(async (tx) => ask(tx, await insertExternalUser(tx, ctx, user))))
}

async function insertExternalUser(tx: Tx, ctx: Context, user: NewExternalUser): Promise<ExternalUserRow> {
  const { workspaceId } = ctx.principal
  // Shared until the commit, so that nobody archives the channel or changes its rules in between.
  const channel = requireOpenChannel(await channels.share(tx, workspaceId, user.channelId))
  await requireGroup(tx, workspaceId, user.externalUserGroupId)
  await requireTier(tx, workspaceId, user.tierId)
  const identifier = user.identifier ?? null
  const canonical = identifier === null ? null : requireCanonical(channel, identifier)
  const print = canonical === null ? null : fingerprintOn(ctx, channel, canonical)
  const vouched = vouchesForAddresses(channel) && identifier !== null && canonical !== null
  const person = await joinOrCreatePerson(tx, ctx, vouched ? { email: identifier, emailCanonical: canonical } : null)
  const now = ctx.clock.now()
  // The person shares the workspace's row by now, which a block of an identifier locks: no such block goes unseen.
  const stranger = { superIdentityId: person.id, fingerprint: print, channelId: channel.id }
  if (await isStrangerBlocked(tx, workspaceId, stranger, now)) throw new ApiError('external_user_blocked')
  // Who comes in with its creation is let in or not created: the person is locked by now, as by whoever decides on it.
  if (user.lastSeenAt !== undefined) await requireEntry(tx, channel, person.id, now)
  const row = await externalUsers.insert(
    tx,
    newAccount({
      workspace_id: workspaceId,
      id: newId(),
      channel_id: channel.id,
      super_identity_id: person.id,
      external_user_group_id: user.externalUserGroupId ?? channel.default_external_user_group_id,
      tier_id: user.tierId ?? null,
      external_id: user.externalId ?? null,
      identifier,
      identifier_canonical: canonical,
      identifier_fingerprint: print,
      name: user.name ?? null,
      last_seen_at: user.lastSeenAt ?? null,
      created_at: now,
    }),
  )
  if (channel.first_used_at === null) await updateFirstUsed(tx, channel, now)
  await appendEvent(tx, ctx, creationOf(row))
  return row
}

type Derived = 'erased_at' | 'search_text' | 'version' | 'updated_at'

/** The whole row of an account that nothing has happened to yet. */
export function newAccount(account: Omit<ExternalUserRow, Derived>): ExternalUserRow {
  const { name, identifier, external_id: externalId, created_at } = account
  const search_text = searchText({ name, identifier, externalId })
  // Listed, as below: rows by the million are copied several times faster than with a spread.
  return {
    workspace_id: account.workspace_id,
    id: account.id,
    channel_id: account.channel_id,
    super_identity_id: account.super_identity_id,
    external_user_group_id: account.external_user_group_id,
    tier_id: account.tier_id,
    external_id: externalId,
    identifier,
    identifier_canonical: account.identifier_canonical,
    identifier_fingerprint: account.identifier_fingerprint,
    name,
    erased_at: null,
    last_seen_at: account.last_seen_at,
    search_text,
    version: 1,
    created_at,
    updated_at: created_at,
  }
}

type Told = Omit<ExternalUser, 'id' | 'createdAt' | 'updatedAt' | 'workspaceId'>

/** What is told of it: what is shown, but for what every event tells. */
export function creationOf(row: ExternalUserRow, occurredAt?: number): Change {
  const after = {
    blocked: false,
    channelId: row.channel_id,
    externalId: row.external_id,
    externalUserGroupId: row.external_user_group_id,
    identifier: row.identifier,
    name: row.name,
    superIdentityId: row.super_identity_id,
    tierId: row.tier_id,
  } satisfies Told
  return { type: 'external_user.created', subject: row, after, personal: personalFields, occurredAt }
}

/** What cannot be found and what is archived look the same. */
export function requireOpenChannel(channel: ChannelRow | undefined): ChannelRow {
  if (!channel || channel.archived_at !== null) throw new ApiError('channel_not_found')
  return channel
}

/** The form in which the identifier is unique on the channel. */
export function requireCanonical(channel: ChannelRow, identifier: string): string {
  const result = canonicalIdentifier(channel.identifier_kind, identifier, channel.default_country)
  if ('refused' in result) throw invalid('identifier', result.refused)
  return result.canonical
}

/** What blocks of identifiers are compared with. */
export function fingerprintOn({ instance }: Context, channel: ChannelRow, canonical: string): string {
  return fingerprint(instance.fingerprintKey, channel.workspace_id, channel.identifier_kind, canonical)
}

/** On such a channel the integrator has verified the address, so it tells who somebody is. */
export function vouchesForAddresses(channel: ChannelRow): boolean {
  return channel.identifier_kind === 'email' && channel.admission === 'referral'
}

/** The database decides who was first; its verdict in the contract's words. */
export async function taken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    if (error.columns.includes('identifier_canonical')) throw new ApiError('identifier_taken')
    if (error.columns.includes('external_id')) throw new ApiError('external_id_taken')
    throw error
  }
}

type Searchable = Partial<Record<'name' | 'identifier' | 'externalId', string | null | undefined>>

export function searchText({ name, identifier, externalId }: Searchable): string {
  return searchTextOf([name, identifier, externalId])
}

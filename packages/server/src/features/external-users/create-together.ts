// Creating external users who come in one turn: those on one channel share a transaction, its statements and what they are let in by.
// Here is made whom nothing speaks against; about everybody else `create.ts` decides, and says why.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { together } from '../../db/together.ts'
import { invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { newId } from '../../lib/id.ts'
import { findAccess, shareThreshold, type Access, type Threshold } from '../access-tokens/queries.ts'
import { findBlockedFingerprints } from '../blocks/queries.ts'
import { updateFirstUsed } from '../channels/queries.ts'
import { appendEvents } from '../events/service.ts'
import { deletePersons, superIdentities } from '../super-identities/queries.ts'
import { newPerson } from '../super-identities/service.ts'
import { createAnd, creationOf, newAccount, type NewExternalUser } from './create.ts'
import { insertUntakenUsers, type ExternalUserRow } from './queries.ts'

/** A turn takes up as many requests at most. */
const togetherMax = 64

interface Asked {
  readonly ctx: Context
  readonly user: NewExternalUser
}

/** A new account, with all that decides its token; those who come together share that. */
export interface Created {
  readonly user: ExternalUserRow
  readonly access: Access | undefined
}

const create = together({ max: togetherMax, many: createMany, alone: createAlone })

export function createWithAccess(ctx: Context, user: NewExternalUser): Promise<Created> {
  if (!user.identifier && !user.externalId) throw invalid('identifier', 'is required unless externalId is given')
  // Whoever has a transaction already stays in it.
  if (ctx.db.read.isTransaction) return createAlone({ ctx, user })
  const { workspaceId, id } = ctx.principal
  const key = `${workspaceId} ${id} ${user.channelId} ${user.externalUserGroupId} ${user.tierId}`
  return create(ctx.db, key, { ctx, user })
}

/**
 * Who may come in is asked in the transaction that makes the account: what is in memory by then would be read from the file again
 * after the commit. A cut-off that comes later ends a token with the one that was read.
 */
function createAlone({ ctx, user }: Asked): Promise<Created> {
  return createAnd(ctx, user, async (tx, row) => {
    const selector = { channelId: row.channel_id, column: 'id' as const, value: row.id }
    return { user: row, access: await findAccess(tx, row.workspace_id, selector, ctx.principal.id as string) }
  })
}

function createMany(asked: readonly Asked[]): Promise<(Created | undefined)[]> {
  const { ctx, user } = asked[0] as Asked
  return ctx.db.write(async (tx) => {
    const threshold = await findThreshold(tx, ctx, user)
    if (!threshold || !isFree(threshold, user)) return []
    const rows = asked.map((each) => rowOf(each, threshold))
    const made = await insertAccounts(tx, ctx, threshold, present(rows))
    const changes = asked.flatMap((each, place) => {
      const row = rows[place]
      return row && made.has(row) ? [{ ctx: each.ctx, change: creationOf(row) }] : []
    })
    await appendEvents(tx, changes)
    return rows.map((row) => (row && made.has(row) ? { user: row, access: threshold } : undefined))
  })
}

function findThreshold(tx: Tx, { principal }: Context, user: NewExternalUser): Promise<Threshold | undefined> {
  return shareThreshold(tx, {
    workspaceId: principal.workspaceId,
    clientId: principal.id as string,
    channelId: user.channelId,
    groupId: user.externalUserGroupId ?? null,
    tierId: user.tierId ?? null,
  })
}

/** An open door, behind which there is what was asked for. Elsewhere an account may belong to a person who is known. */
function isFree(threshold: Threshold, { externalUserGroupId, tierId }: NewExternalUser): boolean {
  const isOpen = threshold.channel_archived_at === null && threshold.channel_admission === 'open'
  return (
    isOpen && (!externalUserGroupId || threshold.group_id !== null) && (!tierId || threshold.effective_tier_id !== null)
  )
}

/** undefined where the channel refuses the identifier. */
function rowOf({ ctx, user }: Asked, threshold: Threshold): ExternalUserRow | undefined {
  const { workspace_id, channel_identifier_kind: kind, channel_default_country: country } = threshold
  const identifier = user.identifier ?? null
  const form = identifier === null ? { canonical: null } : canonicalIdentifier(kind, identifier, country)
  if ('refused' in form) return undefined
  const { canonical } = form
  return newAccount({
    workspace_id,
    id: newId(),
    channel_id: threshold.channel_id,
    super_identity_id: newId(),
    external_user_group_id: threshold.external_user_group_id,
    tier_id: threshold.tier_id,
    external_id: user.externalId ?? null,
    identifier,
    identifier_canonical: canonical,
    identifier_fingerprint:
      canonical === null ? null : fingerprint(ctx.instance.fingerprintKey, workspace_id, kind, canonical),
    name: user.name ?? null,
    last_seen_at: null,
    created_at: ctx.clock.now(),
  })
}

/** With a person for each. Answers those whom neither a block nor another account stands in the way of. */
async function insertAccounts(
  tx: Tx,
  { clock }: Context,
  { workspace_id, channel_id, channel_first_used_at }: Threshold,
  rows: readonly ExternalUserRow[],
): Promise<ReadonlySet<ExternalUserRow>> {
  const now = clock.now()
  const fingerprints = present(rows.map((row) => row.identifier_fingerprint))
  const asked = { workspaceId: workspace_id, channelId: channel_id, fingerprints, now }
  const blocked = await findBlockedFingerprints(tx, asked)
  const free = rows.filter((row) => !blocked.has(row.identifier_fingerprint ?? ''))
  const persons = free.map((row) => newPerson(workspace_id, row.super_identity_id, row.created_at))
  await superIdentities.insertAll(tx, persons)
  const made = new Set(await insertUntakenUsers(tx, free))
  const others = free.filter((row) => !made.has(row)).map((row) => row.super_identity_id)
  if (others.length > 0) await deletePersons(tx, workspace_id, others)
  if (made.size > 0 && channel_first_used_at === null) await updateFirstUsed(tx, { workspace_id, id: channel_id }, now)
  return made
}

function present<T>(values: readonly (T | null | undefined)[]): T[] {
  return values.filter((value) => value !== null && value !== undefined)
}

// Fills a workspace with the made-up world, with the rows and events that the API would have written.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { insertMany } from '../../db/insert-many.ts'
import { inBatches } from '../../lib/in-batches.ts'
import { Refused } from '../../lib/refused.ts'
import type { BlockRow } from '../blocks/queries.ts'
import { newBlock } from '../blocks/service.ts'
import { channels, updateFirstUsed, type ChannelRow } from '../channels/queries.ts'
import { insertChannel } from '../channels/service.ts'
import { insertCutOffs } from '../cut-offs/queries.ts'
import type { EventRow } from '../events/chain.ts'
import { appendHistory, newEvent, type Change } from '../events/service.ts'
import { insertGroup } from '../external-user-groups/service.ts'
import { creationOf, fingerprintOn, newAccount, personalFields, requireCanonical } from '../external-users/create.ts'
import { listPresentIds, type ExternalUserRow } from '../external-users/queries.ts'
import type { PersonRow } from '../super-identities/queries.ts'
import { newPerson } from '../super-identities/service.ts'
import { insertTier } from '../tiers/service.ts'
import { inOrderOfTime } from './order.ts'
import { loadReferrals, type DemoReferralsReport } from './referrals.ts'
import type { DemoChannelKey } from './templates.ts'
import { demoWorld, worldAgeMs, type DemoExternalUser, type DemoWorld } from './world.ts'

/**
 * External users in one transaction. Each has its place in some twenty indexes, all over four of them, so that a commit of
 * many writes fewer pages for each; other writers wait the longer, half a second or so, and whoever loads that many knows.
 */
const batchSize = 10_000

/** External users whose rows are made in one turn of the event loop, in which nothing is handed to the database. */
const turnSize = 100

export interface DemoOptions {
  readonly seed: string
  readonly size: number
  /** How many referrals, besides the external users. */
  readonly referrals: number
  readonly onProgress: (externalUsers: number) => void
  readonly onReferrals: (referrals: number) => void
}

export interface DemoReport {
  readonly channels: Record<DemoChannelKey, string>
  /** In the world that is there now. */
  readonly externalUsers: number
  /** By this call; fewer when an earlier one was interrupted or made a smaller world of the same seed. */
  readonly created: number
  readonly referred: DemoReferralsReport
}

/** Goes on where an earlier call of the same seed ended. Throws `Refused` when all of it is there already. */
export async function loadDemo(ctx: Context, options: DemoOptions): Promise<DemoReport> {
  const { seed, size } = options
  const scope = ctx.principal.workspaceId
  const plan = demoWorld({ seed, scope, size: 0, now: 0 })
  const begun = await findBeginning(ctx, plan)
  const beginning = begun ?? ctx.clock.now() - worldAgeMs
  if (begun === null) await insertSettings(ctx, plan, beginning)
  const world = demoWorld({ seed, scope, size, now: beginning + worldAgeMs })
  const rows = rowMaker(ctx, world, await channelRows(ctx, world))
  const { onProgress } = options
  let done = 0
  let created = 0
  let storing: Promise<unknown> = Promise.resolve()
  for (const users of inBatches(inOrderOfTime(world.externalUsers, { size, beginning }), batchSize)) {
    const missing = begun === null ? users : await withoutPresent(ctx, users)
    const stored = await makeRows(ctx, missing, rows)
    await storing
    created += missing.length
    done += users.length
    storing = insertUsers(ctx, stored, onProgress.bind(null, done))
    // Told by the next turn, which waits for it.
    storing.catch(() => {})
  }
  await storing
  const { externalUsers } = world
  const referred = await loadReferrals(ctx, { ...options, size: options.referrals, beginning, externalUsers })
  if (created + referred.created === 0) {
    throw new Refused(
      `The demo world of seed "${seed}" with ${size} external users and ${options.referrals} referrals is in the workspace ` +
        'already: give another --size or --referrals to let it grow, or another --workspace to hold one more',
    )
  }
  const ids = Object.fromEntries(world.channels.map(({ key, id }) => [key, id])) as Record<DemoChannelKey, string>
  return { channels: ids, externalUsers: done, created, referred }
}

/** Those of an interrupted call's are there already. */
async function withoutPresent(ctx: Context, users: readonly DemoExternalUser[]): Promise<DemoExternalUser[]> {
  const ids = users.map(({ id }) => id)
  const present = await listPresentIds(ctx.db.read, ctx.principal.workspaceId, ids)
  return users.filter(({ id }) => !present.has(id))
}

/** When the world begins, told by what is stored of it; so that one made in two goes is the same as in one. */
async function findBeginning(ctx: Context, { channels: planned }: DemoWorld): Promise<number | null> {
  const [first] = planned
  const row = first && (await channels.find(ctx.db.read, ctx.principal.workspaceId, first.id))
  return row?.created_at ?? null
}

/** Tiers, groups and channels, at the moment the world begins. */
async function insertSettings(ctx: Context, world: DemoWorld, beginning: number): Promise<void> {
  const then: Context = { ...ctx, clock: { now: () => beginning } }
  const tierIds = idsByKey(world.tiers)
  try {
    await ctx.db.write(async (tx) => {
      for (const { key: _, id, ...tier } of world.tiers) await insertTier(tx, then, tier, id)
      for (const { id, name, externalId, tier } of world.groups) {
        await insertGroup(tx, then, { name, externalId, tierId: idOf(tierIds, tier) }, id)
      }
      for (const { key: _, id, defaultTier, ...channel } of world.channels) {
        await insertChannel(
          tx,
          then,
          { ...channel, kind: channel.kind as 'web', defaultTierId: idOf(tierIds, defaultTier) },
          id,
        )
      }
    })
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    throw new Refused(
      'The workspace holds groups with the external ids of the demo already, perhaps of another seed: make a workspace ' +
        'for it with `narthex workspace create` and name it with --workspace',
    )
  }
}

/** An account as it is stored, its block if it has one, and what happened to it until now. */
interface Rows {
  readonly account: ExternalUserRow
  readonly block: BlockRow | null
  readonly changes: readonly Change[]
}

type RowMaker = (user: DemoExternalUser) => Rows

function rowMaker(ctx: Context, world: DemoWorld, rows: ReadonlyMap<string, ChannelRow>): RowMaker {
  const tierIds = idsByKey(world.tiers)
  const groupIds = idsByKey(world.groups)
  return (user) => {
    const channel = rows.get(user.channel) as ChannelRow
    const canonical = user.identifier === null ? null : requireCanonical(channel, user.identifier)
    const created = newAccount({
      workspace_id: channel.workspace_id,
      id: user.id,
      channel_id: channel.id,
      super_identity_id: user.superIdentityId,
      external_user_group_id: idOf(groupIds, user.group),
      tier_id: idOf(tierIds, user.tier),
      external_id: user.externalId,
      identifier: user.identifier,
      identifier_canonical: canonical,
      identifier_fingerprint: canonical === null ? null : fingerprintOn(ctx, channel, canonical),
      name: user.name,
      last_seen_at: user.lastSeenAt,
      created_at: user.createdAt,
    })
    const creation = creationOf(created, user.createdAt)
    return user.blockedAt === null
      ? { account: created, block: null, changes: [creation] }
      : blocked(ctx, created, creation, user.blockedAt)
  }
}

function blocked(ctx: Context, created: ExternalUserRow, creation: Change, at: number): Rows {
  const account = { ...created, updated_at: at, version: created.version + 1 }
  const block = newBlock({ ...ctx, clock: { now: () => at } }, { reach: 'external-user', externalUserId: account.id })
  const change: Change = {
    type: 'external_user.blocked',
    subject: account,
    before: { blocked: false },
    after: { blocked: true },
    personal: personalFields,
    occurredAt: at,
  }
  return { account, block, changes: [creation, change] }
}

/** All that some external users are in the database. */
interface Stored {
  readonly persons: readonly PersonRow[]
  readonly accounts: readonly ExternalUserRow[]
  readonly blocks: readonly BlockRow[]
  readonly events: readonly EventRow[]
}

/** While earlier rows are being stored, hence in many short turns. */
async function makeRows(ctx: Context, users: readonly DemoExternalUser[], rows: RowMaker): Promise<Stored> {
  const [persons, accounts, blocks, events] = [
    [] as PersonRow[],
    [] as ExternalUserRow[],
    [] as BlockRow[],
    [] as EventRow[],
  ]
  for (const some of inBatches(users, turnSize)) {
    for (const { account, block, changes } of some.map(rows)) {
      persons.push(newPerson(account.workspace_id, account.super_identity_id, account.created_at))
      accounts.push(account)
      if (block) blocks.push(block)
      for (const change of changes) events.push(newEvent(ctx, change))
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { persons, accounts, blocks, events }
}

async function insertUsers(ctx: Context, { persons, accounts, blocks, events }: Stored, onStored: () => void) {
  if (accounts.length > 0) {
    await ctx.db.writeAside(async (tx) => {
      await appendHistory(tx, ctx, events, () =>
        Promise.all([
          insertMany(tx, 'super_identities', persons),
          insertMany(tx, 'external_users', accounts),
          insertMany(tx, 'blocks', blocks),
          cutOff(tx, blocks),
          noteUse(tx, accounts),
        ]),
      )
    })
  }
  onStored()
}

/** As every block does. */
async function cutOff(tx: Tx, blocks: readonly BlockRow[]): Promise<void> {
  const [first] = blocks
  if (!first) return
  const cutOffs = blocks.map(({ external_user_id, created_at: now }) => ({
    reach: 'account' as const,
    subjectId: external_user_id as string,
    now,
  }))
  await insertCutOffs(tx, first.workspace_id, cutOffs)
}

async function noteUse(tx: Tx, accounts: readonly ExternalUserRow[]): Promise<void> {
  const firsts = new Map<string, ExternalUserRow>()
  for (const row of accounts) {
    const known = firsts.get(row.channel_id)
    if (!known || row.created_at < known.created_at) firsts.set(row.channel_id, row)
  }
  for (const { workspace_id, channel_id, created_at } of firsts.values()) {
    await updateFirstUsed(tx, { workspace_id, id: channel_id }, created_at)
  }
}

async function channelRows(ctx: Context, world: DemoWorld): Promise<Map<string, ChannelRow>> {
  const rows = new Map<string, ChannelRow>()
  for (const { key, id } of world.channels) {
    const row = await channels.find(ctx.db.read, ctx.principal.workspaceId, id)
    if (!row) throw new Refused(`The demo's channel ${id} was deleted: make a workspace of its own for another demo`)
    rows.set(key, row)
  }
  return rows
}

type Keyed = readonly { readonly key: string; readonly id: string }[]

function idsByKey(entries: Keyed): ReadonlyMap<string, string> {
  return new Map(entries.map(({ key, id }) => [key, id]))
}

function idOf(ids: ReadonlyMap<string, string>, key: string | null): string | null {
  return key === null ? null : (ids.get(key) as string)
}

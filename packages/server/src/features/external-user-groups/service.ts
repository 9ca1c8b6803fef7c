// The rules of external user groups: external ids are unique, and deleting a group keeps its people.
import { randomUUID } from 'node:crypto'
import type { ExternalUserGroup, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { ApiError } from '../../lib/api-error.ts'
import { difference } from '../../lib/difference.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { appendEvent } from '../events/service.ts'
import { requireTier } from '../tiers/queries.ts'
import { presentGroup } from './presenter.ts'
import { clearGroup, groups, type GroupRow } from './queries.ts'

type CreateBody = Input<Operations['externalUserGroups.create']>['body']
type UpdateBody = Input<Operations['externalUserGroups.update']>['body']

export async function createGroup(ctx: Context, body: CreateBody): Promise<GroupRow> {
  return writeGroup(ctx, (tx) => insertGroup(tx, ctx, body))
}

/** The same inside the caller's transaction, with an id of the caller's choice. */
export async function insertGroup(
  tx: Tx,
  ctx: Context,
  body: CreateBody,
  id: string = randomUUID(),
): Promise<GroupRow> {
  const { workspaceId } = ctx.principal
  const now = ctx.clock.now()
  await requireTier(tx, workspaceId, body.tierId)
  const group = await groups.insert(tx, {
    workspace_id: workspaceId,
    id,
    external_id: body.externalId ?? null,
    name: body.name ?? null,
    tier_id: body.tierId ?? null,
    search_text: searchText(body),
    version: 1,
    created_at: now,
    updated_at: now,
  })
  await appendEvent(tx, ctx, { type: 'external_user_group.created', subject: group, after: settings(group) })
  return group
}

export async function changeGroup(ctx: Context, id: string, body: UpdateBody, ifMatch: IfMatch): Promise<GroupRow> {
  return writeGroup(ctx, async (tx) => {
    const group = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, group.version)
    const current = presentGroup(group)
    const change = difference(current, body)
    if (!change) return group
    const next = { ...current, ...change.after } as ExternalUserGroup
    await requireTier(tx, ctx.principal.workspaceId, change.after['tierId'] as string | null)
    const updated = await groups.update(tx, group, {
      external_id: next.externalId,
      name: next.name,
      tier_id: next.tierId,
      search_text: searchText(next),
      updated_at: ctx.clock.now(),
    })
    await appendEvent(tx, ctx, { type: 'external_user_group.updated', subject: updated, ...change })
    return updated
  })
}

/** Its external users keep existing with no group; one event tells how many they were. */
export async function removeGroup(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const group = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, group.version)
    const left = await clearGroup(tx, group, ctx.clock.now())
    await groups.remove(tx, group)
    const subject = { id, version: group.version + 1 }
    const before = { ...settings(group), ...left }
    await appendEvent(tx, ctx, { type: 'external_user_group.deleted', subject, before })
  })
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<GroupRow> {
  const group = await groups.lock(tx, ctx.principal.workspaceId, id)
  if (!group) throw new ApiError('external_user_group_not_found')
  return group
}

async function writeGroup(ctx: Context, work: (tx: Tx) => Promise<GroupRow>): Promise<GroupRow> {
  try {
    return await ctx.db.write(work)
  } catch (error) {
    if (error instanceof UniqueViolation && error.columns.includes('external_id'))
      throw new ApiError('external_id_taken')
    throw error
  }
}

function searchText({ name, externalId }: { name?: string | null; externalId?: string | null }): string {
  return searchTextOf([name, externalId])
}

function settings({ external_id: externalId, name, tier_id: tierId }: GroupRow) {
  return { externalId, name, tierId }
}

// The rules of workspaces: how one comes to be, and that no two accept each other's tokens.
import { randomUUID } from 'node:crypto'
import type { Input, Operations, Workspace } from '@narthex/contract'
import type { Context, Instance } from '../../context.ts'
import type { Db, Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { ApiError } from '../../lib/api-error.ts'
import { difference } from '../../lib/difference.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { insertCutOffs } from '../cut-offs/queries.ts'
import { appendEvent } from '../events/service.ts'
import { listProvisional } from '../referrals/queries.ts'
import { requireTier } from '../tiers/queries.ts'
import { presentWorkspace } from './presenter.ts'
import {
  claimAudience,
  findFirstWorkspaceId,
  findWorkspace,
  insertWorkspace,
  lockWorkspace,
  replacePartners,
  updateWorkspace,
  type WorkspaceRow,
} from './queries.ts'

type UpdateBody = Input<Operations['workspace.update']>['body']

/** Events of workspaces from before they told their lifetime mean this one too. */
export const defaultTokenLifetimeSeconds = 3600

export interface NewWorkspace {
  readonly name: string
  readonly parentId: string | null
}

/** Runs inside the caller's transaction: a workspace is made together with its first API key. */
export async function createWorkspace(tx: Tx, ctx: Context, { name, parentId }: NewWorkspace): Promise<WorkspaceRow> {
  const now = ctx.clock.now()
  const workspace = await insertWorkspace(tx, {
    id: ctx.principal.workspaceId,
    name,
    parent_id: parentId,
    token_audience: null,
    token_lifetime_seconds: defaultTokenLifetimeSeconds,
    default_tier_id: null,
    cut_off_count: 0,
    policies: null,
    provisional_tier_id: null,
    version: 1,
    created_at: now,
    updated_at: now,
  })
  await appendEvent(tx, ctx, {
    type: 'workspace.created',
    subject: workspace,
    after: { name, parentId, tokenLifetimeSeconds: defaultTokenLifetimeSeconds, defaultTierId: null },
  })
  return workspace
}

export function newWorkspaceId(): string {
  return randomUUID()
}

/** The workspace of the caller and what its tokens name as audience. */
export async function ownWorkspace(ctx: Context): Promise<{ row: WorkspaceRow; body: Workspace }> {
  const row = (await findWorkspace(ctx.db.read, ctx.principal.workspaceId)) as WorkspaceRow
  return shown(ctx.db.read, ctx, row)
}

export async function changeWorkspace(ctx: Context, body: UpdateBody, ifMatch: IfMatch) {
  try {
    return await ctx.db.write(async (tx) => {
      const row = (await lockWorkspace(tx, ctx.principal.workspaceId)) as WorkspaceRow
      requireMatch(ifMatch, row.version)
      const current = await shown(tx, ctx, row)
      const policies = { ...current.body.policies, ...lowerCased(body.policies) }
      const change = difference(current.body, { ...body, ...(body.policies && { policies }) })
      if (!change) return current
      const next = { ...current.body, ...change.after } as Workspace
      requireAllowed(ctx, current.body, next)
      await requireTier(tx, row.id, change.after['defaultTierId'] as string | null)
      await requireTier(tx, row.id, policies.provisionalAccess?.tierId)
      const updated = await updateWorkspace(tx, row, {
        name: next.name,
        token_audience: await storedAudience(tx, ctx, next.tokenAudience),
        token_lifetime_seconds: next.tokenLifetimeSeconds,
        default_tier_id: next.defaultTierId,
        policies: JSON.stringify(next.policies),
        provisional_tier_id: next.policies.provisionalAccess?.tierId ?? null,
        updated_at: ctx.clock.now(),
      })
      if ('policies' in change.after) await replacePartners(tx, row.id, next.policies.partnerOrganizationIds)
      if (row.provisional_tier_id !== null && !next.policies.provisionalAccess) await endProvisional(tx, ctx)
      await appendEvent(tx, ctx, { type: 'workspace.updated', subject: updated, ...change })
      return shown(tx, ctx, updated)
    })
  } catch (error) {
    if (error instanceof UniqueViolation && error.columns.includes('token_audience'))
      throw new ApiError('audience_taken')
    throw error
  }
}

/** Provisional access lets in without a reviewer, as an opened channel does: of keys the same ones may give it. */
function requireAllowed({ principal }: Context, current: Workspace, next: Workspace): void {
  const [{ provisionalAccess: before }, { provisionalAccess }] = [current.policies, next.policies]
  const isGiven = provisionalAccess !== null && difference({ before }, { before: provisionalAccess }) !== null
  if (isGiven && principal.kind === 'api_key' && !principal.scopes.has('channels:admission')) {
    throw new ApiError('scope_missing', { message: 'The API key lacks the scope channels:admission.' })
  }
}

/** Cut-offs of one statement: a database takes some ten thousand values. */
const cutOffsMax = 1_000

/** Who came in by the policy that is now off is out at once, and stays out should it come on again. */
async function endProvisional(tx: Tx, { principal, clock }: Context): Promise<void> {
  const now = clock.now()
  const persons = await listProvisional(tx, principal.workspaceId, now)
  for (let first = 0; first < persons.length; first += cutOffsMax) {
    const some = persons.slice(first, first + cutOffsMax)
    await insertCutOffs(
      tx,
      principal.workspaceId,
      some.map((subjectId) => ({ reach: 'person', subjectId, now })),
    )
  }
}

/** Ids are the same in either case, wherever they stand. */
function lowerCased(policies: UpdateBody['policies']): UpdateBody['policies'] {
  if (!policies) return policies
  const { partnerOrganizationIds: partners, provisionalAccess: access } = policies
  return {
    ...policies,
    ...(partners && { partnerOrganizationIds: [...new Set(partners.map((id) => id.toLowerCase()))] }),
    ...(access && { provisionalAccess: { ...access, tierId: access.tierId.toLowerCase() } }),
  }
}

/** The audience of a workspace's tokens: its own choice, or one that no other workspace of the instance can have. */
async function tokenAudience(db: Db, ctx: Context, workspace: Pick<WorkspaceRow, 'id' | 'token_audience'>) {
  return workspace.token_audience ?? defaultAudience(ctx, workspace.id, await findFirstWorkspaceId(db))
}

export function defaultAudience(
  ctx: { instance: Pick<Instance, 'publicUrl'> },
  workspaceId: string,
  firstWorkspaceId: string | undefined,
): string {
  const { publicUrl } = ctx.instance
  return workspaceId === firstWorkspaceId ? publicUrl : `${publicUrl}/workspaces/${workspaceId}`
}

async function shown(db: Db, ctx: Context, row: WorkspaceRow) {
  return { row, body: presentWorkspace(row, await tokenAudience(db, ctx, row)) }
}

/** Addresses below the issuer are the defaults of workspaces: nobody may take another's, even before it exists. */
async function storedAudience(tx: Tx, ctx: Context, audience: string): Promise<string | null> {
  const { publicUrl } = ctx.instance
  if (audience === defaultAudience(ctx, ctx.principal.workspaceId, await findFirstWorkspaceId(tx))) return null
  if (audience === publicUrl || audience.startsWith(`${publicUrl}/workspaces/`)) throw new ApiError('audience_taken')
  if (!(await claimAudience(tx, ctx.principal.workspaceId, audience))) throw new ApiError('audience_taken')
  return audience
}

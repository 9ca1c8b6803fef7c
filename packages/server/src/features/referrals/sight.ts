// What a caller sees and may do in an organization: decided here for every operation of the Referral API.
import type { Policies, Role } from '@narthex/contract'
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { within } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { members, shareCredential, type MemberRow } from '../members/queries.ts'
import { policiesOf } from '../workspaces/policies.ts'
import { findWorkspaces, listPartnersOf, type WorkspaceRow } from '../workspaces/queries.ts'
import { findReferral, type ReferralRow } from './queries.ts'

export interface Sight {
  readonly organization: WorkspaceRow
  readonly policies: Policies
  /** The place that the caller acts from: in the organization, or in a partner of it; null for an API key. */
  readonly membership: Membership | null
  /** null: every referral; otherwise those that these members referred. */
  readonly referrerIds: readonly string[] | null
  readonly mayRefer: boolean
  /** Decides referrals, and sees the evidence. */
  readonly mayDecide: boolean
  /** Withdraws other members' referrals. */
  readonly mayAdministrate: boolean
}

const referring: ReadonlySet<Role> = new Set(['owner', 'admin', 'referrer'])
const deciding: ReadonlySet<Role> = new Set(['owner', 'admin', 'reviewer'])
const administrating: ReadonlySet<Role> = new Set(['owner', 'admin'])

/** null where the caller sees nothing: to it the organization does not exist. */
async function sightOf(ctx: Context, organizationId: string): Promise<Sight | null> {
  const sights = await listSights(ctx)
  return sights.find(({ organization }) => organization.id === organizationId.toLowerCase()) ?? null
}

/** Throws `organization_not_found` where there is none or the caller sees nothing of it. */
export async function requireSight(ctx: Context, organizationId: string): Promise<Sight> {
  const sight = await sightOf(ctx, organizationId)
  if (!sight) throw new ApiError('organization_not_found')
  return sight
}

/** Every organization that the caller sees. A parent gives no rights; a partner only those of a referrer. */
export async function listSights({ db, principal }: Context): Promise<Sight[]> {
  if (principal.kind !== 'member') {
    const own = await findWorkspaces(db.read, [principal.workspaceId])
    return own.map(sightOfKey)
  }
  const { memberships } = principal
  const senders = memberships.filter(({ role }) => referring.has(role))
  const partners = await listPartnersOf(
    db.read,
    senders.map(({ workspaceId }) => workspaceId),
  )
  const ids = [...memberships.map(({ workspaceId }) => workspaceId), ...partners.map((one) => one.workspace_id)]
  const organizations = await findWorkspaces(db.read, [...new Set(ids)])
  return organizations.map((organization) => {
    const own = memberships.find(({ workspaceId }) => workspaceId === organization.id)
    if (own) return sightOfMember(organization, own)
    const known = new Set(partners.filter((one) => one.workspace_id === organization.id).map((one) => one.partner_id))
    return sightOfPartner(
      organization,
      senders.filter(({ workspaceId }) => known.has(workspaceId)),
    )
  })
}

/** A referral, and what the caller may do in its organization. */
export interface Seen {
  readonly row: ReferralRow
  readonly sight: Sight
}

/** Throws `referral_not_found` where there is none or the caller does not see it: nobody learns which. */
export async function requireVisible(ctx: Context, id: string): Promise<Seen> {
  const sights = await listSights(ctx)
  const row = await findReferral(
    ctx.db.read,
    sights.map(({ organization }) => organization.id),
    id,
  )
  const sight = sights.find(({ organization }) => organization.id === row?.workspace_id)
  if (!row || !sight || !isVisible(row, sight)) throw new ApiError('referral_not_found')
  return { row, sight }
}

function isVisible({ referrer_id }: ReferralRow, { referrerIds }: Sight): boolean {
  return referrerIds === null || referrerIds.includes(referrer_id)
}

/** The context for reads inside a transaction. */
export function inside(ctx: Context, tx: Tx): Context {
  return { ...ctx, db: within(ctx.db, tx) }
}

/**
 * The member who acts, with its names. Who was removed, given another role, or lost its credential since the request came in
 * may no longer do what it asked for; from here to the commit nobody takes any of it away.
 */
export async function requireStanding(
  tx: Tx,
  principal: MemberPrincipal,
  { workspaceId, id, role }: Membership,
): Promise<MemberRow> {
  const member = await members.share(tx, workspaceId, id)
  const isGone = !member || member.removed_at !== null || member.login_id !== principal.loginId
  if (isGone || !(await shareCredential(tx, principal.credentialId))) throw new ApiError('unauthorized')
  if (member.role !== role) throw new ApiError('role_insufficient')
  return member
}

/** The same context, acting from the place that the sight names: events then belong to the organization. */
export function actingFor(ctx: Context, { organization, membership }: Sight): Context {
  if (!membership)
    return { ...ctx, principal: { ...ctx.principal, workspaceId: organization.id } as Context['principal'] }
  const principal: MemberPrincipal = {
    ...(ctx.principal as MemberPrincipal),
    ...membership,
    workspaceId: organization.id,
  }
  return { ...ctx, principal }
}

function sightOfKey(organization: WorkspaceRow): Sight {
  return {
    organization,
    policies: policiesOf(organization.policies),
    membership: null,
    referrerIds: null,
    mayRefer: false,
    mayDecide: false,
    mayAdministrate: false,
  }
}

function sightOfMember(organization: WorkspaceRow, membership: Membership): Sight {
  const policies = policiesOf(organization.policies)
  const { role, id } = membership
  return {
    organization,
    policies,
    membership,
    referrerIds: role === 'referrer' ? [id] : null,
    mayRefer: referring.has(role) || (role === 'reviewer' && policies.reviewersMayRefer),
    mayDecide: deciding.has(role),
    mayAdministrate: administrating.has(role),
  }
}

/** Of several places in partner organizations the first one acts. */
function sightOfPartner(organization: WorkspaceRow, places: readonly Membership[]): Sight {
  return {
    ...sightOfKey(organization),
    membership: places[0] as Membership,
    referrerIds: places.map(({ id }) => id),
    mayRefer: true,
  }
}

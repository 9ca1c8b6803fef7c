// What a caller sees and may do in an organization: decided here for every operation of the Referral API.
import type { Policies, Role } from '@narthex/contract'
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import { policiesOf } from '../workspaces/policies.ts'
import { findWorkspaces, listPartnersOf, type WorkspaceRow } from '../workspaces/queries.ts'

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
export async function sightOf(ctx: Context, organizationId: string): Promise<Sight | null> {
  const sights = await listSights(ctx)
  return sights.find(({ organization }) => organization.id === organizationId.toLowerCase()) ?? null
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

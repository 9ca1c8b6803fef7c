// Referring: a member vouches for a person who is known, or becomes known by it.
import { randomUUID } from 'node:crypto'
import type { Input, Operations, Policies } from '@narthex/contract'
import type { Context, MemberPrincipal, Membership } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { isoOrNull } from '../../lib/clock.ts'
import { isUuid } from '../../lib/uuid.ts'
import { appendEvent, type Change } from '../events/service.ts'
import type { MemberRow } from '../members/queries.ts'
import { requireCanonicalEmail } from '../members/service.ts'
import { findHeldEmail, listAddresses, superIdentities, type PersonRow } from '../super-identities/queries.ts'
import { fillNames, lockOrCreateHolder, showPerson, type Names } from '../super-identities/service.ts'
import { shareWorkspace } from '../workspaces/queries.ts'
import { latestEnd } from './admission-end.ts'
import { settleLive } from './expiry.ts'
import { countReferral, referrals, wasReferred, type ReferralRow } from './queries.ts'
import { actingFor, inside, requireSight, requireStanding, type Seen, type Sight } from './sight.ts'
import { onlyOneLive } from './transition.ts'

type ReferBody = Input<Operations['referrals.refer']>['body']

const hourMs = 60 * 60 * 1000

export async function refer(ctx: Context, body: ReferBody): Promise<Seen> {
  return onlyOneLive(() => ctx.db.write((tx) => insertReferred(tx, ctx, body)))
}

async function insertReferred(tx: Tx, ctx: Context, body: ReferBody): Promise<Seen> {
  const organizationId = body.organizationId.toLowerCase()
  // As inserting a person does; and from here to the commit the policies stay as they are read.
  if (isUuid(organizationId)) await shareWorkspace(tx, organizationId)
  const sight = await requireSight(inside(ctx, tx), organizationId)
  if (!sight.mayRefer) throw new ApiError('role_insufficient')
  const proposedUntil = proposedEnd(body, sight.policies, ctx.clock.now())
  const acting = actingFor(ctx, sight)
  const { person, filled } = await lockPerson(tx, acting, sight, body)
  const referrer = await requireStanding(tx, acting.principal as MemberPrincipal, sight.membership as Membership)
  const email = await findHeldEmail(tx, sight.organization.id, person.id)
  const row = await insertReferral(tx, acting, { sight, referrer, person, email, body, proposedUntil })
  await appendEvent(tx, acting, referralOf(row, filled))
  return { row, sight }
}

/** Whoever is meant, locked, with the names that were not known before. */
async function lockPerson(tx: Tx, ctx: Context, sight: Sight, body: ReferBody) {
  const named = requireOneName(body)
  const person = 'userId' in named ? await lockKnown(tx, sight, named.userId) : await lockOrCreateHolder(tx, ctx, named)
  await requireAnother(tx, ctx, person, 'userId' in named ? 'userId' : 'email')
  return fillNames(tx, ctx, person, body)
}

function requireOneName({ userId, email }: ReferBody) {
  if (userId !== undefined && email !== undefined) throw invalid('userId', 'must not be given together with email')
  if (userId !== undefined) return { userId: userId.toLowerCase() }
  if (email === undefined) throw invalid('email', 'is required unless userId is given')
  return { email, emailCanonical: requireCanonicalEmail(email) }
}

/** Somebody whom the caller may know of: those who see their own referrals only know whom they referred. */
async function lockKnown(tx: Tx, { organization, referrerIds }: Sight, id: string): Promise<PersonRow> {
  const person = isUuid(id) ? await superIdentities.lock(tx, organization.id, id) : undefined
  const isKnown =
    person?.merged_into_id === null &&
    person.erased_at === null &&
    (referrerIds === null || (await wasReferred(tx, organization.id, person.id, referrerIds)))
  if (!isKnown) throw new ApiError('user_not_found')
  return person
}

/** Nobody vouches for themselves: a canonical address tells who is one human. */
async function requireAnother(tx: Tx, ctx: Context, person: PersonRow, path: string): Promise<void> {
  const addresses = await listAddresses(tx, person.workspace_id, person.id)
  const own = ownAddresses(ctx.principal as MemberPrincipal)
  if (addresses.some((address) => own.has(address)))
    throw invalid(path, 'must be of somebody else: nobody refers themselves')
}

/** The addresses of the member in every workspace that it has joined. */
export function ownAddresses({ memberships }: { readonly memberships: readonly Membership[] }): ReadonlySet<string> {
  return new Set(memberships.map(({ emailCanonical }) => emailCanonical))
}

function proposedEnd({ admittedUntil }: ReferBody, policies: Policies, now: number): number | null {
  if (admittedUntil === undefined || admittedUntil === null) return null
  const end = Date.parse(admittedUntil)
  if (!(end > now)) throw invalid('admittedUntil', 'must be in the future')
  if (end > latestEnd(policies, now)) {
    throw invalid('admittedUntil', `must be at most ${policies.admissionDaysMax} days from now`)
  }
  return end
}

interface NewReferral {
  readonly sight: Sight
  readonly referrer: MemberRow
  readonly person: PersonRow
  /** The address that the person is shown with. */
  readonly email: string | null
  readonly body: ReferBody
  readonly proposedUntil: number | null
}

async function insertReferral(tx: Tx, ctx: Context, referral: NewReferral): Promise<ReferralRow> {
  const { sight, referrer, person, email, body, proposedUntil } = referral
  const workspace_id = sight.organization.id
  const now = ctx.clock.now()
  if (await settleLive(tx, ctx, workspace_id, person.id)) throw new ApiError('referral_exists')
  const provisional = sight.policies.provisionalAccess
  const isUnknown = person.firstname === null && person.lastname === null && email === null
  const isFirst = (isUnknown || provisional !== null) && !(await wasReferred(tx, workspace_id, person.id))
  const row = await referrals.insert(
    tx,
    newReferral({
      id: randomUUID(),
      person,
      email,
      referrer,
      comment: body.referrerComment ?? null,
      proposedUntil,
      provisionalUntil: isFirst && provisional ? now + provisional.hours * hourMs : null,
      now,
    }),
  )
  // It is what makes the person known.
  if (isUnknown && isFirst) await showPerson(tx, person)
  await countReferral(tx, { from: null, to: row.status, row })
  return row
}

interface Referred {
  readonly id: string
  readonly person: Pick<PersonRow, 'workspace_id' | 'id' | 'firstname' | 'lastname'>
  readonly email: string | null
  readonly referrer: MemberRow
  readonly comment: string | null
  readonly proposedUntil: number | null
  readonly provisionalUntil: number | null
  readonly now: number
}

/** The whole row of a referral that waits for its first decision. */
export function newReferral({ id, person, email, referrer, now, ...rest }: Referred): ReferralRow {
  return {
    workspace_id: person.workspace_id,
    id,
    status: 'REFERRED',
    super_identity_id: person.id,
    referred_firstname: person.firstname,
    referred_lastname: person.lastname,
    referred_email: email,
    referrer_workspace_id: referrer.workspace_id,
    referrer_id: referrer.id,
    referrer_firstname: referrer.firstname,
    referrer_lastname: referrer.lastname,
    referrer_email: referrer.email,
    referrer_comment: rest.comment,
    referred_at: now,
    proposed_until: rest.proposedUntil,
    provisional_until: rest.provisionalUntil,
    reviewer_id: null,
    reviewer_firstname: null,
    reviewer_lastname: null,
    reviewer_email: null,
    reviewer_comment: null,
    reviewed_at: null,
    admitted_at: null,
    admitted_until: null,
    decision_count: 0,
    version: 1,
    created_at: now,
    updated_at: now,
  }
}

/** The person's address is told with the names that it was given, because the referral may be what made it known. */
export function referralOf(row: ReferralRow, filled: Names): Change {
  const after = {
    status: row.status,
    superIdentityId: row.super_identity_id,
    referrerId: row.referrer_id,
    referrerOrganizationId: row.referrer_workspace_id,
    email: row.referred_email,
    firstname: filled.firstname ?? null,
    lastname: filled.lastname ?? null,
    referrerComment: row.referrer_comment,
    proposedUntil: isoOrNull(row.proposed_until),
    provisionalUntil: isoOrNull(row.provisional_until),
  }
  const personal = ['email', 'firstname', 'lastname', 'referrerComment']
  return { type: 'referral.referred', subject: row, after, personal }
}

// The rules of members: who may make, change and remove whom. What they do for themselves stands beside it.
import { randomUUID } from 'node:crypto'
import { mayGrant, type Role } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { hashSecret, makeSecret } from '../../lib/secret.ts'
import { appendEvent } from '../events/service.ts'
import { deleteUser, putUser } from '../users/kept.ts'
import {
  deleteInvitations,
  deleteSessionsOfNobody,
  findMemberByEmail,
  insertInvitation,
  lockOwnersAnd,
  members,
  shareCredential,
  updateTokensRevokedOf,
  type MemberRow,
} from './queries.ts'

/** Long enough for a holiday week; whoever needs longer is invited again. */
const invitationLastsMs = 7 * 24 * 60 * 60 * 1000

export interface NewMember {
  /** A new one unless given. */
  readonly id?: string
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly role: Role
}

export interface InvitedMember {
  readonly row: MemberRow
  readonly invitation: string
}

/** The fields of a member that tell who it is. */
const personalFields = ['email', 'firstname', 'lastname']

export function requireCanonicalEmail(email: string, path = 'email'): string {
  const form = canonicalIdentifier('email', email, null)
  if ('refused' in form) throw invalid(path, form.refused)
  return form.canonical
}

/** Pending until the invitation is accepted: whoever creates a member learns nothing that it signs in with later. */
export async function createMember(ctx: Context, member: NewMember): Promise<InvitedMember> {
  try {
    return await ctx.db.write(async (tx) => {
      const { actor } = await lockForChange(tx, ctx)
      requireReach(actor, member.role)
      const row = await insertMember(tx, ctx, member, null)
      return { row, invitation: (await addInvitation(tx, ctx, row)).secret }
    })
  } catch (error) {
    // Somebody else was faster with the same address.
    if (error instanceof UniqueViolation && error.table === 'members') throw new ApiError('member_exists')
    throw error
  }
}

/** `loginId`: it has joined already; null: an invitation has to be accepted first. */
export async function insertMember(
  tx: Tx,
  ctx: Context,
  { id = randomUUID(), email, firstname, lastname, role }: NewMember,
  loginId: string | null,
): Promise<MemberRow> {
  const { workspaceId } = ctx.principal
  const email_canonical = requireCanonicalEmail(email)
  if (await findMemberByEmail(tx, workspaceId, email_canonical)) throw new ApiError('member_exists')
  const now = ctx.clock.now()
  const member = await members.insert(tx, {
    workspace_id: workspaceId,
    id,
    login_id: loginId,
    email,
    email_canonical,
    firstname,
    lastname,
    role,
    joined_at: loginId === null ? null : now,
    removed_at: null,
    search_text: searchTextOf([`${firstname} ${lastname}`, email]),
    version: 1,
    created_at: now,
    updated_at: now,
  })
  await putUser(tx, { workspace_id: workspaceId, id, kind: 'MEMBER', firstname, lastname, email })
  await appendEvent(tx, ctx, {
    type: 'member.created',
    subject: member,
    after: told(member),
    personal: personalFields,
  })
  publish(tx, 'members', member.id)
  return member
}

/** A new invitation; whoever holds an earlier one is too late. */
export async function inviteAgain(ctx: Context, id: string): Promise<InvitedMember> {
  return ctx.db.write(async (tx) => {
    const { actor, target } = await lockTarget(tx, ctx, id)
    // The invitation lets in as whatever the member is, so it goes only to those who may give that.
    requireReach(actor, target.role)
    if (target.joined_at !== null) throw new ApiError('member_joined')
    await deleteInvitations(tx, target)
    const { secret, expiresAt } = await addInvitation(tx, ctx, target)
    await appendEvent(tx, ctx, { type: 'member.invited', subject: target, after: { expiresAt: iso(expiresAt) } })
    return { row: target, invitation: secret }
  })
}

/** Takes effect at once, on what the member signed in with before as well. */
export async function changeRole(
  ctx: Context,
  id: string,
  role: Role | undefined,
  ifMatch: IfMatch,
): Promise<MemberRow> {
  return ctx.db.write(async (tx) => {
    const { actor, target, all } = await lockTarget(tx, ctx, id)
    requireReach(actor, target.role)
    if (role !== undefined) requireReach(actor, role)
    requireMatch(ifMatch, target.version)
    if (role === undefined || role === target.role) return target
    if (role !== 'owner') requireOwnerBeside(all, target)
    // Whoever made the invitation knows it, and may not be one who may give the new role.
    if (target.joined_at === null && mayGrant(role, target.role)) await deleteInvitations(tx, target)
    const updated = await members.update(tx, target, { role, updated_at: ctx.clock.now() })
    const [before, after] = [{ role: target.role }, { role }]
    await appendEvent(tx, ctx, { type: 'member.updated', subject: updated, before, after })
    publish(tx, 'members', id)
    return updated
  })
}

/** The row stays, because what the member referred and decided still shows who it was. */
export async function removeMember(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const { actor, target, all } = await lockTarget(tx, ctx, id)
    requireReach(actor, target.role)
    requireMatch(ifMatch, target.version)
    requireOwnerBeside(all, target)
    const now = ctx.clock.now()
    const removed = await members.update(tx, target, { removed_at: now, updated_at: now })
    await deleteUser(tx, { workspace_id: target.workspace_id, id: target.id, kind: 'MEMBER' })
    await deleteInvitations(tx, target)
    await updateTokensRevokedOf(tx, target, now)
    if (target.login_id !== null) await deleteSessionsOfNobody(tx, target.login_id)
    const change = { type: 'member.removed', subject: removed, before: told(target) } as const
    await appendEvent(tx, ctx, { ...change, personal: personalFields })
    publish(tx, 'members', id)
  })
}

interface Locked {
  readonly actor: MemberRow
  /** The workspace's owners, the actor and the target, as far as they are members. */
  readonly all: readonly MemberRow[]
}

/**
 * The acting member as it is now, perhaps changed by another node since the request came in. Nobody changes it or any owner
 * until the transaction ends, so whoever loses a right meanwhile leaves nothing behind.
 */
export async function lockForChange(tx: Tx, ctx: Context, targetId?: string): Promise<Locked> {
  const { principal } = ctx
  if (principal.kind !== 'member') throw new ApiError('member_required')
  const ids = targetId === undefined ? [principal.id] : [principal.id, targetId]
  const all = await lockOwnersAnd(tx, principal.workspaceId, ids)
  const actor = all.find((member) => member.id === principal.id)
  if (!actor || !(await shareCredential(tx, principal.credentialId))) throw new ApiError('unauthorized')
  return { actor, all }
}

async function lockTarget(tx: Tx, ctx: Context, id: string): Promise<Locked & { readonly target: MemberRow }> {
  const locked = await lockForChange(tx, ctx, id)
  const target = locked.all.find((member) => member.id === id)
  if (!target) throw new ApiError('member_not_found')
  return { ...locked, target }
}

/** Nobody gives, changes or takes a role above their own, and only administrators do at all. */
function requireReach(actor: MemberRow, role: Role): void {
  const administers = actor.role === 'owner' || actor.role === 'admin'
  if (!administers || !mayGrant(actor.role, role)) throw new ApiError('role_insufficient')
}

/** An owner who has not joined cannot act, so it does not count. */
function requireOwnerBeside(all: readonly MemberRow[], target: MemberRow): void {
  const isActing = (member: MemberRow) => member.role === 'owner' && member.joined_at !== null
  if (isActing(target) && !all.some((member) => member.id !== target.id && isActing(member)))
    throw new ApiError('last_owner')
}

async function addInvitation(tx: Tx, ctx: Context, member: MemberRow): Promise<{ secret: string; expiresAt: number }> {
  const secret = makeSecret('nxi')
  const now = ctx.clock.now()
  const expiresAt = now + invitationLastsMs
  await insertInvitation(tx, {
    secret_hash: hashSecret(secret),
    workspace_id: member.workspace_id,
    member_id: member.id,
    created_at: now,
    expires_at: expiresAt,
  })
  return { secret, expiresAt }
}

function told({ email, firstname, lastname, role, joined_at }: MemberRow) {
  return { email, firstname, lastname, role, joinedAt: isoOrNull(joined_at) }
}

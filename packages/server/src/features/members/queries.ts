// Statements on members, their logins, tokens and invitations. Only hashes of secrets are here.
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed, locking, sharing } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, sought } from '../../db/search.ts'
import type { LoginTable, MemberInvitationTable, MemberTokenTable } from '../../db/schema.ts'

export type MemberRow = Row<'members'>
export type LoginRow = Selectable<LoginTable>
export type MemberTokenRow = Selectable<MemberTokenTable>

/** Removed members are among its rows: what they referred and decided still names them. */
export const members = resourceTable('members')

export interface MemberFilter {
  readonly ids: readonly string[]
  /** Folded. */
  readonly search: string | undefined
}

/** Of those who are members now. */
export function membersMatching(db: Db, { ids, search }: MemberFilter): Conditions<'members'> {
  return (eb) => [
    eb('removed_at', 'is', null),
    ...(ids.length > 0 ? [eb('id', 'in', listed(ids))] : []),
    ...(search === undefined ? [] : [contains(db, eb, 'members', sought(search))]),
  ]
}

/** A member who was not removed. */
export async function findMember(db: Db, workspaceId: string, id: string): Promise<MemberRow | undefined> {
  const member = await members.find(db, workspaceId, id)
  return member?.removed_at === null ? member : undefined
}

export async function findMemberByEmail(
  db: Db,
  workspaceId: string,
  emailCanonical: string,
): Promise<MemberRow | undefined> {
  return db
    .selectFrom('members')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('email_canonical', '=', emailCanonical)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
}

/** Where a login has joined, the oldest place first. Not by workspace: the login is what tells them. */
export async function listMembershipsOf(db: Db, loginId: string): Promise<MemberRow[]> {
  return db
    .selectFrom('members')
    .selectAll()
    .where('login_id', '=', loginId)
    .where('removed_at', 'is', null)
    .orderBy('joined_at')
    .orderBy('workspace_id')
    .execute()
}

/** All owners and the named members, in one order: whoever else wants to change any of them waits, and nobody for each other. */
export async function lockOwnersAnd(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<MemberRow[]> {
  return tx
    .selectFrom('members')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('removed_at', 'is', null)
    .where((eb) => eb.or([eb('role', '=', 'owner'), eb('id', 'in', listed(ids))]))
    .orderBy('id')
    .$call(locking(tx))
    .execute()
}

/** Whether a token or a sign-in still stands; it does until the transaction ends. */
export async function shareCredential(tx: Tx, id: string): Promise<boolean> {
  const token = await tx
    .selectFrom('member_tokens')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .$call(sharing(tx))
    .executeTakeFirst()
  if (token) return true
  const session = await tx
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .$call(sharing(tx))
    .executeTakeFirst()
  return session !== undefined
}

export async function findLoginByEmail(db: Db, emailCanonical: string): Promise<LoginRow | undefined> {
  return db.selectFrom('logins').selectAll().where('email_canonical', '=', emailCanonical).executeTakeFirst()
}

export async function lockLoginByEmail(tx: Tx, emailCanonical: string): Promise<LoginRow | undefined> {
  return tx
    .selectFrom('logins')
    .selectAll()
    .where('email_canonical', '=', emailCanonical)
    .$call(locking(tx))
    .executeTakeFirst()
}

/** Undefined when the address has a login already. */
export async function insertLogin(tx: Tx, login: Insertable<LoginTable>): Promise<LoginRow | undefined> {
  return tx
    .insertInto('logins')
    .values(login)
    .onConflict((clash) => clash.column('email_canonical').doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Writes over exactly this version of the row and raises it by one. */
export async function updateLogin(tx: Tx, login: LoginRow, change: Updateable<LoginTable>): Promise<LoginRow> {
  return tx
    .updateTable('logins')
    .set({ ...change, version: login.version + 1 })
    .where('id', '=', login.id)
    .where('version', '=', login.version)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function insertMemberToken(tx: Tx, token: Insertable<MemberTokenTable>): Promise<MemberTokenRow> {
  return tx.insertInto('member_tokens').values(token).returningAll().executeTakeFirstOrThrow()
}

/** The token behind a secret's hash. Not by workspace: the token is what tells it. */
export async function findTokenBySecret(db: Db, secretHash: string): Promise<MemberTokenRow | undefined> {
  return db.selectFrom('member_tokens').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst()
}

/** What a member made for itself in its workspace, newest first, with those that were revoked. */
export async function listTokens(db: Db, owner: TokenOwner, limit: number): Promise<MemberTokenRow[]> {
  return db
    .selectFrom('member_tokens')
    .selectAll()
    .where('workspace_id', '=', owner.workspaceId)
    .where('member_id', '=', owner.id)
    .where('login_id', '=', owner.loginId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** A member together with what it signs in with: both must be those that a token was made by. */
export interface TokenOwner {
  readonly workspaceId: string
  readonly id: string
  readonly loginId: string
}

export async function lockToken(tx: Tx, owner: TokenOwner, id: string): Promise<MemberTokenRow | undefined> {
  return tx
    .selectFrom('member_tokens')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', owner.workspaceId)
    .where('member_id', '=', owner.id)
    .where('login_id', '=', owner.loginId)
    .$call(locking(tx))
    .executeTakeFirst()
}

/** With the sign-ins that were begun with it. */
export async function updateTokenRevoked(tx: Tx, id: string, now: number): Promise<MemberTokenRow> {
  await tx.deleteFrom('sessions').where('member_token_id', '=', id).execute()
  return tx
    .updateTable('member_tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** All that a member made in its workspace, with the sign-ins that were begun with them. */
export async function updateTokensRevokedOf(tx: Tx, member: MemberRow, now: number): Promise<void> {
  const revoked = await tx
    .updateTable('member_tokens')
    .set({ revoked_at: now })
    .where('workspace_id', '=', member.workspace_id)
    .where('member_id', '=', member.id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  if (revoked.length === 0) return
  const ids = listed(revoked.map(({ id }) => id))
  await tx.deleteFrom('sessions').where('member_token_id', 'in', ids).execute()
}

/** Wherever they were made. */
export async function updateTokensRevokedOfLogin(tx: Tx, loginId: string, now: number): Promise<void> {
  await tx
    .updateTable('member_tokens')
    .set({ revoked_at: now })
    .where('login_id', '=', loginId)
    .where('revoked_at', 'is', null)
    .execute()
}

/** All but the one that asks for it. */
export async function deleteSessionsOf(tx: Tx, loginId: string, exceptId: string | null = null): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('login_id', '=', loginId)
    .$if(exceptId !== null, (q) => q.where('id', '!=', exceptId as string))
    .execute()
}

/** The sign-ins of a login that is a member of nothing any more. */
export async function deleteSessionsOfNobody(tx: Tx, loginId: string): Promise<void> {
  const places = tx.selectFrom('members').select('id').where('login_id', '=', loginId).where('removed_at', 'is', null)
  await tx
    .deleteFrom('sessions')
    .where('login_id', '=', loginId)
    .where(({ not, exists }) => not(exists(places)))
    .execute()
}

/** Not a change of the token: no event. Stays as it is when another process noted a use after `unless`. */
export async function updateTokenLastUsed(tx: Tx, id: string, now: number, unless: number): Promise<void> {
  await tx
    .updateTable('member_tokens')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', unless)]))
    .execute()
}

export async function insertInvitation(tx: Tx, invitation: Insertable<MemberInvitationTable>): Promise<void> {
  await tx.insertInto('member_invitations').values(invitation).execute()
}

export async function deleteInvitations(tx: Tx, member: MemberRow): Promise<void> {
  await tx
    .deleteFrom('member_invitations')
    .where('workspace_id', '=', member.workspace_id)
    .where('member_id', '=', member.id)
    .execute()
}

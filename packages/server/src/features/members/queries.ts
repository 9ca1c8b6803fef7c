// Statements on members, their logins, tokens and invitations. Only hashes of secrets are here.
import type { Insertable, Selectable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains } from '../../db/search.ts'
import type { LoginTable, MemberTokenTable } from '../../db/schema.ts'

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
    ...(search === undefined ? [] : [contains(db, eb, 'members', search)]),
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

export async function findLoginByEmail(db: Db, emailCanonical: string): Promise<LoginRow | undefined> {
  return db.selectFrom('logins').selectAll().where('email_canonical', '=', emailCanonical).executeTakeFirst()
}

export async function insertLogin(tx: Tx, login: Insertable<LoginTable>): Promise<LoginRow> {
  return tx.insertInto('logins').values(login).returningAll().executeTakeFirstOrThrow()
}

export async function insertMemberToken(tx: Tx, token: Insertable<MemberTokenTable>): Promise<MemberTokenRow> {
  return tx.insertInto('member_tokens').values(token).returningAll().executeTakeFirstOrThrow()
}

/** The token behind a secret's hash. Not by workspace: the token is what tells it. */
export async function findTokenBySecret(db: Db, secretHash: string): Promise<MemberTokenRow | undefined> {
  return db.selectFrom('member_tokens').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst()
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

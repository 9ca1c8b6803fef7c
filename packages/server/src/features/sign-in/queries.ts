// Statements on sign-ins, on what people sign in with, and on the invitations they accept. Only hashes of secrets are here.
import type { Insertable, Selectable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { locking } from '../../db/page.ts'
import type { LoginTable, MemberInvitationTable, MemberTable, SessionTable } from '../../db/schema.ts'

type LoginRow = Selectable<LoginTable>
export type SessionRow = Selectable<SessionTable>

export async function insertSession(tx: Tx, session: Insertable<SessionTable>): Promise<SessionRow> {
  return tx.insertInto('sessions').values(session).returningAll().executeTakeFirstOrThrow()
}

/** Not by login: the session is what tells it. */
export async function findSessionBySecret(db: Db, secretHash: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst()
}

export async function findSession(db: Db, id: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Whether it was there. */
export async function deleteSession(tx: Tx, id: string): Promise<boolean> {
  const deleted = await tx.deleteFrom('sessions').where('id', '=', id).returning('id').execute()
  return deleted.length > 0
}

/** All but the newest ones of a login. */
export async function deleteOldestSessions(tx: Tx, loginId: string, kept: number): Promise<void> {
  const newest = tx
    .selectFrom('sessions')
    .select('id')
    .where('login_id', '=', loginId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(kept)
  await tx.deleteFrom('sessions').where('login_id', '=', loginId).where('id', 'not in', newest).execute()
}

/** Stays as it is when another process noted a use after `unless`. */
export async function updateSessionLastUsed(tx: Tx, id: string, now: number, unless: number): Promise<void> {
  await tx
    .updateTable('sessions')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .where('last_used_at', '<=', unless)
    .execute()
}

export async function findLogin(db: Db, id: string): Promise<LoginRow | undefined> {
  return db.selectFrom('logins').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function lockLogin(tx: Tx, id: string): Promise<LoginRow | undefined> {
  return tx.selectFrom('logins').selectAll().where('id', '=', id).$call(locking(tx)).executeTakeFirst()
}

/** By what the identity provider calls the person. */
export async function lockLoginBySubject(tx: Tx, issuer: string, subject: string): Promise<LoginRow | undefined> {
  return tx
    .selectFrom('logins')
    .selectAll()
    .where('oidc_issuer', '=', issuer)
    .where('oidc_subject', '=', subject)
    .$call(locking(tx))
    .executeTakeFirst()
}

export async function findInvitation(
  db: Db,
  secretHash: string,
): Promise<Selectable<MemberInvitationTable> | undefined> {
  return db.selectFrom('member_invitations').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst()
}

/** Members of any workspace who have this address and have not joined. Not by workspace: the address is what tells them. */
export async function lockPendingMembers(tx: Tx, emailCanonical: string): Promise<Selectable<MemberTable>[]> {
  return tx
    .selectFrom('members')
    .selectAll()
    .where('email_canonical', '=', emailCanonical)
    .where('joined_at', 'is', null)
    .where('removed_at', 'is', null)
    .orderBy('workspace_id')
    .$call(locking(tx))
    .execute()
}

// The part of the third migration that is about members, and what they sign in with.
import { sql, type Kysely } from 'kysely'
import { table, type columnTypes, type Dialect } from './columns.ts'

type Types = ReturnType<typeof columnTypes>

export async function createMembersAndLogins(db: Kysely<unknown>, dialect: Dialect, types: Types): Promise<void> {
  await createLogins(db, dialect, types)
  await createMembers(db, dialect, types)
  await createSecrets(db, dialect, types)
  await createSignIns(db, dialect, types)
}

/** What a person signs in with; it belongs to no workspace, since one login may have joined several. */
async function createLogins(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'logins')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('email', text, (c) => c.notNull())
    .addColumn('email_canonical', text, (c) => c.notNull().unique())
    .addColumn('email_verified_at', integer)
    .addColumn('password_hash', text)
    .addColumn('totp_secret_encrypted', text)
    .addColumn('totp_confirmed_at', integer)
    .addColumn('totp_last_step', integer)
    .addColumn('oidc_issuer', text)
    .addColumn('oidc_subject', text)
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addUniqueConstraint('logins_oidc', ['oidc_issuer', 'oidc_subject'])
    .execute()
}

async function createMembers(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'members')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('login_id', text, (c) => c.references('logins.id'))
    .addColumn('email', text, (c) => c.notNull())
    .addColumn('email_canonical', text, (c) => c.notNull())
    .addColumn('firstname', text, (c) => c.notNull())
    .addColumn('lastname', text, (c) => c.notNull())
    .addColumn('role', text, (c) => c.notNull())
    .addColumn('joined_at', integer)
    .addColumn('removed_at', integer)
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('members_pk', ['workspace_id', 'id'])
    .execute()
  // A removed member's row stays, because referrals and decisions show who it was; its address is free again.
  await db.schema
    .createIndex('members_email')
    .unique()
    .on('members')
    .columns(['workspace_id', 'email_canonical'])
    .where(sql.ref('removed_at'), 'is', null)
    .execute()
  await db.schema
    .createIndex('members_login')
    .unique()
    .on('members')
    .columns(['login_id', 'workspace_id'])
    .where(sql.ref('removed_at'), 'is', null)
    .execute()
  // Whom an address that was vouched for elsewhere joins.
  await db.schema
    .createIndex('members_pending')
    .on('members')
    .columns(['email_canonical'])
    .where(sql.ref('joined_at'), 'is', null)
    .where(sql.ref('removed_at'), 'is', null)
    .execute()
  await db.schema.createIndex('members_by_age').on('members').columns(['workspace_id', 'created_at', 'id']).execute()
}

/** Looked up before anybody is known, hence keyed by the hash alone. */
async function createSecrets(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'member_tokens')
    .addColumn('secret_hash', text, (c) => c.primaryKey())
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('member_id', text, (c) => c.notNull())
    .addColumn('login_id', text, (c) => c.notNull().references('logins.id'))
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('prefix', text, (c) => c.notNull())
    .addColumn('last_used_at', integer)
    .addColumn('expires_at', integer)
    .addColumn('revoked_at', integer)
    .addColumn('created_at', integer, (c) => c.notNull())
    .addUniqueConstraint('member_tokens_id', ['id'])
    .addForeignKeyConstraint('member_tokens_member_fk', ['workspace_id', 'member_id'], 'members', [
      'workspace_id',
      'id',
    ])
    .execute()
  await db.schema
    .createIndex('member_tokens_by_member')
    .on('member_tokens')
    .columns(['workspace_id', 'member_id', 'created_at'])
    .execute()
}

async function createSignIns(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'sessions')
    .addColumn('secret_hash', text, (c) => c.primaryKey())
    .addColumn('id', text, (c) => c.notNull().unique())
    .addColumn('login_id', text, (c) => c.notNull().references('logins.id'))
    .addColumn('member_token_id', text)
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('last_used_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .execute()
  await db.schema.createIndex('sessions_by_login').on('sessions').columns(['login_id']).execute()
  await db.schema.createIndex('sessions_by_end').on('sessions').columns(['expires_at']).execute()
  await table(db, dialect, 'member_invitations')
    .addColumn('secret_hash', text, (c) => c.primaryKey())
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('member_id', text, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .addForeignKeyConstraint('member_invitations_member_fk', ['workspace_id', 'member_id'], 'members', [
      'workspace_id',
      'id',
    ])
    .execute()
  await db.schema
    .createIndex('member_invitations_by_member')
    .on('member_invitations')
    .columns(['workspace_id', 'member_id'])
    .execute()
}

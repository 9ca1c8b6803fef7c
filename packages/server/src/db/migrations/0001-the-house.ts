// The first schema: workspaces, keys, tiers, channels, groups, persons, external users, events, and the instance's own tables.
// Longer than 300 lines: a released migration stays in one file as it was released.
import { sql, type CreateTableBuilder, type Kysely, type Migration } from 'kysely'
import { columnTypes, table, type Dialect } from './columns.ts'

type Types = ReturnType<typeof columnTypes>

export function theHouse(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const types = columnTypes(dialect)
      await createInstance(db, dialect, types)
      await createApiKeys(db, dialect, types)
      await createTiersAndGroups(db, dialect, types)
      await createChannels(db, dialect, types)
      await createPeople(db, dialect, types)
      await createExternalUsers(db, dialect, types)
      await createExternalUserIndexes(db)
      await createCutOffs(db, dialect, types)
      await createSearch(db, dialect)
      await createEvents(db, dialect, types)
    },
  }
}

async function createInstance(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'workspaces')
    .addColumn('id', text, (c) => c.primaryKey())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('parent_id', text, (c) => c.references('workspaces.id'))
    .addColumn('token_audience', text, (c) => c.unique())
    .addColumn('token_lifetime_seconds', integer, (c) => c.notNull())
    .addColumn('default_tier_id', text)
    .addColumn('cut_off_count', integer, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .execute()
  await table(db, dialect, 'instance')
    .addColumn('id', integer, (c) => c.primaryKey().check(sql`id = 1`))
    .addColumn('first_workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('created_at', integer, (c) => c.notNull())
    .execute()
  await table(db, dialect, 'signing_keys')
    .addColumn('kid', text, (c) => c.primaryKey())
    .addColumn('algorithm', text, (c) => c.notNull())
    .addColumn('public_jwk', text, (c) => c.notNull())
    .addColumn('private_encrypted', text, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('signs_from', integer, (c) => c.notNull())
    .addColumn('published_until', integer)
    .execute()
  await table(db, dialect, 'leases')
    .addColumn('name', text, (c) => c.primaryKey())
    .addColumn('holder', text, (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .execute()
}

async function createApiKeys(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'api_keys')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('scopes', text, (c) => c.notNull())
    .addColumn('last_used_at', integer)
    .addColumn('expires_at', integer)
    .addColumn('revoked_at', integer)
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('api_keys_pk', ['workspace_id', 'id'])
    .execute()
  // Looked up before the workspace is known, hence keyed by the hash alone.
  await table(db, dialect, 'api_key_secrets')
    .addColumn('secret_hash', text, (c) => c.primaryKey())
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('api_key_id', text, (c) => c.notNull())
    .addColumn('prefix', text, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer)
    .addForeignKeyConstraint('api_key_secrets_key_fk', ['workspace_id', 'api_key_id'], 'api_keys', [
      'workspace_id',
      'id',
    ])
    .execute()
  await db.schema
    .createIndex('api_key_secrets_by_key')
    .on('api_key_secrets')
    .columns(['workspace_id', 'api_key_id'])
    .execute()
}

async function createTiersAndGroups(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'tiers')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('description', text)
    .addColumn('limits', text, (c) => c.notNull())
    .addColumn('token_lifetime_seconds', integer)
    .addColumn('metadata', text, (c) => c.notNull())
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('tiers_pk', ['workspace_id', 'id'])
    .execute()
  await table(db, dialect, 'external_user_groups')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('external_id', text)
    .addColumn('name', text)
    .addColumn('tier_id', text)
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('external_user_groups_pk', ['workspace_id', 'id'])
    .addUniqueConstraint('external_user_groups_external_id', ['workspace_id', 'external_id'])
    .addForeignKeyConstraint('external_user_groups_tier_fk', ['workspace_id', 'tier_id'], 'tiers', [
      'workspace_id',
      'id',
    ])
    .execute()
  for (const [name, on] of [
    ['tiers_by_age', 'tiers'],
    ['external_user_groups_by_age', 'external_user_groups'],
    ['api_keys_by_age', 'api_keys'],
  ] as const) {
    await db.schema.createIndex(name).on(on).columns(['workspace_id', 'created_at', 'id']).execute()
  }
  await db.schema
    .createIndex('external_user_groups_by_tier')
    .on('external_user_groups')
    .columns(['workspace_id', 'tier_id', 'created_at', 'id'])
    .execute()
}

async function createChannels(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'channels')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('description', text)
    .addColumn('identifier_kind', text, (c) => c.notNull())
    .addColumn('default_country', text)
    .addColumn('provisioning', text, (c) => c.notNull())
    .addColumn('admission', text, (c) => c.notNull())
    .addColumn('default_tier_id', text)
    .addColumn('default_external_user_group_id', text)
    .addColumn('token_lifetime_seconds', integer)
    .addColumn('archived_at', integer)
    .addColumn('first_used_at', integer)
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('channels_pk', ['workspace_id', 'id'])
    .addForeignKeyConstraint('channels_tier_fk', ['workspace_id', 'default_tier_id'], 'tiers', ['workspace_id', 'id'])
    .addForeignKeyConstraint(
      'channels_group_fk',
      ['workspace_id', 'default_external_user_group_id'],
      'external_user_groups',
      ['workspace_id', 'id'],
    )
    .execute()
  await db.schema.createIndex('channels_by_age').on('channels').columns(['workspace_id', 'created_at', 'id']).execute()
  await db.schema.createIndex('channels_by_tier').on('channels').columns(['workspace_id', 'default_tier_id']).execute()
  await db.schema
    .createIndex('channels_by_group')
    .on('channels')
    .columns(['workspace_id', 'default_external_user_group_id'])
    .execute()
}

async function createPeople(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  let persons: CreateTableBuilder<string, string> = table(db, dialect, 'super_identities')
  // The full-text index refers to rows by an integer that must survive a rewrite of the file, so it is a column of its own.
  if (dialect === 'sqlite') persons = persons.addColumn('row_key', integer, (c) => c.primaryKey())
  persons = persons
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('firstname', text)
    .addColumn('lastname', text)
    .addColumn('merged_into_id', text)
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
  persons =
    dialect === 'sqlite'
      ? persons.addUniqueConstraint('super_identities_id', ['workspace_id', 'id'])
      : persons.addPrimaryKeyConstraint('super_identities_pk', ['workspace_id', 'id'])
  await persons.execute()
  await db.schema
    .createIndex('super_identities_by_age')
    .on('super_identities')
    .columns(['workspace_id', 'created_at', 'id'])
    .execute()
  // The primary key decides who is first to hold an address, also between two nodes.
  await table(db, dialect, 'super_identity_emails')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('email_canonical', text, (c) => c.notNull())
    .addColumn('super_identity_id', text, (c) => c.notNull())
    .addColumn('email', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('super_identity_emails_pk', ['workspace_id', 'email_canonical'])
    .addForeignKeyConstraint(
      'super_identity_emails_person_fk',
      ['workspace_id', 'super_identity_id'],
      'super_identities',
      ['workspace_id', 'id'],
    )
    .execute()
  await db.schema
    .createIndex('super_identity_emails_by_person')
    .on('super_identity_emails')
    .columns(['workspace_id', 'super_identity_id'])
    .execute()
}

async function createExternalUsers(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  let users: CreateTableBuilder<string, string> = table(db, dialect, 'external_users')
  // For the full-text index, as persons have it.
  if (dialect === 'sqlite') users = users.addColumn('row_key', integer, (c) => c.primaryKey())
  users = users
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('channel_id', text, (c) => c.notNull())
    .addColumn('super_identity_id', text, (c) => c.notNull())
    .addColumn('external_user_group_id', text)
    .addColumn('tier_id', text)
    .addColumn('external_id', text)
    .addColumn('identifier', text)
    .addColumn('identifier_canonical', text)
    .addColumn('identifier_fingerprint', text)
    .addColumn('name', text)
    .addColumn('erased_at', integer)
    .addColumn('last_seen_at', integer)
    .addColumn('search_text', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addUniqueConstraint('external_users_identifier', ['workspace_id', 'channel_id', 'identifier_canonical'])
    .addUniqueConstraint('external_users_external_id', ['workspace_id', 'channel_id', 'external_id'])
    .addForeignKeyConstraint('external_users_channel_fk', ['workspace_id', 'channel_id'], 'channels', [
      'workspace_id',
      'id',
    ])
    .addForeignKeyConstraint('external_users_person_fk', ['workspace_id', 'super_identity_id'], 'super_identities', [
      'workspace_id',
      'id',
    ])
    .addForeignKeyConstraint(
      'external_users_group_fk',
      ['workspace_id', 'external_user_group_id'],
      'external_user_groups',
      ['workspace_id', 'id'],
    )
    .addForeignKeyConstraint('external_users_tier_fk', ['workspace_id', 'tier_id'], 'tiers', ['workspace_id', 'id'])
  users =
    dialect === 'sqlite'
      ? users.addUniqueConstraint('external_users_id', ['workspace_id', 'id'])
      : users.addPrimaryKeyConstraint('external_users_pk', ['workspace_id', 'id'])
  await users.execute()
}

async function createCutOffs(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'cut_offs')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('subject_id', text, (c) => c.notNull())
    .addColumn('reach', text, (c) => c.notNull())
    .addColumn('number', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('cut_offs_pk', ['workspace_id', 'subject_id'])
    .execute()
}

/** One index for each filter the list offers, ending in the list's order so that a page is read, not sorted. */
async function createExternalUserIndexes(db: Kysely<unknown>) {
  const order = ['workspace_id', 'created_at', 'id']
  const index = (name: string, columns: string[]) =>
    db.schema.createIndex(`external_users_by_${name}`).on('external_users').columns(columns)
  const ordered = (column: string) => ['workspace_id', column, 'created_at', 'id']
  const present = (column: string) => sql<boolean>`${sql.ref(column)} is not null`
  await index('age', order).execute()
  await index('channel', ordered('channel_id')).execute()
  await index('person', ordered('super_identity_id')).execute()
  await index('group', ordered('external_user_group_id')).where(present('external_user_group_id')).execute()
  await index('tier', ordered('tier_id')).where(present('tier_id')).execute()
  await index('fingerprint', ['workspace_id', 'identifier_fingerprint']).execute()
  await index('last_seen', ['workspace_id', 'last_seen_at']).execute()
}

/** Substring search reads trigrams: an index of its own on SQLite, kept by triggers; a GIN index on PostgreSQL. */
async function createSearch(db: Kysely<unknown>, dialect: Dialect) {
  if (dialect === 'postgres') {
    await sql`create extension if not exists pg_trgm`.execute(db)
    await sql`create index external_users_search on external_users using gin (search_text gin_trgm_ops)`.execute(db)
    await sql`create index super_identities_search on super_identities using gin (search_text gin_trgm_ops)`.execute(db)
    return
  }
  await createTrigrams(db, 'external_users', 'external_user_search')
  await createTrigrams(db, 'super_identities', 'super_identity_search')
}

/** Rows without a text, such as most persons and whoever was erased, are not in the index. */
async function createTrigrams(db: Kysely<unknown>, of: string, named: string) {
  const [owner, index] = [sql.ref(of), sql.ref(named)]
  const trigger = (event: string) => sql.ref(`${of}_search_${event}`)
  const add = sql`insert into ${index} (rowid, search_text)
      select new.row_key, new.search_text where new.search_text <> '';`
  const remove = sql`insert into ${index} (${index}, rowid, search_text)
      select 'delete', old.row_key, old.search_text where old.search_text <> '';`
  await sql`create virtual table ${index} using fts5 (
    search_text, content = ${sql.lit(of)}, content_rowid = 'row_key', tokenize = 'trigram case_sensitive 1', detail = none
  )`.execute(db)
  // What erasure removes must leave the index's pages too, not only its answers.
  await sql`insert into ${index} (${index}, rank) values ('secure-delete', 1)`.execute(db)
  await sql`create trigger ${trigger('insert')} after insert on ${owner} begin ${add} end`.execute(db)
  await sql`create trigger ${trigger('update')} after update of search_text on ${owner}
    when old.search_text <> new.search_text begin ${remove} ${add} end`.execute(db)
  await sql`create trigger ${trigger('delete')} after delete on ${owner} begin ${remove} end`.execute(db)
}

async function createEvents(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'events')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('type', text, (c) => c.notNull())
    .addColumn('actor_kind', text, (c) => c.notNull())
    .addColumn('actor_id', text)
    .addColumn('subject_kind', text, (c) => c.notNull())
    .addColumn('subject_id', text, (c) => c.notNull())
    .addColumn('subject_version', integer, (c) => c.notNull())
    .addColumn('before', text)
    .addColumn('after', text)
    .addColumn('openings', text)
    .addColumn('request_id', text)
    .addColumn('occurred_at', integer, (c) => c.notNull())
    .addColumn('position', integer)
    .addColumn('hash', text)
    .addPrimaryKeyConstraint('events_pk', ['workspace_id', 'id'])
    .addUniqueConstraint('events_position', ['workspace_id', 'position'])
    .execute()
  await db.schema
    .createIndex('events_unsealed')
    .on('events')
    .columns(['occurred_at'])
    .where(sql<boolean>`${sql.ref('position')} is null`)
    .execute()
  await db.schema
    .createIndex('events_by_subject')
    .on('events')
    .columns(['workspace_id', 'subject_id', 'subject_version'])
    .execute()
  await table(db, dialect, 'idempotency_records')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('scope_hash', text, (c) => c.notNull())
    .addColumn('request_hash', text, (c) => c.notNull())
    .addColumn('answer', text, (c) => c.notNull())
    .addColumn('external_user_id', text)
    .addColumn('created_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotency_records_pk', ['workspace_id', 'scope_hash'])
    .execute()
  await db.schema.createIndex('idempotency_records_by_age').on('idempotency_records').columns(['created_at']).execute()
  await db.schema
    .createIndex('idempotency_records_by_user')
    .on('idempotency_records')
    .columns(['workspace_id', 'external_user_id'])
    .where(sql<boolean>`${sql.ref('external_user_id')} is not null`)
    .execute()
}

// Blocks with a reach, revoked tokens and trusted issuers.
import { sql, type Kysely, type Migration } from 'kysely'
import { columnTypes, table, type Dialect } from './columns.ts'

type Types = ReturnType<typeof columnTypes>

export function blocksAndRevocations(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const types = columnTypes(dialect)
      await createBlocks(db, dialect, types)
      await createBlockFingerprints(db, dialect, types)
      await createRevokedTokens(db, dialect, types)
      await createTrustedIssuers(db, dialect, types)
      await createTokenAudiences(db, dialect, types)
    },
  }
}

async function createBlocks(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'blocks')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('reach', text, (c) => c.notNull())
    .addColumn('external_user_id', text)
    .addColumn('super_identity_id', text)
    .addColumn('identifier', text)
    .addColumn('channel_id', text)
    .addColumn('reason', text)
    .addColumn('actor_kind', text, (c) => c.notNull())
    .addColumn('actor_id', text)
    .addColumn('ends_at', integer)
    .addColumn('lifted_at', integer)
    .addColumn('lifted_by_kind', text)
    .addColumn('lifted_by_id', text)
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('blocks_pk', ['workspace_id', 'id'])
    .addForeignKeyConstraint('blocks_channel_fk', ['workspace_id', 'channel_id'], 'channels', ['workspace_id', 'id'])
    .execute()
  const index = (name: string, columns: string[]) =>
    db.schema.createIndex(`blocks_by_${name}`).on('blocks').columns(columns)
  await index('age', ['workspace_id', 'created_at', 'id']).execute()
  await index('external_user', ['workspace_id', 'external_user_id']).execute()
  await index('person', ['workspace_id', 'super_identity_id']).execute()
  await index('channel', ['workspace_id', 'channel_id']).execute()
  await index('unlifted', ['workspace_id', 'reach'])
    .where(sql<boolean>`lifted_at is null`)
    .execute()
  await index('end', ['ends_at'])
    .where(sql<boolean>`lifted_at is null and ends_at is not null`)
    .execute()
}

/** One row for each form that the identifier takes on the workspace's channels, as a keyed fingerprint of that form. */
async function createBlockFingerprints(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'block_fingerprints')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('fingerprint', text, (c) => c.notNull())
    .addColumn('block_id', text, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('block_fingerprints_pk', ['workspace_id', 'fingerprint', 'block_id'])
    .addForeignKeyConstraint('block_fingerprints_block_fk', ['workspace_id', 'block_id'], 'blocks', [
      'workspace_id',
      'id',
    ])
    .execute()
  await db.schema
    .createIndex('block_fingerprints_by_block')
    .on('block_fingerprints')
    .columns(['workspace_id', 'block_id', 'fingerprint'])
    .execute()
}

async function createRevokedTokens(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'revoked_tokens')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('jti', text, (c) => c.notNull())
    .addColumn('number', integer, (c) => c.notNull())
    .addColumn('expires_at', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('revoked_tokens_pk', ['workspace_id', 'jti'])
    .execute()
  await db.schema
    .createIndex('revoked_tokens_by_number')
    .on('revoked_tokens')
    .columns(['workspace_id', 'number'])
    .execute()
  await db.schema.createIndex('revoked_tokens_by_end').on('revoked_tokens').columns(['expires_at']).execute()
  await db.schema.createIndex('cut_offs_by_number').on('cut_offs').columns(['workspace_id', 'number']).execute()
}

/** Never given back: a token issued under an audience lives on after its workspace has taken another one. */
async function createTokenAudiences(db: Kysely<unknown>, dialect: Dialect, { text }: Types) {
  await table(db, dialect, 'token_audiences')
    .addColumn('audience', text, (c) => c.primaryKey())
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .execute()
}

async function createTrustedIssuers(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'trusted_issuers')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('issuer', text, (c) => c.notNull())
    .addColumn('jwks_uri', text)
    .addColumn('jwks', text)
    .addColumn('audience', text, (c) => c.notNull())
    .addColumn('channel_id', text, (c) => c.notNull())
    .addColumn('mapping', text, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('trusted_issuers_pk', ['workspace_id', 'id'])
    .addUniqueConstraint('trusted_issuers_issuer', ['workspace_id', 'issuer'])
    .addForeignKeyConstraint('trusted_issuers_channel_fk', ['workspace_id', 'channel_id'], 'channels', [
      'workspace_id',
      'id',
    ])
    .execute()
  await db.schema
    .createIndex('trusted_issuers_by_age')
    .on('trusted_issuers')
    .columns(['workspace_id', 'created_at', 'id'])
    .execute()
  await db.schema
    .createIndex('trusted_issuers_by_channel')
    .on('trusted_issuers')
    .columns(['workspace_id', 'channel_id'])
    .execute()
}

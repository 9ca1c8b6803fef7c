// Members with what they sign in with, and referrals with their decisions.
import { sql, type Kysely, type Migration } from 'kysely'
import { createListedUsers } from './0003-listed-users.ts'
import { createMembersAndLogins } from './0003-members-and-logins.ts'
import { columnTypes, table, type Dialect } from './columns.ts'

type Types = ReturnType<typeof columnTypes>

export function membersAndReferrals(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const types = columnTypes(dialect)
      await createMembersAndLogins(db, dialect, types)
      await addPolicies(db, types)
      await markErasedPersons(db, types)
      await createPartners(db, dialect, types)
      await createReferrals(db, dialect, types)
      await createReferralIndexes(db)
      await orderAddresses(db)
      await createListedUsers(db, dialect, types)
      await createDecisions(db, dialect, types)
    },
  }
}

/** JSON; null for the defaults. */
async function addPolicies(db: Kysely<unknown>, { text, integer }: Types) {
  await db.schema.alterTable('workspaces').addColumn('policies', text).execute()
  await db.schema.alterTable('workspaces').addColumn('provisional_tier_id', text).execute()
  await db.schema
    .alterTable('workspaces')
    .addColumn('referral_revision', integer, (c) => c.notNull().defaultTo(0))
    .execute()
}

/** A person who is only referred has no account, so that nothing but a moment of its own tells it from an erased one. */
async function markErasedPersons(db: Kysely<unknown>, { integer }: Types) {
  await db.schema.alterTable('super_identities').addColumn('erased_at', integer).execute()
  await sql`
    update super_identities set erased_at = (
      select max(u.erased_at) from external_users u
        where u.workspace_id = super_identities.workspace_id and u.super_identity_id = super_identities.id
    ) where not exists (
      select 1 from external_users u where u.workspace_id = super_identities.workspace_id
        and u.super_identity_id = super_identities.id and u.erased_at is null
    )`.execute(db)
}

/** The workspaces whose members may refer into another one. The partner need not exist: nobody learns from it whether it does. */
async function createPartners(db: Kysely<unknown>, dialect: Dialect, { text }: Types) {
  await table(db, dialect, 'partner_organizations')
    .addColumn('partner_id', text, (c) => c.notNull())
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addPrimaryKeyConstraint('partner_organizations_pk', ['partner_id', 'workspace_id'])
    .execute()
  await db.schema
    .createIndex('partner_organizations_by_workspace')
    .on('partner_organizations')
    .columns(['workspace_id'])
    .execute()
}

/** Names and addresses stand in the row as well as with their owners: what lists filter and sort by is one table's. */
async function createReferrals(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'referrals')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('status', text, (c) => c.notNull())
    .addColumn('super_identity_id', text, (c) => c.notNull())
    .addColumn('referred_firstname', text)
    .addColumn('referred_lastname', text)
    .addColumn('referred_email', text)
    .addColumn('referrer_workspace_id', text, (c) => c.notNull())
    .addColumn('referrer_id', text, (c) => c.notNull())
    .addColumn('referrer_firstname', text)
    .addColumn('referrer_lastname', text)
    .addColumn('referrer_email', text)
    .addColumn('referrer_comment', text)
    .addColumn('referred_at', integer, (c) => c.notNull())
    .addColumn('proposed_until', integer)
    .addColumn('provisional_until', integer)
    .addColumn('reviewer_id', text)
    .addColumn('reviewer_firstname', text)
    .addColumn('reviewer_lastname', text)
    .addColumn('reviewer_email', text)
    .addColumn('reviewer_comment', text)
    .addColumn('reviewed_at', integer)
    .addColumn('admitted_at', integer)
    .addColumn('admitted_until', integer)
    .addColumn('decision_count', integer, (c) => c.notNull())
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referrals_pk', ['workspace_id', 'id'])
    .addForeignKeyConstraint('referrals_person_fk', ['workspace_id', 'super_identity_id'], 'super_identities', [
      'workspace_id',
      'id',
    ])
    .addForeignKeyConstraint('referrals_referrer_fk', ['referrer_workspace_id', 'referrer_id'], 'members', [
      'workspace_id',
      'id',
    ])
    .addForeignKeyConstraint('referrals_reviewer_fk', ['workspace_id', 'reviewer_id'], 'members', [
      'workspace_id',
      'id',
    ])
    .execute()
}

/** What a list of referrals is filtered and sorted by, each by an index of its own. */
const listedColumns = [
  'super_identity_id',
  'referrer_id',
  'reviewer_id',
  'referrer_comment',
  'reviewer_comment',
  'referred_firstname',
  'referred_lastname',
  'referred_email',
  'referrer_firstname',
  'referrer_lastname',
  'referrer_email',
  'reviewer_firstname',
  'reviewer_lastname',
  'reviewer_email',
]

async function createReferralIndexes(db: Kysely<unknown>) {
  // Whoever is first to refer or admit a person beside another referral of it, on however many nodes.
  await db.schema
    .createIndex('referrals_live')
    .unique()
    .on('referrals')
    .columns(['workspace_id', 'super_identity_id'])
    .where(sql.ref('status'), 'in', [sql.lit('REFERRED'), sql.lit('ADMITTED')])
    .execute()
  await db.schema
    .createIndex('referrals_due')
    .on('referrals')
    .columns(['admitted_until'])
    .where(sql.ref('status'), '=', sql.lit('ADMITTED'))
    .execute()
  for (const column of listedColumns) {
    // Whom a member referred is read from the index alone.
    const more = column === 'referrer_id' ? ['super_identity_id'] : []
    await db.schema
      .createIndex(`referrals_by_${column}`)
      .on('referrals')
      .columns(['workspace_id', column, 'id', ...more])
      .execute()
  }
  for (const column of ['referred_at', 'reviewed_at']) {
    await db.schema
      .createIndex(`referrals_by_${column}`)
      .on('referrals')
      .columns(['workspace_id', `${column} desc`, 'id'])
      .execute()
  }
  // The queue: what waits, latest first; and a sort by status.
  await db.schema
    .createIndex('referrals_queue')
    .on('referrals')
    .columns(['workspace_id', 'status', 'referred_at desc', 'id'])
    .execute()
  await db.schema
    .createIndex('referrals_own')
    .on('referrals')
    .columns(['workspace_id', 'referrer_id', 'referred_at desc', 'id'])
    .execute()
  await db.schema.createIndex('referrals_by_status').on('referrals').columns(['workspace_id', 'status', 'id']).execute()
}

/** Whoever asks for the first address of a person would otherwise be given every address of the workspace in its order. */
async function orderAddresses(db: Kysely<unknown>) {
  await db.schema.dropIndex('super_identity_emails_by_person').execute()
  await db.schema
    .createIndex('super_identity_emails_by_person')
    .on('super_identity_emails')
    .columns(['workspace_id', 'super_identity_id', 'email_canonical'])
    .execute()
}

async function createDecisions(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'referral_decisions')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('referral_id', text, (c) => c.notNull())
    .addColumn('number', integer, (c) => c.notNull())
    .addColumn('from_status', text, (c) => c.notNull())
    .addColumn('to_status', text, (c) => c.notNull())
    .addColumn('member_id', text)
    .addColumn('member_workspace_id', text)
    .addColumn('comment', text)
    .addColumn('admitted_until', integer)
    .addColumn('overridden_at', integer)
    .addColumn('decided_at', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referral_decisions_pk', ['workspace_id', 'referral_id', 'number'])
    .addForeignKeyConstraint('referral_decisions_referral_fk', ['workspace_id', 'referral_id'], 'referrals', [
      'workspace_id',
      'id',
    ])
    .execute()
  // How many referrals there are, by referrer and status, kept with every change: totals need no count of a million rows.
  await table(db, dialect, 'referral_counts')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('referrer_id', text, (c) => c.notNull())
    .addColumn('status', text, (c) => c.notNull())
    .addColumn('count', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('referral_counts_pk', ['workspace_id', 'referrer_id', 'status'])
    .execute()
}

// The part of the third migration that is about the list of users: one row for each member and each known person.
import { sql, type Kysely } from 'kysely'
import { table, type columnTypes, type Dialect } from './columns.ts'

type Types = ReturnType<typeof columnTypes>

export async function createListedUsers(db: Kysely<unknown>, dialect: Dialect, { text, integer }: Types) {
  await table(db, dialect, 'users')
    .addColumn('workspace_id', text, (c) => c.notNull().references('workspaces.id'))
    .addColumn('id', text, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('firstname', text)
    .addColumn('lastname', text)
    .addColumn('email', text)
    .addPrimaryKeyConstraint('users_pk', ['workspace_id', 'id'])
    .execute()
  for (const column of ['kind', 'firstname', 'lastname', 'email']) {
    await db.schema.createIndex(`users_by_${column}`).on('users').columns(['workspace_id', column, 'id']).execute()
  }
  await table(db, dialect, 'user_counts')
    .addColumn('workspace_id', text, (c) => c.notNull())
    .addColumn('kind', text, (c) => c.notNull())
    .addColumn('part', integer, (c) => c.notNull())
    .addColumn('count', integer, (c) => c.notNull())
    .addColumn('revision', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('user_counts_pk', ['workspace_id', 'kind', 'part'])
    .execute()
  await listKnownPersons(db)
}

/** Those whom an earlier version knew. Nobody was a member or referred then. */
async function listKnownPersons(db: Kysely<unknown>) {
  const email = sql`(select e.email from super_identity_emails e where e.workspace_id = p.workspace_id
    and e.super_identity_id = p.id order by e.email_canonical limit 1)`
  await sql`insert into users (workspace_id, id, kind, firstname, lastname, email)
    select p.workspace_id, p.id, 'PERSON', p.firstname, p.lastname, ${email} from super_identities p
    where p.merged_into_id is null and p.erased_at is null and (p.firstname is not null or p.lastname is not null
      or exists (select 1 from super_identity_emails e
        where e.workspace_id = p.workspace_id and e.super_identity_id = p.id))`.execute(db)
  await sql`insert into user_counts (workspace_id, kind, part, count, revision)
    select workspace_id, kind, 0, count(*), 1 from users group by workspace_id, kind`.execute(db)
}

// Statements on super identities and the addresses that join accounts to them.
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, type Sought } from '../../db/search.ts'

export type PersonRow = Row<'super_identities'>

export const superIdentities = resourceTable('super_identities')

export interface PersonFilter {
  readonly ids: readonly string[]
  readonly search: Sought | undefined
}

export function personsMatching(db: Db, { ids, search }: PersonFilter): Conditions<'super_identities'> {
  return (eb) => [
    ...(ids.length > 0 ? [eb('id', 'in', listed(ids))] : []),
    ...(search === undefined ? [] : [contains(db, eb, 'super_identities', search)]),
  ]
}

/** Persons who were made in the same transaction, whom nothing refers to. */
export async function deletePersons(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('super_identities')
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', listed(ids))
    .execute()
}

/** What is shown beside a person's own row. */
export interface PersonLinks {
  readonly email: string | null
  readonly externalUserIds: string[]
}

/** Two statements for however many persons. */
export async function findLinks(
  db: Db,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, PersonLinks>> {
  const links = new Map(ids.map((id) => [id, { email: null as string | null, externalUserIds: [] as string[] }]))
  if (ids.length === 0) return links
  const accounts = await db
    .selectFrom('external_users')
    .select(['id', 'super_identity_id', 'created_at'])
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', 'in', listed(ids))
    .execute()
  // Sorted here: asked for the order, a database may read every account of the workspace in it.
  accounts.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
  for (const { id, super_identity_id } of accounts) links.get(super_identity_id)?.externalUserIds.push(id)
  const emails = await db
    .selectFrom('super_identity_emails')
    .select(['email', 'email_canonical', 'super_identity_id'])
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', 'in', listed(ids))
    .execute()
  // The first is what a person is shown with, so that it comes last here.
  emails.sort((a, b) => (a.email_canonical < b.email_canonical ? 1 : -1))
  for (const { email, super_identity_id } of emails) {
    const link = links.get(super_identity_id)
    if (link) link.email = email
  }
  return links
}

/** The person who holds an address that the integrator vouched for. */
export async function findHolder(db: Db, workspaceId: string, emailCanonical: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('super_identity_emails')
    .select('super_identity_id')
    .where('workspace_id', '=', workspaceId)
    .where('email_canonical', '=', emailCanonical)
    .executeTakeFirst()
  return row?.super_identity_id
}

/** The address that a person is shown with: the first of those it holds. */
export async function findHeldEmail(db: Db, workspaceId: string, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('super_identity_emails')
    .select('email')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', id)
    .orderBy('email_canonical')
    .limit(1)
    .executeTakeFirst()
  return row?.email ?? null
}

/** Every address that tells who the person is, canonical: those it holds, and those its accounts came in by. */
export async function listAddresses(db: Db, workspaceId: string, id: string): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select email_canonical as address from super_identity_emails
      where workspace_id = ${workspaceId} and super_identity_id = ${id}
    union
    select u.identifier_canonical from external_users u
      join channels c on c.workspace_id = u.workspace_id and c.id = u.channel_id and c.identifier_kind = 'email'
      where u.workspace_id = ${workspaceId} and u.super_identity_id = ${id} and u.identifier_canonical is not null
  `.execute(db)
  return rows.map(({ address }) => address)
}

export interface HeldEmail {
  readonly email: string
  readonly emailCanonical: string
}

/** False when another person holds the address already: the primary key decides, also between two nodes. */
export async function insertHeldEmail(
  tx: Tx,
  person: PersonRow,
  { email, emailCanonical }: HeldEmail,
): Promise<boolean> {
  const row = await tx
    .insertInto('super_identity_emails')
    .values({
      workspace_id: person.workspace_id,
      email_canonical: emailCanonical,
      super_identity_id: person.id,
      email,
    })
    .onConflict((c) => c.doNothing())
    .returning('super_identity_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteHeldEmail(tx: Tx, workspaceId: string, emailCanonical: string): Promise<void> {
  await tx
    .deleteFrom('super_identity_emails')
    .where('workspace_id', '=', workspaceId)
    .where('email_canonical', '=', emailCanonical)
    .execute()
}

/** Every address of a person who is being erased, also one that only a referral brought. */
export async function deleteHeldEmailsOf(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx
    .deleteFrom('super_identity_emails')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', id)
    .execute()
}

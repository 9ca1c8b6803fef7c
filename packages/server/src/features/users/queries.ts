// Statements on the members of an organization and the persons it knows, as one list.
import type { Condition, SortKey, UserField, UserKind } from '@narthex/contract'
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import type { Db } from '../../db/database.ts'
import { conditionSql } from '../../db/filter.ts'
import { listed } from '../../db/page.ts'
import { fold, isNever, requiredValues, type FieldValue } from '../../lib/filter.ts'

export interface UserRow {
  readonly kind: UserKind
  readonly id: string
  readonly firstname: string | null
  readonly lastname: string | null
  readonly email: string | null
  readonly version: number
}

/** Which users a caller sees in an organization. */
export interface UserScope {
  readonly organizationId: string
  /** null: the members of the organization; otherwise only these, wherever they are members. */
  readonly places: readonly { readonly workspaceId: string; readonly id: string }[] | null
  /** null: every person that is known; otherwise those whom these members referred. */
  readonly referrerIds: readonly string[] | null
}

export interface UserSelection {
  readonly scope: UserScope
  readonly condition: Condition
  /** The canonical forms of the addresses of which a user must have one, where the condition says so. */
  readonly emails: readonly string[] | null
}

type Part = RawBuilder<SqlBool>

/** The first address that a person holds, as everywhere. */
const email = sql`(select e.email from super_identity_emails e where e.workspace_id = super_identities.workspace_id
  and e.super_identity_id = super_identities.id order by e.email_canonical limit 1)`

const columns: Record<Exclude<UserField, 'kind' | 'organizationId'>, string> = {
  id: 'id',
  userId: 'id',
  firstname: 'firstname',
  lastname: 'lastname',
  email: 'email',
}

export async function countUsers(db: Db, selection: UserSelection): Promise<number> {
  const users = usersMatching(db, selection)
  if (!users) return 0
  const { rows } = await sql<{ count: number }>`select count(*) as "count" from (${users}) users`.execute(db)
  return (rows[0] as { count: number }).count
}

/** Missing values last in both directions, ties by id. */
export async function listUsers(
  db: Db,
  selection: UserSelection,
  { keys, size, offset }: { readonly keys: readonly SortKey[]; readonly size: number; readonly offset: number },
): Promise<UserRow[]> {
  const users = usersMatching(db, selection)
  if (!users) return []
  const terms = keys
    .filter(({ field }) => field !== 'organizationId')
    .map(({ field, descending }) => {
      const column = field === 'kind' ? 'kind' : columns[field as keyof typeof columns]
      return sql`${sql.ref(column)} ${sql.raw(descending ? 'desc' : 'asc')} nulls last`
    })
  const { rows } = await sql<UserRow>`select kind, id, firstname, lastname, email, version from (${users}) users
    order by ${sql.join([...terms, sql`id`])} limit ${size} offset ${offset}`.execute(db)
  return rows
}

/** Of the members and the persons each only where its kind allows it; null when neither does. */
function usersMatching(db: Db, selection: UserSelection): RawBuilder<unknown> | null {
  const { scope, condition } = selection
  const conditionOf = (kind: UserKind) =>
    fold(condition, (field): FieldValue | undefined =>
      field === 'kind' ? kind : field === 'organizationId' ? scope.organizationId : undefined,
    )
  const [ofMembers, ofPersons] = [conditionOf('MEMBER'), conditionOf('PERSON')]
  const parts = [
    ...(isNever(ofMembers) ? [] : [membersMatching(db, scope, ofMembers)]),
    ...(isNever(ofPersons) ? [] : [personsMatching(db, { ...selection, condition: ofPersons })]),
  ]
  return parts.length === 0 ? null : sql`${sql.join(parts, sql` union all `)}`
}

function membersMatching(db: Db, { organizationId, places }: UserScope, condition: Condition): RawBuilder<unknown> {
  const where = [places === null ? sql<SqlBool>`workspace_id = ${organizationId}` : isOneOf(places)]
  where.push(conditionSql(db, condition, (field) => sql.ref(columns[field as keyof typeof columns])))
  return sql`select 'MEMBER' as kind, id, firstname, lastname, email, version
    from members where removed_at is null and ${sql.join(where, sql` and `)}`
}

function isOneOf(places: NonNullable<UserScope['places']>): Part {
  const pairs = listed(places).map(({ workspaceId, id }) => sql`(${workspaceId}, ${id})`)
  return sql<SqlBool>`(workspace_id, id) in (values ${sql.join(pairs)})`
}

function personsMatching(db: Db, selection: UserSelection): RawBuilder<unknown> {
  const column = (field: string): Expression<unknown> =>
    field === 'email' ? email : sql.ref(columns[field as keyof typeof columns])
  return sql`select 'PERSON' as kind, id, firstname, lastname, ${email} as email, version from super_identities
    where workspace_id = ${selection.scope.organizationId} and merged_into_id is null
    and ${known(selection)} and ${conditionSql(db, selection.condition, column)}`
}

/**
 * Persons who are known, beginning with the fewest: most persons of a workspace have neither a name nor an address nor a
 * referral, and they are not even read.
 */
function known({ scope, condition, emails }: UserSelection): Part {
  const { organizationId, referrerIds } = scope
  if (referrerIds !== null) return sql<SqlBool>`id in (${referredBy(organizationId, referrerIds)})`
  const held = sql`select super_identity_id from super_identity_emails where workspace_id = ${organizationId}`
  if (emails?.length === 0) return sql<SqlBool>`false`
  if (emails) return sql<SqlBool>`id in (${held} and email_canonical in (${sql.join(listed(emails))}))`
  const ids = requiredValues(condition, 'userId') ?? requiredValues(condition, 'id')
  if (ids) return sql<SqlBool>`id in (${sql.join(listed(ids))}) and ${isKnown}`
  const named = sql`select id from super_identities where workspace_id = ${organizationId}
    and (firstname is not null or lastname is not null)`
  const referred = sql`select super_identity_id from referrals where workspace_id = ${organizationId}`
  return sql<SqlBool>`id in (${named} union ${held} union ${referred})`
}

function referredBy(organizationId: string, referrerIds: readonly string[]): RawBuilder<unknown> {
  return sql`select super_identity_id from referrals
    where workspace_id = ${organizationId} and referrer_id in (${sql.join(listed(referrerIds))})`
}

/** Of one person, without looking at any other. */
const isKnown = sql<SqlBool>`(firstname is not null or lastname is not null
  or exists (select 1 from super_identity_emails e
    where e.workspace_id = super_identities.workspace_id and e.super_identity_id = super_identities.id)
  or exists (select 1 from referrals r
    where r.workspace_id = super_identities.workspace_id and r.super_identity_id = super_identities.id))`

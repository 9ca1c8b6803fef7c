// Statements behind the evidence on a referral. Each begins with a person, an address or a referrer, and ends at a bound.
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import type { Row } from '../../db/resource-table.ts'
import type { ReferralTable } from '../../db/schema.ts'

type ReferralRow = Row<'referrals'>

export interface AccountRow {
  readonly id: string
  readonly super_identity_id: string
  readonly channel_id: string
  readonly channel_name: string
  readonly identifier_kind: string
  readonly identifier: string | null
  readonly identifier_canonical: string | null
  readonly identifier_fingerprint: string | null
  readonly created_at: number
  readonly last_seen_at: number | null
}

/** Whose accounts, and how many. */
interface Whose {
  readonly superIdentityId: string
  readonly limit: number
}

const account = sql`u.id, u.super_identity_id, u.channel_id, c.name as channel_name, c.identifier_kind,
  u.identifier, u.identifier_canonical, u.identifier_fingerprint, u.created_at, u.last_seen_at
  from external_users u join channels c on c.workspace_id = u.workspace_id and c.id = u.channel_id`

/** By an expression, which no index has: in the order of one a database would read every account of the workspace. */
const latestSeenFirst = sql`order by coalesce(u.last_seen_at, 0) desc, u.id`

/** The accounts of the person, the latest seen first. */
export async function listAccountsOf(
  db: Db,
  workspaceId: string,
  { superIdentityId, limit }: Whose,
): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select ${account} where u.workspace_id = ${workspaceId} and u.super_identity_id = ${superIdentityId}
      and u.erased_at is null ${latestSeenFirst} limit ${limit}
  `.execute(db)
  return rows
}

/** The accounts of others that one of these fingerprints belongs to: they say kind and canonical form, on every channel. */
export async function listAccountsAlike(
  db: Db,
  workspaceId: string,
  fingerprints: readonly string[],
  { superIdentityId, limit }: Whose,
): Promise<AccountRow[]> {
  if (fingerprints.length === 0) return []
  const { rows } = await sql<AccountRow>`
    select ${account} where u.workspace_id = ${workspaceId}
      and u.identifier_fingerprint in (${sql.join(listed(fingerprints))})
      and u.super_identity_id <> ${superIdentityId} ${latestSeenFirst} limit ${limit}
  `.execute(db)
  return rows
}

export interface Usage {
  readonly accounts: number
  readonly first_seen_at: number | null
  readonly last_seen_at: number | null
}

export async function findUsage(db: Db, workspaceId: string, superIdentityId: string): Promise<Usage> {
  return db
    .selectFrom('external_users')
    .select((eb) => [
      eb.fn.countAll<number>().as('accounts'),
      eb.fn.min<number | null>('created_at').as('first_seen_at'),
      eb.fn.max<number | null>('last_seen_at').as('last_seen_at'),
    ])
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .where('erased_at', 'is', null)
    .executeTakeFirstOrThrow()
}

/** The addresses that the integrator, or a referrer, vouched for. */
export async function listHeldEmails(db: Db, workspaceId: string, personIds: readonly string[], limit: number) {
  if (personIds.length === 0) return []
  return db
    .selectFrom('super_identity_emails')
    .select(['super_identity_id', 'email', 'email_canonical'])
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', 'in', listed(personIds))
    .limit(limit)
    .execute()
}

export interface RefusalRow {
  readonly referral_id: string
  readonly super_identity_id: string
  readonly to_status: ReferralTable['status']
  readonly comment: string | null
  readonly decided_at: number
  readonly member_id: string | null
  readonly firstname: string | null
  readonly lastname: string | null
  readonly email: string | null
}

/** Rejections and revocations of these persons, the latest first. */
export async function listRefusals(
  db: Db,
  workspaceId: string,
  personIds: readonly string[],
  limit: number,
): Promise<RefusalRow[]> {
  const { rows } = await sql<RefusalRow>`
    select d.referral_id, r.super_identity_id, d.to_status, d.comment, d.decided_at, d.member_id,
      m.firstname, m.lastname, m.email
    from referrals r cross join referral_decisions d
      left join members m on m.workspace_id = d.member_workspace_id and m.id = d.member_id
    where r.workspace_id = ${workspaceId} and r.super_identity_id in (${sql.join(listed(personIds))})
      and d.workspace_id = r.workspace_id and d.referral_id = r.id and d.to_status in ('REJECTED', 'REVOKED')
    order by d.decided_at desc, d.referral_id, d.number desc limit ${limit}
  `.execute(db)
  return rows
}

export interface OutcomeRow {
  readonly status: ReferralTable['status']
  readonly count: number
  /** Of those stored as admitted, whose end has come; the same in every row. */
  readonly due: number
}

/**
 * How many other referrals of the same referrer have each stored status. One statement, so that this one is subtracted
 * where it was counted. An end that has come and is not on record yet is rare, of all workspaces together.
 */
export async function listOutcomes(db: Db, { workspace_id, id, referrer_id }: ReferralRow, now: number) {
  const { rows } = await sql<OutcomeRow>`
    select c.status, c.count - case when r.status = c.status then 1 else 0 end as count, (
      select count(*) from referrals d where d.status = 'ADMITTED' and d.admitted_until <= ${now}
        and d.workspace_id || '' = ${workspace_id} and d.referrer_id || '' = ${referrer_id} and d.id || '' <> ${id}
    ) as due
    from referrals r cross join referral_counts c
    where r.workspace_id = ${workspace_id} and r.id = ${id}
      and c.workspace_id = r.workspace_id and c.referrer_id = r.referrer_id
  `.execute(db)
  return rows
}

/** Whom the referrer referred by its other referrals, the latest ones. */
export async function listReferredBy(
  db: Db,
  { workspace_id, id, referrer_id }: ReferralRow,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('referrals')
    .select(['id', 'super_identity_id'])
    .where('workspace_id', '=', workspace_id)
    .where('referrer_id', '=', referrer_id)
    .orderBy('referred_at', 'desc')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  const others = rows.filter((row) => row.id !== id).slice(0, limit)
  return [...new Set(others.map((row) => row.super_identity_id))]
}

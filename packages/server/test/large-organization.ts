// An organization with very many referrals, made by the database itself: few people refer and review, many are referred.
import { randomUUID } from 'node:crypto'
import { PostgresAdapter, sql } from 'kysely'
import type { Database, Tx } from '../src/db/database.ts'
import { findWorkspace, insertWorkspace, type WorkspaceRow } from '../src/features/workspaces/queries.ts'

export interface LargeOrganization {
  readonly organization: WorkspaceRow
  readonly now: number
  /** When the first one was referred; the others follow by seconds. */
  readonly start: number
  readonly someId: string
  readonly somePersonId: string
  /** Referred every fifth. */
  readonly referrerId: string
}

const partSize = 10_000
const start = Date.parse('2025-01-01T00:00:00.000Z')
const at = sql.lit(start)
const keyOf = (variant: string, i = sql.raw('i')) =>
  sql`'00000000-0000-4000-${sql.raw(variant)}000-' || (100000000000 + ${i})`
const key = (variant: string, i: number) => `00000000-0000-4000-${variant}000-${100_000_000_000 + i}`

/** Of 2000 one waits, 9 were withdrawn, 40 are expired, 150 revoked, 300 rejected, 1500 admitted. */
const status =
  sql.raw(`case when i % 2000 = 0 then 'REFERRED' when i % 2000 < 10 then 'WITHDRAWN' when i % 2000 < 50 then 'EXPIRED'
  when i % 2000 < 200 then 'REVOKED' when i % 2000 < 500 then 'REJECTED' else 'ADMITTED' end`)

/** `count` is a multiple of 10,000. */
export async function fillOrganization(db: Database, count: number): Promise<LargeOrganization> {
  const id = randomUUID()
  await db.write(async (tx) => {
    await insertWorkspace(tx, {
      id,
      name: 'Carrots Inc',
      parent_id: null,
      token_audience: null,
      token_lifetime_seconds: 3600,
      default_tier_id: null,
      cut_off_count: 0,
      policies: null,
      provisional_tier_id: null,
      version: 1,
      created_at: start,
      updated_at: start,
    })
    await insertMembers(tx, id)
  })
  // Parts that no driver takes for a statement that hangs.
  for (let from = 0; from < count; from += partSize) {
    await db.write(async (tx) => {
      await insertPersons(tx, id, from)
      await insertPart(tx, id, from)
    })
  }
  await db.write(async (tx) => {
    await sql`insert into referral_counts (workspace_id, referrer_id, status, count)
      select workspace_id, referrer_id, status, count(*) from referrals group by workspace_id, referrer_id, status`.execute(
      tx,
    )
  })
  // As its server does by itself in time; SQLite has no statistics in production either.
  if (db.read.getExecutor().adapter instanceof PostgresAdapter)
    await db.write((tx) => sql`analyze referrals, super_identities`.execute(tx))
  const organization = (await findWorkspace(db.read, id)) as WorkspaceRow
  return {
    organization,
    now: start + count * 1000,
    start,
    someId: key('b', 4242),
    somePersonId: key('a', 4242),
    referrerId: key('8', 1),
  }
}

const numbers = (from: number, size = partSize) =>
  sql`with recursive n (i) as (select ${sql.lit(from)} union all select i + 1 from n where i < ${sql.lit(from + size - 1)})`

async function insertMembers(tx: Tx, workspaceId: string): Promise<void> {
  await sql`insert into members (workspace_id, id, email, email_canonical, firstname, lastname, role, search_text, version, created_at, updated_at)
    ${numbers(0, 10)} select cast(${workspaceId} as text), ${keyOf('8')}, 'member-' || i || '@example.com', 'member-' || i || '@example.com',
    'Rita', 'Reis', 'owner', '', 1, ${at}, ${at} from n`.execute(tx)
}

async function insertPersons(tx: Tx, workspaceId: string, from: number): Promise<void> {
  await sql`insert into super_identities (workspace_id, id, search_text, version, created_at, updated_at)
    ${numbers(from)} select cast(${workspaceId} as text), ${keyOf('a')}, '', 1, ${at}, ${at} from n`.execute(tx)
}

/** Every member refers every fifth; three review all that do not wait. */
async function insertPart(tx: Tx, workspaceId: string, from: number): Promise<void> {
  const reviewer = (text: string) => sql.raw(`case when i % 2000 <> 0 then ${text} end`)
  await sql`insert into referrals (workspace_id, id, status, super_identity_id, referred_firstname, referred_lastname,
      referred_email, referrer_workspace_id, referrer_id, referrer_firstname, referrer_lastname, referrer_email,
      referrer_comment, referred_at, reviewer_id, reviewer_firstname, reviewer_lastname, reviewer_email,
      reviewer_comment, reviewed_at, decision_count, version, created_at, updated_at)
    ${numbers(from)} select cast(${workspaceId} as text), ${keyOf('b')}, ${status}, ${keyOf('a')}, 'First' || (i % 50), 'Last' || (i % 1000),
      'person-' || i || '@example.com', cast(${workspaceId} as text), ${keyOf('8', sql.raw('(i % 5)'))}, 'Rita', 'Reis',
      'member-' || (i % 5) || '@example.com', 'Comment ' || i, ${at} + cast(i as bigint) * 1000,
      ${sql`case when i % 2000 <> 0 then ${keyOf('8', sql.raw('(5 + i % 3)'))} end`}, ${reviewer("'Rosa'")}, ${reviewer("'Ruiz'")},
      ${reviewer("'member-' || (5 + i % 3) || '@example.com'")}, case when i % 4 = 0 and i % 2000 <> 0 then 'Fine' end,
      case when i % 2000 <> 0 then ${at} + cast(i as bigint) * 1000 + 500 end, 0, 1, ${at}, ${at} from n`.execute(tx)
}

/** Everybody in the list of users as well; who was rejected has no last name. */
export async function fillUsers(db: Database, { organization }: LargeOrganization): Promise<void> {
  await db.write(async (tx) => {
    await sql`insert into users (workspace_id, id, kind, firstname, lastname, email)
      select workspace_id, super_identity_id, 'PERSON', referred_firstname,
        case when status <> 'REJECTED' then referred_lastname end, referred_email
      from referrals where workspace_id = ${organization.id}
      union all select workspace_id, id, 'MEMBER', firstname, lastname, email
      from members where workspace_id = ${organization.id}`.execute(tx)
    await sql`insert into user_counts (workspace_id, kind, part, count, revision)
      select workspace_id, kind, 0, count(*), 1 from users group by workspace_id, kind`.execute(tx)
  })
  if (db.read.getExecutor().adapter instanceof PostgresAdapter)
    await db.write((tx) => sql`analyze users, members`.execute(tx))
}

// What an access token is made of, read in one statement.
import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { sharingRows } from '../../db/sharing-rows.ts'
import type { ExternalUserTable } from '../../db/schema.ts'
import { preparedWide } from '../../db/wide-rows.ts'
import type { IdentifierKind } from '../../lib/canonical-identifier.ts'

/** Stands for a block without end; the largest number that both databases and JSON keep exact. */
const forever = Number.MAX_SAFE_INTEGER

/** What the person's referrals come to; nothing of it on open channels. */
export interface Admission {
  /** The one referral of the person that waits or is admitted. */
  readonly referral_id: string | null
  readonly referral_status: 'REFERRED' | 'ADMITTED' | null
  readonly admitted_until: number | null
  readonly provisional_until: number | null
  /** When the latest admission of the person began, ended ones included. */
  readonly last_admitted_at: number | null
  /** Of the workspace's policy of provisional access; null while it is off. */
  readonly provisional_tier_id: string | null
}

type Account = Omit<Selectable<ExternalUserTable>, 'identifier_fingerprint' | 'search_text'>

/** All that eligibility is decided from. */
export interface StandingRow extends Admission {
  readonly channel_admission: 'open' | 'referral'
  readonly channel_archived_at: number | null
  readonly erased_at: number | null
  /** Until when a block of each reach is in force; null without one. */
  readonly account_blocked_until: number | null
  readonly person_blocked_until: number | null
  readonly identifier_blocked_until: number | null
}

export interface Access extends Account, StandingRow {
  readonly erased_at: number | null
  readonly effective_tier_id: string | null
  /** Of a token: the effective tier's, else the channel's, else the workspace's. */
  readonly lifetime_seconds: number
  /** The same while access is provisional: the policy's tier comes first. */
  readonly provisional_lifetime_seconds: number
  readonly token_audience: string | null
  readonly first_workspace_id: string
  /** When the API key that asks was revoked: read together with the cut-off, so that none slips between the two. */
  readonly client_revoked_at: number | null
  /** The highest cut-off that reaches the account by any way. */
  readonly cut_off: number
}

/** The columns an external user can be asked for by, each unique within its channel. */
export type SelectorColumn = 'id' | 'external_id' | 'identifier_canonical'

export interface Selector {
  readonly channelId: string
  readonly column: SelectorColumn
  readonly value: string
}

/** The latest end of the blocks that fit, `forever` for one without end; ends in the past are the caller's to see. */
const blockedUntil = (reaches: RawBuilder<unknown>) => sql`(
  select max(coalesce(b.ends_at, ${sql.lit(forever)})) from blocks b
    where b.workspace_id = u.workspace_id and b.lifted_at is null and ${reaches}
)`

const identifierBlockedUntil = sql`(
  select max(coalesce(b.ends_at, ${sql.lit(forever)})) from block_fingerprints f
    join blocks b on b.workspace_id = f.workspace_id and b.id = f.block_id
    where f.workspace_id = u.workspace_id and f.fingerprint = u.identifier_fingerprint
      and b.lifted_at is null and (b.channel_id is null or b.channel_id = u.channel_id)
)`

/** What the referrals of a person come to, in workspace `w`; the partial index of live ones holds one at most. */
const admissionColumns = (personId: RawBuilder<unknown>) => sql`
  a.id as referral_id, a.status as referral_status, a.admitted_until, a.provisional_until, w.provisional_tier_id,
  (select max(r.admitted_at) from referrals r
    where r.workspace_id = w.id and r.super_identity_id = ${personId}) as last_admitted_at`

const liveReferral = (personId: RawBuilder<unknown>) => sql`
  left join referrals a on a.workspace_id = w.id and a.super_identity_id = ${personId}
    and a.status in ('REFERRED', 'ADMITTED')`

/** null on open channels, which ask nobody's referrals. */
const guardedPerson = sql`case when c.admission = 'referral' then u.super_identity_id end`

/** The columns of `StandingRow`, of account `u` on channel `c`. */
const standing = sql`
  c.archived_at as channel_archived_at, c.admission as channel_admission, u.erased_at, ${admissionColumns(guardedPerson)},
  ${blockedUntil(sql`b.external_user_id = u.id`)} as account_blocked_until,
  ${blockedUntil(sql`b.super_identity_id = u.super_identity_id`)} as person_blocked_until,
  ${identifierBlockedUntil} as identifier_blocked_until`

/** The highest cut-off that reaches the account, its person, its channel or the client. */
const cutOff = (clientId: string) => sql`coalesce((
  select max(x.number) from cut_offs x where x.workspace_id = u.workspace_id
    and x.subject_id in (u.id, u.super_identity_id, u.channel_id, ${clientId})
), 0) as cut_off`

/** How the channel makes identifiers canonical, and what it does with whom it does not know. */
export interface Door {
  readonly channel_archived_at: number | null
  readonly channel_identifier_kind: IdentifierKind
  readonly channel_default_country: string | null
}

interface Asked {
  readonly workspaceId: string
  readonly clientId: string
  readonly channelId: string
  readonly value: string
}

/** All that decides a token of the account that `account` joins as `u`; `more` columns come with it. */
function decisive(asked: Omit<Asked, 'value'>, account: RawBuilder<unknown>, more = sql``) {
  const { workspaceId, clientId, channelId } = asked
  return sql`
    select u.workspace_id, u.id, u.channel_id, u.super_identity_id, u.external_user_group_id, u.tier_id, u.external_id,
      u.identifier, u.identifier_canonical, u.name, u.last_seen_at, u.version, u.created_at, u.updated_at,
      c.identifier_kind as channel_identifier_kind, c.default_country as channel_default_country,
      t.id as effective_tier_id,
      coalesce(t.token_lifetime_seconds, c.token_lifetime_seconds, w.token_lifetime_seconds) as lifetime_seconds,
      coalesce(v.token_lifetime_seconds, c.token_lifetime_seconds, w.token_lifetime_seconds) as provisional_lifetime_seconds,
      ${standing}, ${cutOff(clientId)},
      w.token_audience, (select first_workspace_id from instance) as first_workspace_id,
      (select k.revoked_at from api_keys k where k.workspace_id = ${workspaceId} and k.id = ${clientId}) as client_revoked_at
      ${more}
    from channels c
      join workspaces w on w.id = c.workspace_id
      ${account}
      left join external_user_groups g on g.workspace_id = u.workspace_id and g.id = u.external_user_group_id
      left join tiers t on t.workspace_id = u.workspace_id
        and t.id = coalesce(u.tier_id, g.tier_id, c.default_tier_id, w.default_tier_id)
      ${liveReferral(guardedPerson)}
      left join tiers v on v.workspace_id = w.id and v.id = w.provisional_tier_id and a.status = 'REFERRED'
    where c.workspace_id = ${workspaceId} and c.id = ${channelId}`
}

const statement = (column: SelectorColumn) =>
  preparedWide(
    (asked: Asked) =>
      sql<Access & Door>`${decisive(
        asked,
        sql`left join external_users u on u.workspace_id = c.workspace_id and u.channel_id = c.id
        and ${sql.ref(`u.${column}`)} = ${asked.value}`,
      )}`,
  )

const statements = {
  id: statement('id'),
  external_id: statement('external_id'),
  identifier_canonical: statement('identifier_canonical'),
}

/** The external user behind a selector with all that decides its token; `clientId` is the API key that asks. */
export async function findAccess(
  db: Db,
  workspaceId: string,
  selector: Selector,
  clientId: string,
): Promise<Access | undefined> {
  return (await findDoor(db, workspaceId, selector, clientId))?.access ?? undefined
}

/** The same together with the channel, in one statement: it is there when nobody is behind the selector. */
export async function findDoor(
  db: Db,
  workspaceId: string,
  { channelId, column, value }: Selector,
  clientId: string,
): Promise<{ door: Door; access: Access | null } | undefined> {
  const [row] = await statements[column](db, { workspaceId, clientId, channelId, value })
  return row && { door: row, access: (row.id as string | null) === null ? null : row }
}

interface Newcomer extends Omit<Asked, 'value'> {
  readonly groupId: string | null
  readonly tierId: string | null
}

/** What holds for everybody who is about to get an account on the channel, in the group and tier asked for. */
export interface Threshold extends Access, Door {
  readonly channel_first_used_at: number | null
  /** null where there is no such group. */
  readonly group_id: string | null
}

/** An account that nothing happened to yet, in the channel's group unless another one is asked for. */
const newcomer = ({ workspaceId, channelId, groupId, tierId }: Newcomer) => sql`
  join (
    select d.workspace_id, '' as id, d.id as channel_id, '' as super_identity_id,
      coalesce(cast(${groupId} as text), d.default_external_user_group_id) as external_user_group_id,
      cast(${tierId} as text) as tier_id, null as external_id, null as identifier, null as identifier_canonical,
      null as identifier_fingerprint, null as name, null as erased_at, null as last_seen_at, 1 as version,
      0 as created_at, 0 as updated_at
    from channels d where d.workspace_id = ${workspaceId} and d.id = ${channelId}
  ) u on u.workspace_id = c.workspace_id and u.channel_id = c.id`

const threshold = preparedWide(
  (asked: Newcomer, db) =>
    sql<Threshold>`${decisive(
      asked,
      newcomer(asked),
      sql`, c.first_used_at as channel_first_used_at, g.id as group_id`,
    )} ${sharingRows(db, 'c', 'w')}`,
)

/** Nobody archives the channel, changes its rules or places a block of an identifier until the transaction ends. */
export async function shareThreshold(tx: Tx, asked: Newcomer): Promise<Threshold | undefined> {
  return (await threshold(tx, asked))[0]
}

interface TokenAsked {
  readonly workspaceId: string
  readonly channelId: string
  readonly id: string
  readonly clientId: string
  readonly jti: string
}

/** What a token has to be alive for. */
export interface TokenStanding extends StandingRow {
  readonly cut_off: number
  /** 1 where the holder ended this one token. */
  readonly token_revoked: 0 | 1
}

const tokenStanding = preparedWide(
  ({ workspaceId, channelId, id, clientId, jti }: TokenAsked) => sql<TokenStanding>`
    select ${standing}, ${cutOff(clientId)},
      case when exists (select 1 from revoked_tokens k where k.workspace_id = c.workspace_id and k.jti = ${jti})
        then 1 else 0 end as token_revoked
    from channels c
      join workspaces w on w.id = c.workspace_id
      join external_users u on u.workspace_id = c.workspace_id and u.channel_id = c.id and u.id = ${id}
      ${liveReferral(guardedPerson)}
    where c.workspace_id = ${workspaceId} and c.id = ${channelId}
  `,
)

/** How the account behind a token stands, in one statement; undefined without one. */
export async function findTokenStanding(db: Db, asked: TokenAsked): Promise<TokenStanding | undefined> {
  return (await tokenStanding(db, asked))[0]
}

/** What the referrals of a person come to, before it has an account to find. */
export async function findAdmission(db: Db, workspaceId: string, personId: string): Promise<Admission> {
  const person = sql`${personId}`
  const { rows } = await sql<Admission>`
    select ${admissionColumns(person)} from workspaces w ${liveReferral(person)} where w.id = ${workspaceId}
  `.execute(db)
  return rows[0] as Admission
}

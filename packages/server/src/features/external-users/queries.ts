// Statements on external users.
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { age, following, inWorkspace, listed, sharing, type Page, type Place } from '../../db/page.ts'
import { prepared, preparedByShape } from '../../db/prepared.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, type SearchWay } from '../../db/search.ts'
import { preparedWide } from '../../db/wide-rows.ts'

export type ExternalUserRow = Row<'external_users'>

export const externalUsers = resourceTable('external_users')

/**
 * Whether a block in force reaches the external user `u`. Not looked for where there can be none: one of its own raises its
 * version, and whether the workspace blocks persons or identifiers at all is asked once for all rows.
 */
function blockedNow(workspaceId: string, now: number) {
  const inForce = sql`b.lifted_at is null and (b.ends_at is null or b.ends_at > ${now})`
  const anyOn = (reach: 'person' | 'identifier') => sql`exists (select 1 from blocks any_block
    where any_block.workspace_id = ${workspaceId} and any_block.reach = ${sql.lit(reach)} and any_block.lifted_at is null)`
  return sql`(
    u.version > 1 and exists (select 1 from blocks b where b.workspace_id = u.workspace_id
      and b.external_user_id = u.id and ${inForce})
    or ${anyOn('person')} and exists (select 1 from blocks b where b.workspace_id = u.workspace_id
      and b.super_identity_id = u.super_identity_id and ${inForce})
    or ${anyOn('identifier')} and exists (select 1 from block_fingerprints f cross join blocks b
      where f.workspace_id = u.workspace_id and f.fingerprint = u.identifier_fingerprint
        and b.workspace_id = f.workspace_id and b.id = f.block_id and ${inForce}
        and (b.channel_id is null or b.channel_id = u.channel_id))
  )`
}

/** What is shown of an account. */
const shownColumns = [
  'workspace_id',
  'id',
  'channel_id',
  'super_identity_id',
  'external_user_group_id',
  'tier_id',
  'external_id',
  'identifier',
  'name',
  'version',
  'created_at',
  'updated_at',
] as const

export type ShownRow = Pick<ExternalUserRow, (typeof shownColumns)[number]>

type ShownWithBlock = ShownRow & { readonly blocked: 0 | 1 }

const withBlock = preparedWide(
  ({ workspaceId, id, now }: { workspaceId: string; id: string; now: number }) => sql<ShownWithBlock>`
    select ${sql.join(shownColumns.map((column) => sql.ref(column)))}, case when ${blockedNow(workspaceId, now)} then 1 else 0 end as blocked
    from external_users u where workspace_id = ${workspaceId} and id = ${id}`,
)

/** One external user, and whether a block in force reaches it. */
export async function findWithBlock(
  db: Db,
  workspaceId: string,
  id: string,
  now: number,
): Promise<ShownWithBlock | undefined> {
  return (await withBlock(db, { workspaceId, id, now }))[0]
}

/** What an identifier is called on the channels with one rule. */
export interface IdentifierForm {
  readonly identifier_kind: string
  readonly default_country: string | null
  readonly canonical: string
}

export interface ExternalUserFilter {
  readonly workspaceId: string
  readonly ids: readonly string[]
  readonly channelIds: readonly string[]
  readonly groupIds: readonly string[]
  readonly superIdentityIds: readonly string[]
  readonly tierIds: readonly string[]
  readonly identifierForms: readonly IdentifierForm[] | undefined
  readonly externalId: string | undefined
  /** `ids`: a subquery for the ids of all that a block reaches now. */
  readonly blocked: { readonly wanted: boolean; readonly ids: RawBuilder<string> } | undefined
  readonly neverSeen: boolean | undefined
  readonly createdAfter: number | undefined
  readonly createdBefore: number | undefined
  readonly lastSeenAfter: number | undefined
  readonly lastSeenBefore: number | undefined
  /** Folded. */
  readonly search: string | undefined
  readonly searchWay?: SearchWay | undefined
}

export function externalUsersMatching(db: Db, filter: ExternalUserFilter): Conditions<'external_users'> {
  return (eb) => {
    const any = (
      column: 'id' | 'channel_id' | 'external_user_group_id' | 'super_identity_id' | 'tier_id',
      values: readonly string[],
    ) => (values.length > 0 ? [eb(column, 'in', listed(values))] : [])
    const time = (column: 'created_at' | 'last_seen_at', operator: '<' | '>', at: number | undefined) =>
      at === undefined ? [] : [eb(column, operator, at)]
    const { blocked, identifierForms, externalId, neverSeen, search, searchWay: way } = filter
    return [
      ...any('id', filter.ids),
      ...any('channel_id', filter.channelIds),
      ...any('external_user_group_id', filter.groupIds),
      ...any('super_identity_id', filter.superIdentityIds),
      ...any('tier_id', filter.tierIds),
      ...(externalId === undefined ? [] : [eb('external_id', '=', externalId), onAnyChannel(filter.workspaceId)]),
      ...(identifierForms ? [identifiedBy(filter.workspaceId, identifierForms)] : []),
      ...(blocked ? [eb('id', blocked.wanted ? 'in' : 'not in', blocked.ids)] : []),
      ...(neverSeen === undefined ? [] : [eb('last_seen_at', neverSeen ? 'is' : 'is not', null)]),
      ...time('created_at', '>', filter.createdAfter),
      ...time('created_at', '<', filter.createdBefore),
      ...time('last_seen_at', '>', filter.lastSeenAfter),
      ...time('last_seen_at', '<', filter.lastSeenBefore),
      ...(search === undefined ? [] : [contains(db, eb, { table: 'external_users', term: search, way })]),
    ]
  }
}

interface Listing {
  readonly filter: ExternalUserFilter
  readonly page: Omit<Page, 'offset'> & { readonly offset: number | undefined }
  readonly now: number
}

/** Of each account on the page, and not of those that a database sorts to find the page. */
const listedColumns = [
  'workspace_id',
  'id',
  'version',
  'channel_id',
  'super_identity_id',
  'identifier_fingerprint',
] as const

/** One text for the whole page, in its order: reading three values of each row would cost more than finding the rows. */
function listing({ filter, page, now }: Listing, db: Db) {
  const rows = db
    .selectFrom('external_users')
    .select(listedColumns)
    .where(inWorkspace(page, filter.workspaceId))
    .where((eb) => eb.and(externalUsersMatching(db, filter)(eb)))
    .$if(page.after !== null, (q) => q.where(following(page, page.after as Place)))
    .orderBy(age(page), 'desc')
    .orderBy('id', 'desc')
    .limit(page.size)
    .$if(page.offset !== undefined, (q) => q.offset(page.offset as number))
  const line = sql`id || case when ${blockedNow(filter.workspaceId, now)} then '!' else ' ' end || version`
  return db.selectFrom(rows.as('u')).select(sql<string | null>`string_agg(${line}, ',')`.as('lines'))
}

const preparedListing = preparedByShape(listing)

/**
 * Newest first, ties by id; one more than the page holds, to tell whether there is a next one. For each account its id,
 * `!` if a block reaches it, and its version: all that a page shows depends on these alone.
 */
export async function listExternalUsers(db: Db, filter: ExternalUserFilter, page: Page, now: number): Promise<string> {
  const { size, offset } = page
  const asked = { filter, page: { ...page, size: size + 1, offset: offset > 0 ? offset : undefined }, now }
  // A search is taken apart into trigrams, and the blocked ones are a query of their own: neither is a mere value.
  const own = filter.search !== undefined || filter.blocked !== undefined
  const [row] = own ? await listing(asked, db).execute() : await preparedListing(db, asked)
  return row?.lines ?? ''
}

const byIds = preparedByShape(({ workspaceId, ids }: { workspaceId: string; ids: readonly string[] }, db) =>
  db.selectFrom('external_users').select(shownColumns).where('workspace_id', '=', workspaceId).where('id', 'in', ids),
)

export async function findExternalUsers(db: Db, workspaceId: string, ids: readonly string[]): Promise<ShownRow[]> {
  return ids.length === 0 ? [] : byIds(db, { workspaceId, ids: listed(ids) })
}

/** External ids are unique per channel only, so they are looked up in every channel's part of their index. */
function onAnyChannel(workspaceId: string): Expression<SqlBool> {
  return sql<SqlBool>`channel_id in (select id from channels where workspace_id = ${workspaceId})`
}

/**
 * As pairs, because these are looked up one by one in their index; an `or` may make a database read the whole workspace.
 * The database makes them of rules and channels: a value for each channel would be more than a statement may have.
 */
function identifiedBy(workspaceId: string, forms: readonly IdentifierForm[]): Expression<SqlBool> {
  if (forms.length === 0) return sql<SqlBool>`false`
  const rules = listed(forms).map(
    (form) => sql`(${form.identifier_kind}, ${form.default_country ?? ''}, ${form.canonical})`,
  )
  return sql<SqlBool>`(channel_id, identifier_canonical) in (
    select c.id, f.column3 from channels c join (values ${sql.join(rules)}) f
    on f.column1 = c.identifier_kind and f.column2 = coalesce(c.default_country, '') where c.workspace_id = ${workspaceId}
  )`
}

export async function listPresentIds(db: Db, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', listed(ids))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The accounts of a person, in the order of their ids: until the transaction ends nobody changes or blocks one of them. */
export async function shareAccountsOf(tx: Tx, workspaceId: string, superIdentityId: string): Promise<void> {
  await tx
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', superIdentityId)
    .orderBy('id')
    .$call(sharing(tx))
    .execute()
}

const lastSeen = prepared(
  ({ workspaceId, id, now }: { workspaceId: string; id: string; now: number }) => sql`
    update external_users set last_seen_at = ${now}
    where workspace_id = ${workspaceId} and id = ${id} and (last_seen_at is null or last_seen_at < ${now})`,
)

/** Not a change of the account: no version, no event. */
export async function updateLastSeen(tx: Tx, workspaceId: string, id: string, now: number): Promise<void> {
  await lastSeen(tx, { workspaceId, id, now })
}

/** Whether another live account of the person came in with the same address by a channel that vouches for it. */
export async function hasOtherHolder(tx: Tx, user: ExternalUserRow): Promise<boolean> {
  const other = await tx
    .selectFrom('external_users as u')
    .innerJoin('channels as c', (j) =>
      j.onRef('c.workspace_id', '=', 'u.workspace_id').onRef('c.id', '=', 'u.channel_id'),
    )
    .select('u.id')
    .where('u.workspace_id', '=', user.workspace_id)
    .where('u.super_identity_id', '=', user.super_identity_id)
    .where('u.id', '<>', user.id)
    .where('u.identifier_canonical', '=', user.identifier_canonical)
    .where('c.identifier_kind', '=', 'email')
    .where('c.admission', '=', 'referral')
    .executeTakeFirst()
  return other !== undefined
}

/** `but` is left out of account. */
export async function hasLiveAccount(tx: Tx, workspaceId: string, personId: string, but = ''): Promise<boolean> {
  const other = await tx
    .selectFrom('external_users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('super_identity_id', '=', personId)
    .where('id', '<>', but)
    .where('erased_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

/** Stored answers of retried creations hold the person's fields too. */
export async function deleteIdempotencyRecords(tx: Tx, workspaceId: string, erasedId: string): Promise<void> {
  await tx
    .deleteFrom('idempotency_records')
    .where('workspace_id', '=', workspaceId)
    .where('external_user_id', '=', erasedId)
    .execute()
}

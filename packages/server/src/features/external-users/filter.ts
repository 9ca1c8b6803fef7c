// The filters of a list of external users as conditions of its statement.
import { sql, type Expression, type SqlBool } from 'kysely'
import type { Db } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import type { Conditions } from '../../db/resource-table.ts'
import { contains, type Sought } from '../../db/search.ts'
import { blockedIds } from './blocked.ts'

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
  readonly blocked: boolean | undefined
  readonly neverSeen: boolean | undefined
  readonly createdAfter: number | undefined
  readonly createdBefore: number | undefined
  readonly lastSeenAfter: number | undefined
  readonly lastSeenBefore: number | undefined
  readonly search: Sought | undefined
}

export function externalUsersMatching(db: Db, filter: ExternalUserFilter, now: number): Conditions<'external_users'> {
  return (eb) => {
    const any = (
      column: 'id' | 'channel_id' | 'external_user_group_id' | 'super_identity_id' | 'tier_id',
      values: readonly string[],
    ) => (values.length > 0 ? [eb(column, 'in', listed(values))] : [])
    const time = (column: 'created_at' | 'last_seen_at', operator: '<' | '>', at: number | undefined) =>
      at === undefined ? [] : [eb(column, operator, at)]
    const { blocked, identifierForms, externalId, neverSeen, search } = filter
    return [
      ...any('id', filter.ids),
      ...any('channel_id', filter.channelIds),
      ...any('external_user_group_id', filter.groupIds),
      ...any('super_identity_id', filter.superIdentityIds),
      ...any('tier_id', filter.tierIds),
      ...(externalId === undefined ? [] : [eb('external_id', '=', externalId), onAnyChannel(filter.workspaceId)]),
      ...(identifierForms ? [identifiedBy(filter.workspaceId, identifierForms)] : []),
      ...(blocked === undefined ? [] : [eb('id', blocked ? 'in' : 'not in', blockedIds(filter.workspaceId, now))]),
      ...(neverSeen === undefined ? [] : [eb('last_seen_at', neverSeen ? 'is' : 'is not', null)]),
      ...time('created_at', '>', filter.createdAfter),
      ...time('created_at', '<', filter.createdBefore),
      ...time('last_seen_at', '>', filter.lastSeenAfter),
      ...time('last_seen_at', '<', filter.lastSeenBefore),
      ...(search === undefined ? [] : [contains(db, eb, 'external_users', search)]),
    ]
  }
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

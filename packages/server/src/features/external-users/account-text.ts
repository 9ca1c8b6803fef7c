// An external user in JSON as its database spells it, for pages: there most of what a page would cost is reading values.
import type { ExternalUser } from '@narthex/contract'
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../../db/database.ts'
import { concatenated, isoParts, quoted } from '../../db/json-text.ts'

/** What `accountText` reads of the account `u` beside its id and `reachColumns`. */
export const textColumns = [
  'created_at',
  'updated_at',
  'external_id',
  'external_user_group_id',
  'identifier',
  'name',
  'tier_id',
] as const

/** As the presenter spells it, in the order in which that lists the fields. */
export function accountText(db: Db, blocked: RawBuilder<unknown>): RawBuilder<string> {
  const text = (column: string) => ['"', sql.ref(`u.${column}`), '"']
  const time = (column: string) => ['"', ...isoParts(db, sql.ref(`u.${column}`)), '"']
  const textOrNull = (column: string) => [sql`coalesce('"' || ${sql.ref(`u.${column}`)} || '"', 'null')`]
  const anyText = (column: string) => [quoted(db, sql.ref(`u.${column}`))]
  const fields: Record<keyof ExternalUser, readonly (string | RawBuilder<unknown>)[]> = {
    blocked: [sql`case when ${blocked} then 'true' else 'false' end`],
    id: text('id'),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    channelId: text('channel_id'),
    externalId: anyText('external_id'),
    externalUserGroupId: textOrNull('external_user_group_id'),
    identifier: anyText('identifier'),
    name: anyText('name'),
    superIdentityId: text('super_identity_id'),
    tierId: textOrNull('tier_id'),
    workspaceId: text('workspace_id'),
  }
  const members = Object.entries(fields).flatMap(([name, value], i) => [i === 0 ? '' : ',', `"${name}":`, ...value])
  return concatenated(['{', ...members, '}'])
}

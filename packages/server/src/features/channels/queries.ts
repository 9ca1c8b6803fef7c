// Statements on channels.
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import { contains, sought } from '../../db/search.ts'

export type ChannelRow = Row<'channels'>

export const channels = resourceTable('channels')

export interface ChannelFilter {
  readonly ids: readonly string[]
  readonly archived: boolean | undefined
  /** Folded. */
  readonly search: string | undefined
}

export function channelsMatching(db: Db, { ids, archived, search }: ChannelFilter): Conditions<'channels'> {
  return (eb) => [
    ...(ids.length > 0 ? [eb('id', 'in', listed(ids))] : []),
    ...(archived === undefined ? [] : [eb('archived_at', archived ? 'is not' : 'is', null)]),
    ...(search === undefined ? [] : [contains(db, eb, 'channels', sought(search))]),
  ]
}

/** How identifiers are made canonical on each channel: what a look-up by identifier over several channels needs. */
export async function listIdentifierRules(db: Db, workspaceId: string) {
  return db
    .selectFrom('channels')
    .select(['id', 'workspace_id', 'identifier_kind', 'default_country'])
    .where('workspace_id', '=', workspaceId)
    .execute()
}

/** The different ones among them: few, however many channels there are. */
export async function listDistinctIdentifierRules(db: Db, workspaceId: string) {
  return db
    .selectFrom('channels')
    .select(['identifier_kind', 'default_country'])
    .distinct()
    .where('workspace_id', '=', workspaceId)
    .execute()
}

/** Notes that somebody came in by the channel; from then on it can be archived, not deleted. */
export async function updateFirstUsed(
  tx: Tx,
  { workspace_id, id }: Pick<ChannelRow, 'workspace_id' | 'id'>,
  now: number,
): Promise<void> {
  await tx
    .updateTable('channels')
    .set({ first_used_at: now })
    .where('workspace_id', '=', workspace_id)
    .where('id', '=', id)
    .where('first_used_at', 'is', null)
    .execute()
}

/** What else names the channel and would be left without it. The caller holds its lock, so nothing is added meanwhile. */
export async function findChannelNamedBy(
  tx: Tx,
  { workspace_id, id }: ChannelRow,
): Promise<'block' | 'trusted issuer' | null> {
  const naming = (table: 'blocks' | 'trusted_issuers') =>
    tx
      .selectFrom(table)
      .select('id')
      .where('workspace_id', '=', workspace_id)
      .where('channel_id', '=', id)
      .executeTakeFirst()
  if (await naming('blocks')) return 'block'
  return (await naming('trusted_issuers')) ? 'trusted issuer' : null
}

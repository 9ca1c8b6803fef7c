// A channel as the contract shows it.
import type { Channel } from '@narthex/contract'
import { iso, isoOrNull } from '../../lib/clock.ts'
import type { ChannelRow } from './queries.ts'

export function presentChannel(row: ChannelRow): Channel {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    name: row.name,
    kind: row.kind as Channel['kind'],
    description: row.description,
    identifierKind: row.identifier_kind,
    defaultCountry: row.default_country,
    provisioning: row.provisioning,
    admission: row.admission,
    defaultTierId: row.default_tier_id,
    defaultExternalUserGroupId: row.default_external_user_group_id,
    tokenLifetimeSeconds: row.token_lifetime_seconds,
    archivedAt: isoOrNull(row.archived_at),
    workspaceId: row.workspace_id,
  }
}

// An external user as the contract shows it: exactly the published fields.
import type { ExternalUser } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { ExternalUserRow } from './queries.ts'

export function presentExternalUser(row: ExternalUserRow): ExternalUser {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    blocked: row.blocked_at !== null,
    channelId: row.channel_id,
    externalId: row.external_id,
    externalUserGroupId: row.external_user_group_id,
    identifier: row.identifier,
    name: row.name,
    superIdentityId: row.super_identity_id,
    tierId: row.tier_id,
    workspaceId: row.workspace_id,
  }
}

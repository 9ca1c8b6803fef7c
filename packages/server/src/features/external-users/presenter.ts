// An external user as the contract shows it: exactly the published fields.
import type { ExternalUser } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { ExternalUserRow } from './queries.ts'

type Shown = Omit<ExternalUserRow, 'identifier_fingerprint' | 'search_text' | 'version'>

/** `blocked` tells of every block in force that reaches the account, not only of its own. */
export function presentExternalUser(row: Shown, blocked: boolean): ExternalUser {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    blocked,
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

/** The JSON of everything that reads alike as long as the version is the same, which `blocked` may not; without its first brace. */
export function presentVersion(row: Shown): string {
  const { blocked: _, ...rest } = presentExternalUser(row, false)
  return JSON.stringify(rest).slice(1)
}

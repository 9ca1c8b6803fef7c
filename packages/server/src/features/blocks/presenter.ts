// A block as the contract shows it.
import type { Block } from '@narthex/contract'
import { iso, isoOrNull } from '../../lib/clock.ts'
import type { BlockRow } from './queries.ts'

/** A timed block that has ended shows its end as the moment it was lifted, recorded or not. */
export function presentBlock(row: BlockRow, now: number): Block {
  const ended = row.lifted_at === null && row.ends_at !== null && row.ends_at <= now
  const liftedBy = row.lifted_by_kind === null ? null : { kind: row.lifted_by_kind, id: row.lifted_by_id }
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    reach: row.reach,
    externalUserId: row.external_user_id,
    superIdentityId: row.super_identity_id,
    identifier: row.identifier,
    channelId: row.channel_id,
    reason: row.reason,
    actor: { kind: row.actor_kind, id: row.actor_id },
    endsAt: isoOrNull(row.ends_at),
    liftedAt: isoOrNull(ended ? row.ends_at : row.lifted_at),
    liftedBy: ended ? { kind: 'system', id: null } : liftedBy,
    workspaceId: row.workspace_id,
  }
}

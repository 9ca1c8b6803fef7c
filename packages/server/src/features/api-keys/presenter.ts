// An API key as the contract shows it: everything but its secret.
import type { ApiKey, Scope } from '@narthex/contract'
import { iso, isoOrNull } from '../../lib/clock.ts'
import type { ApiKeyRow } from './queries.ts'

export function presentApiKey(row: ApiKeyRow, prefix: string): ApiKey {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    name: row.name,
    prefix,
    scopes: JSON.parse(row.scopes) as Scope[],
    lastUsedAt: isoOrNull(row.last_used_at),
    expiresAt: isoOrNull(row.expires_at),
    revokedAt: isoOrNull(row.revoked_at),
    workspaceId: row.workspace_id,
  }
}

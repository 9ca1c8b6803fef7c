// A trusted issuer as the contract shows it.
import type { TrustedIssuer } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { TrustedIssuerRow } from './queries.ts'

export function presentTrustedIssuer(row: TrustedIssuerRow): TrustedIssuer {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    issuer: row.issuer,
    jwksUri: row.jwks_uri,
    jwks: row.jwks === null ? null : (JSON.parse(row.jwks) as TrustedIssuer['jwks']),
    audience: row.audience,
    channelId: row.channel_id,
    mapping: JSON.parse(row.mapping) as TrustedIssuer['mapping'],
    workspaceId: row.workspace_id,
  }
}

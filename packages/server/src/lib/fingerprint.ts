// Keyed fingerprints of identifiers: a ban outlives the erasure of the person without keeping who it was.
import { createHmac } from 'node:crypto'
import { canonicalIdentifier, type IdentifierKind } from './canonical-identifier.ts'

/** HMAC-SHA-256 over workspace, kind and canonical form; without the key not even a phone number can be tried out. */
export function fingerprint(key: Buffer, workspaceId: string, kind: IdentifierKind, canonical: string): string {
  return createHmac('sha256', key).update(`${workspaceId}\0${kind}\0${canonical}`).digest('base64url')
}

/** How a channel reads identifiers. */
export interface IdentifierRule {
  readonly workspace_id: string
  readonly identifier_kind: IdentifierKind
  readonly default_country: string | null
}

/** The same for an identifier as somebody wrote it; null where the channel refuses it. */
export function fingerprintOf(key: Buffer, rule: IdentifierRule, identifier: string): string | null {
  const form = canonicalIdentifier(rule.identifier_kind, identifier, rule.default_country)
  return 'refused' in form ? null : fingerprint(key, rule.workspace_id, rule.identifier_kind, form.canonical)
}

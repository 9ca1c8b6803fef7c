// The tables, one schema for both databases. Times are milliseconds since 1970, JSON is text, states are moments.
import type { Generated } from 'kysely'

interface Versioned {
  /** Raised by one in every write of the row; the write compares it. */
  version: number
  created_at: number
  updated_at: number
}

export interface InstanceTable {
  /** Always 1: there is one instance a database. */
  id: number
  first_workspace_id: string
  created_at: number
}

export interface WorkspaceTable extends Versioned {
  id: string
  name: string
  parent_id: string | null
  /** null: the default, derived from the public URL. */
  token_audience: string | null
  token_lifetime_seconds: number
  default_tier_id: string | null
  /** The highest cut-off number given in this workspace. */
  cut_off_count: number
}

export interface ApiKeyTable extends Versioned {
  workspace_id: string
  id: string
  name: string
  scopes: string
  last_used_at: number | null
  expires_at: number | null
  revoked_at: number | null
}

export interface ApiKeySecretTable {
  secret_hash: string
  workspace_id: string
  api_key_id: string
  prefix: string
  created_at: number
  /** null while it is the current secret of its key. */
  expires_at: number | null
}

export interface TierTable extends Versioned {
  workspace_id: string
  id: string
  name: string
  description: string | null
  limits: string
  token_lifetime_seconds: number | null
  metadata: string
  search_text: string
}

export interface ChannelTable extends Versioned {
  workspace_id: string
  id: string
  name: string
  kind: string
  description: string | null
  identifier_kind: 'email' | 'phone' | 'username' | 'opaque'
  default_country: string | null
  provisioning: 'automatic' | 'manual'
  admission: 'open' | 'referral'
  default_tier_id: string | null
  default_external_user_group_id: string | null
  token_lifetime_seconds: number | null
  archived_at: number | null
  /** When the first external user came in by it: from then on it can be archived only. */
  first_used_at: number | null
  search_text: string
}

export interface ExternalUserGroupTable extends Versioned {
  workspace_id: string
  id: string
  external_id: string | null
  name: string | null
  tier_id: string | null
  search_text: string
}

export interface SuperIdentityTable extends Versioned {
  workspace_id: string
  id: string
  firstname: string | null
  lastname: string | null
  merged_into_id: string | null
  search_text: string
}

/** An address that the integrator vouched for: it makes accounts of one address one person. */
export interface SuperIdentityEmailTable {
  workspace_id: string
  email_canonical: string
  super_identity_id: string
  email: string
}

export interface ExternalUserTable extends Versioned {
  workspace_id: string
  id: string
  channel_id: string
  super_identity_id: string
  external_user_group_id: string | null
  tier_id: string | null
  external_id: string | null
  identifier: string | null
  identifier_canonical: string | null
  /** Keyed digest of kind and canonical form: what blocks of identifiers are compared with. */
  identifier_fingerprint: string | null
  name: string | null
  erased_at: number | null
  last_seen_at: number | null
  search_text: string
}

/** Never deleted: a lifted block stays readable, and past moments are told from it. */
export interface BlockTable extends Versioned {
  workspace_id: string
  id: string
  reach: 'external-user' | 'person' | 'identifier'
  external_user_id: string | null
  super_identity_id: string | null
  /** As it was given; null once its person is erased, while the fingerprints stay. */
  identifier: string | null
  channel_id: string | null
  reason: string | null
  actor_kind: string
  actor_id: string | null
  ends_at: number | null
  lifted_at: number | null
  lifted_by_kind: string | null
  lifted_by_id: string | null
}

export interface BlockFingerprintTable {
  workspace_id: string
  fingerprint: string
  block_id: string
  /** Later than the block's own where a channel was made or changed after it. */
  created_at: number
}

export interface RevokedTokenTable {
  workspace_id: string
  jti: string
  /** Its place in the sequence of cut-offs. */
  number: number
  expires_at: number
  created_at: number
}

export interface TrustedIssuerTable extends Versioned {
  workspace_id: string
  id: string
  issuer: string
  jwks_uri: string | null
  jwks: string | null
  audience: string
  channel_id: string
  mapping: string
}

/** Every audience that a workspace ever chose, so that no other one takes it while tokens for it may live. */
export interface TokenAudienceTable {
  audience: string
  workspace_id: string
}

/** The latest cut-off that reached a subject; a token issued under a lower number is dead. */
export interface CutOffTable {
  workspace_id: string
  /** The id of an external user, a super identity, a channel or an API key. */
  subject_id: string
  reach: 'account' | 'person' | 'channel' | 'client'
  number: number
  created_at: number
}

export interface EventTable {
  workspace_id: string
  id: string
  type: string
  actor_kind: string
  actor_id: string | null
  subject_kind: string
  subject_id: string
  subject_version: number
  /** JSON; personal fields stand in it as salted commitments. */
  before: string | null
  after: string | null
  /** JSON: salt and personal values behind the commitments; null once erased. Not part of the chain. */
  openings: string | null
  request_id: string | null
  occurred_at: number
  /** Place in the workspace's chain, from 1, without gaps; null until sealed. */
  position: number | null
  hash: string | null
}

export interface IdempotencyRecordTable {
  workspace_id: string
  /** Digest of credential, operation and key. */
  scope_hash: string
  request_hash: string
  answer: string
  /** The external user, or the block of its identifier, whose erasure deletes the record. */
  external_user_id: string | null
  created_at: number
}

export interface SigningKeyTable {
  kid: string
  algorithm: string
  public_jwk: string
  private_encrypted: string
  created_at: number
  /** From when on it signs: a key is published before it is used. */
  signs_from: number
  /** Until when it stays published; null while it may sign. */
  published_until: number | null
}

export interface LeaseTable {
  name: string
  holder: string
  expires_at: number
}

export interface Schema {
  instance: InstanceTable
  workspaces: WorkspaceTable
  api_keys: ApiKeyTable
  api_key_secrets: ApiKeySecretTable
  tiers: TierTable
  channels: ChannelTable
  external_user_groups: ExternalUserGroupTable
  super_identities: SuperIdentityTable
  super_identity_emails: SuperIdentityEmailTable
  external_users: ExternalUserTable
  blocks: BlockTable
  block_fingerprints: BlockFingerprintTable
  cut_offs: CutOffTable
  revoked_tokens: RevokedTokenTable
  token_audiences: TokenAudienceTable
  trusted_issuers: TrustedIssuerTable
  events: EventTable
  idempotency_records: IdempotencyRecordTable
  signing_keys: SigningKeyTable
  leases: LeaseTable
  /** SQLite only, kept by triggers; `search.ts` alone reads it. */
  external_user_search: { rowid: Generated<number> }
  /** The same of persons. */
  super_identity_search: { rowid: Generated<number> }
}

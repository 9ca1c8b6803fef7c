// The tables, one schema for both databases. Times are milliseconds since 1970, JSON is text, states are moments.
// Longer than 300 lines: one list of all tables, by which every statement is checked.
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
  /** JSON; null for the defaults. */
  policies: string | null
  /** The tier of the policy of provisional access, so that it cannot be deleted unseen; null while that is off. */
  provisional_tier_id: string | null
  /** Raised in every write of its referrals: what was counted for one number holds as long as the number stays. */
  referral_revision: Generated<number>
}

/** What a person signs in with. One login may have joined several workspaces. */
export interface LoginTable extends Versioned {
  id: string
  email: string
  email_canonical: string
  /** When the operator or the identity provider vouched for the address; null while only an invitation says whose it is. */
  email_verified_at: number | null
  /** null: it signs in by single sign-on, or with a member token. */
  password_hash: string | null
  totp_secret_encrypted: string | null
  /** null until a first code has shown that the secret arrived. */
  totp_confirmed_at: number | null
  /** The time step of the last code that was taken: none is taken twice. */
  totp_last_step: number | null
  oidc_issuer: string | null
  oidc_subject: string | null
}

export interface MemberTable extends Versioned {
  workspace_id: string
  id: string
  /** null until the invitation was accepted. */
  login_id: string | null
  email: string
  email_canonical: string
  firstname: string
  lastname: string
  role: 'owner' | 'admin' | 'reviewer' | 'referrer' | 'viewer'
  joined_at: number | null
  removed_at: number | null
  search_text: string
}

/** Personal access tokens. Workspace and member are where it was made; it opens whatever its login has joined. */
export interface MemberTokenTable {
  secret_hash: string
  workspace_id: string
  id: string
  member_id: string
  login_id: string
  name: string
  prefix: string
  last_used_at: number | null
  expires_at: number | null
  revoked_at: number | null
  created_at: number
}

/** Sign-ins to the console. */
export interface SessionTable {
  secret_hash: string
  id: string
  login_id: string
  /** The token that it was begun with, whose end ends it too; null for one begun otherwise. */
  member_token_id: string | null
  created_at: number
  last_used_at: number
  expires_at: number
}

export interface MemberInvitationTable {
  secret_hash: string
  workspace_id: string
  member_id: string
  created_at: number
  expires_at: number
}

/** Whose members may refer into a workspace besides its own. */
export interface PartnerOrganizationTable {
  partner_id: string
  workspace_id: string
}

/** Names and addresses of the people in it are copies, kept with their owners in one transaction: lists filter and sort by them. */
export interface ReferralTable extends Versioned {
  workspace_id: string
  id: string
  status: 'REFERRED' | 'ADMITTED' | 'REJECTED' | 'REVOKED' | 'WITHDRAWN' | 'EXPIRED'
  super_identity_id: string
  referred_firstname: string | null
  referred_lastname: string | null
  referred_email: string | null
  /** Another workspace's where a partner organization refers. */
  referrer_workspace_id: string
  referrer_id: string
  referrer_firstname: string | null
  referrer_lastname: string | null
  referrer_email: string | null
  referrer_comment: string | null
  referred_at: number
  /** The end that the referrer proposed for the first admission. */
  proposed_until: number | null
  /** Until when the person may come in before the first decision; null where the policy gave it nothing. */
  provisional_until: number | null
  /** Of the latest decision by a member. */
  reviewer_id: string | null
  reviewer_firstname: string | null
  reviewer_lastname: string | null
  reviewer_email: string | null
  reviewer_comment: string | null
  reviewed_at: number | null
  /** When the latest admission began; null before the first. It stays when the admission ends. */
  admitted_at: number | null
  /** When the latest admission ends, or ended, by the clock. */
  admitted_until: number | null
  decision_count: number
}

/** Append-only. */
export interface ReferralDecisionTable {
  workspace_id: string
  referral_id: string
  /** From 1, without gaps. */
  number: number
  from_status: ReferralTable['status']
  to_status: ReferralTable['status']
  /** null: the clock, or an erasure. */
  member_id: string | null
  member_workspace_id: string | null
  comment: string | null
  admitted_until: number | null
  /** When a block was overridden by it; null where there was none. */
  overridden_at: number | null
  decided_at: number
}

export interface ReferralCountTable {
  workspace_id: string
  referrer_id: string
  status: ReferralTable['status']
  count: number
}

/**
 * Members, and persons of whom something is known, each once: copies, kept with their owners in one transaction, by which
 * the list of users is filtered and sorted.
 */
export interface UserTable {
  workspace_id: string
  id: string
  kind: 'MEMBER' | 'PERSON'
  firstname: string | null
  lastname: string | null
  /** Of a person: the first address that it holds. */
  email: string | null
}

/** Their number is the sum of the parts, so that those who write different persons seldom wait for each other. */
export interface UserCountTable {
  workspace_id: string
  kind: UserTable['kind']
  part: number
  /** Negative where more of the part went than came since it was begun. */
  count: number
  /** Raised in every write of a user of the part: what was counted holds as long as the sum stays. */
  revision: number
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
  erased_at: number | null
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
  logins: LoginTable
  members: MemberTable
  member_tokens: MemberTokenTable
  sessions: SessionTable
  member_invitations: MemberInvitationTable
  partner_organizations: PartnerOrganizationTable
  referrals: ReferralTable
  referral_decisions: ReferralDecisionTable
  referral_counts: ReferralCountTable
  users: UserTable
  user_counts: UserCountTable
  events: EventTable
  idempotency_records: IdempotencyRecordTable
  signing_keys: SigningKeyTable
  leases: LeaseTable
  /** SQLite only, kept by triggers; `search.ts` alone reads it. */
  external_user_search: { rowid: Generated<number> }
  /** The same of persons. */
  super_identity_search: { rowid: Generated<number> }
}

// The shapes on the wire. Generated from the contract by `npm run generate`; do not edit.
// Longer than 300 lines: it is one list of all shapes, as it was generated.

/** Why an external user gets in, or why not. */
export interface Access {
  /** Whether the external user gets in. */
  allowed: boolean
  /** The moment that is explained. */
  at: string
  /** Why not, the gravest first; the first one decided. Empty when allowed. */
  reasons: AccessReason[]
  channel: AccessChannel
  /** The external user group that it is in; null when in none. */
  externalUserGroupId: string | null
  /** The person behind it. */
  superIdentityId: string
  /** The tier in force and the place it comes from. */
  tier: EffectiveTier | null
  /** How long an access token of it lives, in seconds. */
  tokenLifetimeSeconds: number
  /** The blocks in force that reach this external user. */
  blocks: Block[]
  /** The current admission of the person, whether or not the channel asks for one; null without. */
  admission: AccessAdmission | null
  /** The channel is open to the person only because its first referral waits for the decision. */
  provisional: boolean
  /** The referrals of the person, latest first; the latest 50 where there are more. */
  referrals: AccessReferral[]
  /** Tokens with a lower `cut_off` are dead. null for a past moment: only the latest is kept. */
  cutOff: number | null
}

/** The current admission of the person. */
export interface AccessAdmission {
  /** The referral that it comes from; what `admission_id` in a token names. */
  id: string
  /** When it began. */
  admittedAt: string
  /** When it ends by itself; null for never. */
  admittedUntil: string | null
}

/** What the channel has to do with access. */
export interface AccessChannel {
  /** The channel. */
  id: string
  /** Whether anyone may come in, or only persons who hold a current admission. */
  admission: 'open' | 'referral'
  /** Since when it is archived; null while it is in use. */
  archivedAt: string | null
}

/** One step of a referral. What members wrote about it is for those who may read referrals. */
export interface AccessDecision {
  from: ReferralStatus
  to: ReferralStatus
  /** Who decided; null where the clock or an erasure ended it. */
  by: AccessMember | null
  /** The end that an admission was given; null for none. */
  admittedUntil: string | null
  /** The person was blocked and admitted all the same. */
  override: boolean
  /** When it took effect. */
  at: string
}

/** A member by whose word somebody was let in, or not. */
export interface AccessMember {
  /** The member. */
  id: string
  /** The given name. */
  firstname: string | null
  /** The family name. */
  lastname: string | null
}

/** One reason why somebody does not get in. */
export interface AccessReason {
  /** The error code that authenticating would answer. */
  code: string
  /** The same for people, in a sentence. */
  message: string
  /** The block that is the reason, where one is. */
  blockId?: string | undefined
}

/** A referral of the person, with what became of it until then. */
export interface AccessReferral {
  /** The referral. */
  id: string
  status: ReferralStatus
  /** When the person was referred. */
  referredAt: string
  referrer: AccessMember
  /** Until when it lets the person in before its first decision; null where it does not. */
  provisionalUntil: string | null
  /** Every decision until then, oldest first. */
  decisions: AccessDecision[]
}

/** Who did something. */
export interface Actor {
  /** What it was: an API key, a member, or the service itself. */
  kind: string
  /** Which one; null for the service itself. */
  id: string | null
}

/** The record of an API key, without its secret. */
export interface ApiKey {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** What the key is for, so that people know it from others. 3 to 50 characters. */
  name: string
  /** The first characters of the current secret, to recognise it by. */
  prefix: string
  /** What the key may do. */
  scopes: Scope[]
  /** When it was last used, to the minute; null when it never was. */
  lastUsedAt: string | null
  /** From when on the key is refused; null for never. */
  expiresAt: string | null
  /** Since when the key is revoked; null while it is not. */
  revokedAt: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** The record of an API key, with the secret that is shown this once. */
export interface ApiKeyWithSecret {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** What the key is for, so that people know it from others. 3 to 50 characters. */
  name: string
  /** The first characters of the current secret, to recognise it by. */
  prefix: string
  /** What the key may do. */
  scopes: Scope[]
  /** When it was last used, to the minute; null when it never was. */
  lastUsedAt: string | null
  /** From when on the key is refused; null for never. */
  expiresAt: string | null
  /** Since when the key is revoked; null while it is not. */
  revokedAt: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
  /** The secret. It is shown this once. */
  apiKey: string
}

/** What `externalUsers.authenticate` takes. */
export interface AuthenticateExternalUser {
  /** The channel that the external user comes in by; an archived one is not found. */
  channelId: string
  /** The id of the external user, when it is known. */
  id?: string | null | undefined
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId?: string | null | undefined
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier?: string | null | undefined
}

/** An external user, with the access token it was given. */
export interface AuthenticatedExternalUser {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** Whether the external user is blocked: true while a block reaches this account, its person or its identifier. */
  blocked: boolean
  /** The channel that the external user comes in by. */
  channelId: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId: string | null
  /** The external user group that it is in; null when in none. */
  externalUserGroupId: string | null
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier: string | null
  /** What people call the external user. 3 to 50 characters. */
  name: string | null
  /** The super identity that it belongs to: the person behind it. */
  superIdentityId: string
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
  /** An access token of the external user: a signed JWT (RFC 9068). It is a secret. */
  accessToken: string
}

/** The refusal of an account, a person or an identifier. It stays readable when it is lifted. */
export interface Block {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** What is blocked: one account, every account of one person, or whoever comes with an identifier. */
  reach: 'external-user' | 'person' | 'identifier'
  /** The account that is blocked; with the reach `external-user` only. */
  externalUserId: string | null
  /** The person who is blocked; with the reach `person` only. */
  superIdentityId: string | null
  /** As it was given; null once the person is erased. The block stays. */
  identifier: string | null
  /** With the reach `identifier`: the only channel that it is blocked on; null for all. */
  channelId: string | null
  /** Why, for colleagues. It goes when the person is erased. 1 to 500 characters. */
  reason: string | null
  actor: Actor
  /** When the block ends by itself; null for when it is lifted. */
  endsAt: string | null
  /** When it was lifted, or ended by itself; null while it is in force. */
  liftedAt: string | null
  /** Who lifted it; null where nobody has. */
  liftedBy: Actor | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** Where external users come in, and how they are recognised there. */
export interface Channel {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** A name that people read. 3 to 50 characters. */
  name: string
  kind: ChannelKind
  /** What it is for, in words that people read. 3 to 250 characters. */
  description: string | null
  identifierKind: IdentifierKind
  /** ISO 3166-1 alpha-2; for phone numbers in national form. */
  defaultCountry: string | null
  provisioning: Provisioning
  admission: ChannelAdmission
  /** The tier of its external users where neither they nor their group have one; read on each authentication, never copied. */
  defaultTierId: string | null
  /** The group that new external users of this channel are put in. */
  defaultExternalUserGroupId: string | null
  /** How long access tokens live where the tier does not say, in seconds; null goes by the workspace's. 60 to 86400. */
  tokenLifetimeSeconds: number | null
  /** Since when nobody comes in by it; null while it is in use. */
  archivedAt: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** Whether anyone may come in, or only persons who hold a current admission. */
export type ChannelAdmission =
  | 'open'
  | 'referral'

/** What sort of place external users come from. */
export type ChannelKind =
  | 'web'
  | 'whatsapp'
  | 'instagram'
  | 'telegram'
  | 'email'
  | 'sms'
  | 'voice'
  | 'portal'
  | 'api'

/** Which claim selects the external user; at least one. `email` counts only beside `email_verified: true`. */
export interface ClaimMapping {
  /** The claim that becomes the identifier; null for none. 1 to 100 characters. */
  identifier: string | null
  /** The claim that becomes the external id; null for none. 1 to 100 characters. */
  externalId: string | null
}

/** What `apiKeys.create` takes. */
export interface CreateApiKey {
  /** What the key is for, so that people know it from others. 3 to 50 characters. */
  name: string
  /** What the key may do; only scopes that the calling key holds itself. 1 to 100 values. */
  scopes: readonly Scope[]
  /** From when on the key is refused; null for never. In the future. */
  expiresAt?: string | null | undefined
}

/** What `blocks.create` takes. */
export interface CreateBlock {
  /** What is blocked: one account, every account of one person, or whoever comes with an identifier. */
  reach: 'external-user' | 'person' | 'identifier'
  /** The account that is blocked; with the reach `external-user` only. */
  externalUserId?: string | null | undefined
  /** The person who is blocked; with the reach `person` only. */
  superIdentityId?: string | null | undefined
  /** The identifier that is blocked, in any spelling of it; with the reach `identifier` only. 1 to 320 characters. */
  identifier?: string | null | undefined
  /** With the reach `identifier`: the only channel that it is blocked on; null for all. */
  channelId?: string | null | undefined
  /** Why, for colleagues. It goes when the person is erased. 1 to 500 characters. */
  reason?: string | null | undefined
  /** When the block ends by itself; null for when it is lifted. */
  endsAt?: string | null | undefined
}

/** What `channels.create` takes. */
export interface CreateChannel {
  /** A name that people read. 3 to 50 characters. */
  name: string
  kind: ChannelKind
  /** What it is for, in words that people read. 3 to 250 characters. */
  description?: string | null | undefined
  identifierKind?: IdentifierKind | undefined
  /** ISO 3166-1 alpha-2; for phone numbers in national form. */
  defaultCountry?: string | null | undefined
  provisioning?: Provisioning | undefined
  admission?: ChannelAdmission | undefined
  /** The tier of its external users where neither they nor their group have one; read on each authentication, never copied. */
  defaultTierId?: string | null | undefined
  /** The group that new external users of this channel are put in. */
  defaultExternalUserGroupId?: string | null | undefined
  /** How long access tokens live where the tier does not say, in seconds; null goes by the workspace's. 60 to 86400. */
  tokenLifetimeSeconds?: number | null | undefined
}

/** What `externalUsers.create` takes. */
export interface CreateExternalUser {
  /** The channel that the external user comes in by; an archived one is not found. */
  channelId: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId?: string | null | undefined
  /** The external user group that it is in; null when in none. */
  externalUserGroupId?: string | null | undefined
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier?: string | null | undefined
  /** What people call the external user. 3 to 50 characters. */
  name?: string | null | undefined
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId?: string | null | undefined
}

/** What `externalUserGroups.create` takes. */
export interface CreateExternalUserGroup {
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId?: string | null | undefined
  /** What people call the group. 3 to 50 characters. */
  name?: string | null | undefined
  /** The tier of its external users that have none of their own; null for none. */
  tierId?: string | null | undefined
}

/** What `members.create` takes. */
export interface CreateMember {
  /** The address that the member will sign in with. 3 to 320 characters. */
  email: string
  /** The given name. 1 to 100 characters. */
  firstname: string
  /** The family name. 1 to 100 characters. */
  lastname: string
  role: Role
}

/** What `memberTokens.create` takes. */
export interface CreateMemberToken {
  /** What people call it. 3 to 50 characters. */
  name: string
  /** When it ends by itself; must be in the future. */
  expiresAt?: string | null | undefined
}

/** What `tiers.create` takes. */
export interface CreateTier {
  /** A name that people read. 3 to 50 characters. */
  name: string
  /** What it is for, in words that people read. 3 to 250 characters. */
  description?: string | null | undefined
  /** What its external users may use; no two limits share metric and window. At most 20 values. */
  limits?: readonly Limit[] | undefined
  /** How long access tokens of its external users live, in seconds; null goes by the channel's or the workspace's. 60 to 86400. */
  tokenLifetimeSeconds?: number | null | undefined
  /** Any JSON object, at most 4 KiB as text. */
  metadata?: Record<string, unknown> | undefined
}

/** What `trustedIssuers.create` takes. */
export interface CreateTrustedIssuer {
  /** The issuer, exactly as its tokens name it in `iss`. 1 to 2048 characters. */
  issuer: string
  /** Where its public keys are fetched from; null when they are pasted. 1 to 2048 characters. */
  jwksUri?: string | null | undefined
  /** Its public keys, pasted; null when they are fetched. */
  jwks?: JsonWebKeySet | null | undefined
  /** The audience that the issuer's tokens must name, for example your client id there. 1 to 255 characters. */
  audience: string
  /** The channel that its people come in by. */
  channelId: string
  mapping: ClaimMapping
}

/** An external user, with an access token when it may come in at once. */
export interface CreatedExternalUser {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** Whether the external user is blocked: true while a block reaches this account, its person or its identifier. */
  blocked: boolean
  /** The channel that the external user comes in by. */
  channelId: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId: string | null
  /** The external user group that it is in; null when in none. */
  externalUserGroupId: string | null
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier: string | null
  /** What people call the external user. 3 to 50 characters. */
  name: string | null
  /** The super identity that it belongs to: the person behind it. */
  superIdentityId: string
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
  /** An access token of the external user: a signed JWT (RFC 9068). It is a secret. null when the person may not come in by this channel (yet). */
  accessToken: string | null
}

/** A member token with its secret. */
export interface CreatedMemberToken {
  /** A UUID v4 string that identifies this token. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** The member that it stands for. */
  memberId: string
  /** What people call it. */
  name: string
  /** Its first characters, to recognise it by. */
  prefix: string
  /** When it was last used, by the minute; null before the first use. */
  lastUsedAt: string | null
  /** When it ends by itself; null for never. */
  expiresAt: string | null
  /** When it was revoked; null while it is good. */
  revokedAt: string | null
  /** The secret, shown once. */
  memberToken: string
}

/** A token that is not alive, and nothing more. */
export interface DeadToken {
  /** The token is not alive, or not of the workspace. */
  active: false
}

/** The tier in force, and the place it comes from. */
export interface EffectiveTier {
  /** The tier. */
  id: string
  /** Its name. */
  name: string
  /** What it allows to use. */
  limits: Limit[]
  /** The place that the tier comes from. */
  source: 'provisional-access' | 'external-user' | 'external-user-group' | 'channel' | 'workspace'
}

/** What went wrong. Programs decide by it: a published code keeps its status and meaning. */
export type ErrorCode =
  | 'invalid_request'
  | 'selectors_disagree'
  | 'unauthorized'
  | 'sign_in_failed'
  | 'second_factor_required'
  | 'cross_site'
  | 'confirmation_failed'
  | 'scope_missing'
  | 'member_required'
  | 'role_insufficient'
  | 'review_forbidden'
  | 'scope_exceeded'
  | 'external_user_blocked'
  | 'admission_required'
  | 'admission_ended'
  | 'route_not_found'
  | 'api_key_not_found'
  | 'block_not_found'
  | 'channel_not_found'
  | 'external_user_not_found'
  | 'external_user_group_not_found'
  | 'invitation_not_found'
  | 'member_not_found'
  | 'member_token_not_found'
  | 'organization_not_found'
  | 'referral_not_found'
  | 'super_identity_not_found'
  | 'tier_not_found'
  | 'trusted_issuer_not_found'
  | 'user_not_found'
  | 'workspace_not_found'
  | 'method_not_allowed'
  | 'identifier_taken'
  | 'external_id_taken'
  | 'identifier_held_by_another_person'
  | 'identifier_fixed'
  | 'blocked_elsewhere'
  | 'super_identity_in_use'
  | 'tier_in_use'
  | 'channel_in_use'
  | 'identifier_kind_fixed'
  | 'audience_taken'
  | 'api_key_revoked'
  | 'external_user_erased'
  | 'super_identity_erased'
  | 'member_exists'
  | 'member_joined'
  | 'sign_in_required'
  | 'second_factor_exists'
  | 'last_owner'
  | 'referral_exists'
  | 'transition_forbidden'
  | 'person_blocked'
  | 'issuer_taken'
  | 'rotation_in_progress'
  | 'idempotency_in_progress'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'idempotency_key_reused'
  | 'precondition_required'
  | 'rate_limited'
  | 'header_fields_too_large'
  | 'internal_error'
  | 'overloaded'
  | 'database_unavailable'
  | 'issuer_unavailable'
  | 'shutting_down'

/** What the runtime and the history know of a referred person. */
export interface Evidence {
  /** Those of the person, then those of others; each the latest seen first, at most 50. */
  accounts: EvidenceAccount[]
  /** The latest first, at most 50. */
  refusals: EvidenceRefusal[]
  /** The latest first, at most 50. */
  blocks: EvidenceBlock[]
  usage: EvidenceUsage
  referrer: EvidenceReferrer
}

/** An external user that may be this person. */
export interface EvidenceAccount {
  /** A UUID v4 string that identifies an entity. */
  externalUserId: string
  /** The person that it belongs to. */
  userId: string
  /** A UUID v4 string that identifies an entity. */
  channelId: string
  /** The name of the channel. */
  channelName: string
  /** An account of the person itself, or one of somebody with the same canonical address or number. */
  match: 'person' | 'email' | 'phone'
  /** A block reaches it. */
  blocked: boolean
  /** When the account was made. */
  firstSeenAt: string
  /** When it was last seen, by the minute; null for never. */
  lastSeenAt: string | null
}

/** A block in force that reaches the person, an account or the address. */
export interface EvidenceBlock {
  /** A UUID v4 string that identifies an entity. */
  blockId: string
  /** An identifier is on the denylist. */
  reach: 'external-user' | 'person' | 'identifier'
  /** The account that it reaches, where it is one account. */
  externalUserId: string | null
  /** The only channel that an identifier is blocked on; null for all. */
  channelId: string | null
  /** Why it was placed. */
  reason: string | null
  /** When it was placed. */
  placedAt: string
  /** When it ends by itself; null for never. */
  endsAt: string | null
}

/** How the other referrals of the same member turned out. */
export interface EvidenceReferrer {
  /** Other referrals of the same referrer. At least 0. */
  referred: number
  /** Of these, admitted now. At least 0. */
  admitted: number
  /** Of these, waiting for a decision. At least 0. */
  pending: number
  /** Of these, rejected. At least 0. */
  rejected: number
  /** Of these, revoked. At least 0. */
  revoked: number
  /** Of these, ended by their date. At least 0. */
  expired: number
  /** Of these, withdrawn. At least 0. */
  withdrawn: number
  /** Persons among the latest 200 of these that a block reaches now. At least 0. */
  blockedNow: number
}

/** An earlier rejection or revocation. */
export interface EvidenceRefusal {
  /** The referral that was refused; this one or an earlier one. */
  referralId: string
  /** Whose it is: the person, or somebody who has an account above by the same address or number. */
  userId: string
  to: ReferralStatus
  /** Who refused; null where nobody did by hand. */
  by: {
    /** A super identity id for a referred person, a member id for a member. */
    userId: string
    /** The given name. */
    firstname?: string | undefined
    /** The family name. */
    lastname?: string | undefined
    /** The e-mail address. */
    email?: string | undefined
  } | null
  /** Why. */
  comment: string | null
  /** When. */
  at: string
}

/** How the person has used the product so far. */
export interface EvidenceUsage {
  /** Accounts of the person; erased ones are not counted. At least 0. */
  accounts: number
  /** The first account was made then. */
  firstSeenAt: string | null
  /** When any account was last seen. */
  lastSeenAt: string | null
}

/** An access token for a trusted issuer's token (RFC 8693). */
export interface ExchangedToken {
  /** The access token. It is a secret. */
  access_token: string
  /** What was asked for; an access token by default. */
  issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' | 'urn:ietf:params:oauth:token-type:jwt'
  /** How the token is sent. */
  token_type: 'Bearer'
  /** How long the token lives, in seconds. At least 1. */
  expires_in: number
}

/** One person on one channel. */
export interface ExternalUser {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** Whether the external user is blocked: true while a block reaches this account, its person or its identifier. */
  blocked: boolean
  /** The channel that the external user comes in by. */
  channelId: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId: string | null
  /** The external user group that it is in; null when in none. */
  externalUserGroupId: string | null
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier: string | null
  /** What people call the external user. 3 to 50 characters. */
  name: string | null
  /** The super identity that it belongs to: the person behind it. */
  superIdentityId: string
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** A named set of external users; it may carry a tier. */
export interface ExternalUserGroup {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId: string | null
  /** What people call the group. 3 to 50 characters. */
  name: string | null
  /** The tier of its external users that have none of their own; null for none. */
  tierId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** How identifiers are made canonical; uniqueness and look-up use that form. Fixed once an external user exists. */
export type IdentifierKind =
  | 'email'
  | 'phone'
  | 'username'
  | 'opaque'

/** A member with its invitation. */
export interface InvitedMember {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** The address that the member signs in with; unique in the workspace in its canonical form. 3 to 320 characters. */
  email: string
  /** The given name. 1 to 100 characters. */
  firstname: string
  /** The family name. 1 to 100 characters. */
  lastname: string
  role: Role
  /** When the member accepted the invitation; null until then. */
  joinedAt: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
  /** Shown once, for the member: with it the sign-in page lets it join. It ends after seven days. */
  invitation: string
}

/** One place in the request and the rule it broke. */
export interface Issue {
  /** The place in the request, dotted: `limits.0.max`, `pageSize`, `headers.idempotency-key`. Empty for the whole body. */
  path: string
  /** The rule that it broke. */
  message: string
}

/** Public keys as a JSON Web Key Set (RFC 7517). */
export interface JsonWebKeySet {
  /** JSON Web Keys (RFC 7517), public parts only. 1 to 20 values. */
  keys: Record<string, unknown>[]
}

/** What `blocks.lift` takes. */
export interface LiftBlock {
  /** Why, for colleagues. It goes when the person is erased. 1 to 500 characters. */
  reason?: string | null | undefined
}

/** So much of a metric in each window. */
export interface Limit {
  /** What is counted. Lower-case letters, digits and `_.-`, at most 50. */
  metric: string
  /** How much of the metric fits in one window; 0 allows none. 0 to 1000000000000. */
  max: number
  /** The length of the window, in seconds; at most 366 days. 1 to 31622400. */
  windowSeconds: number
}

/** A token that is alive, with its claims. */
export interface LiveToken {
  /** The token is alive. */
  active: true
  /** How the token is sent. */
  token_type: 'Bearer'
  /** The issuer: the public URL of the instance. */
  iss: string
  /** The audience of the workspace's tokens. */
  aud: string
  /** The external user. */
  sub: string
  /** The API key that asked for the token. */
  client_id: string
  /** When it was issued, in seconds since 1970. */
  iat: number
  /** When it expires, in seconds since 1970. */
  exp: number
  /** The id of the token. */
  jti: string
  /** The workspace. */
  workspace_id: string
  /** The channel that the external user came in by. */
  channel_id: string
  /** The person behind the external user. */
  super_identity_id: string
  /** The tier in force at issue; null for none. */
  tier_id: string | null
  /** The external user group at issue; null for none. */
  external_user_group_id: string | null
  /** The admission behind the token: a referral. null on open channels, and with provisional access. */
  admission_id: string | null
  /** The person was let in while its first referral waited for the decision. */
  provisional?: true | undefined
  /** What people called the external user at issue. */
  name: string | null
  /** The highest cut-off that had reached the external user at issue. */
  cut_off: number
}

/** The external user that the access token is for, with the tier in force. */
export interface Me {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** Whether the external user is blocked: true while a block reaches this account, its person or its identifier. */
  blocked: boolean
  /** The channel that the external user comes in by. */
  channelId: string
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId: string | null
  /** The external user group that it is in; null when in none. */
  externalUserGroupId: string | null
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier: string | null
  /** What people call the external user. 3 to 50 characters. */
  name: string | null
  /** The super identity that it belongs to: the person behind it. */
  superIdentityId: string
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
  /** The name of the tier in force. */
  tier: string | null
  /** What the tier in force allows to use. */
  limits: Limit[]
}

/** One of the workspace's own people. */
export interface Member {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** The address that the member signs in with; unique in the workspace in its canonical form. 3 to 320 characters. */
  email: string
  /** The given name. 1 to 100 characters. */
  firstname: string
  /** The family name. 1 to 100 characters. */
  lastname: string
  role: Role
  /** When the member accepted the invitation; null until then. */
  joinedAt: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** A personal access token of a member. */
export interface MemberToken {
  /** A UUID v4 string that identifies this token. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** The member that it stands for. */
  memberId: string
  /** What people call it. */
  name: string
  /** Its first characters, to recognise it by. */
  prefix: string
  /** When it was last used, by the minute; null before the first use. */
  lastUsedAt: string | null
  /** When it ends by itself; null for never. */
  expiresAt: string | null
  /** When it was revoked; null while it is good. */
  revokedAt: string | null
}

/** What was done, where no resource is left to answer. */
export interface Message {
  /** What was done, in a sentence. */
  message: string
}

/** What went wrong, in the words of the RFCs. Programs decide by it. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'insufficient_scope'
  | 'temporarily_unavailable'
  | 'server_error'

/** A workspace, as the Referral API calls it. */
export interface Organization {
  /** Identifies the organization; the same as the id of the workspace. */
  id: string
  /** What people call it. */
  name: string
  /** The organization that it belongs to. It gives that one no rights. */
  parentId?: string | undefined
  meta: ReferralMeta
}

/** A page of organizations. */
export interface OrganizationList {
  /** Those of this page. */
  organizations: Organization[]
  meta: ReferralListMeta
}

/** Who may refer, and what an admission is. */
export interface Policies {
  /** Reviewers refer as well, besides owners, admins and referrers. */
  reviewersMayRefer: boolean
  /** Workspaces whose owners, admins and referrers may refer into this one, and see what they referred. At most 100 values. */
  partnerOrganizationIds: string[]
  /** How long an admission lasts at most, in days; one without an end gets this one. null for no bound. 1 to 3650. */
  admissionDaysMax: number | null
  /** Every decision needs a comment. */
  reviewerCommentRequired: boolean
  /** Lets a person in once, while its first referral waits for the decision; null: nobody. */
  provisionalAccess: {
    /** The tier of persons who wait for their first decision. */
    tierId: string
    /** How long from the referral on, in hours. 1 to 24. */
    hours: number
  } | null
}

/** Whether authenticating an unknown external user creates it. */
export type Provisioning =
  | 'automatic'
  | 'manual'

/** What `referrals.refer` takes. */
export interface ReferPerson {
  /** The organization that the person is to be let into. 1 to 100 characters. */
  organizationId: string
  /** A person that is known. Excludes `email`. 1 to 100 characters. */
  userId?: string | undefined
  /** The address of the person. Excludes `userId`. 3 to 320 characters. */
  email?: string | undefined
  /** Fills the given name where none is known. 1 to 100 characters. */
  firstname?: string | undefined
  /** Fills the family name where none is known. 1 to 100 characters. */
  lastname?: string | undefined
  /** Why you vouch for the person. 1 to 500 characters. */
  referrerComment?: string | undefined
  /** The end that you propose for the first admission. */
  admittedUntil?: string | null | undefined
}

/** A member vouches for a person; a decision by another member admits, rejects, revokes. */
export interface Referral {
  /** Identifies the referral. */
  id: string
  /** The organization that the person is to be let into: a workspace. */
  organizationId: string
  /** The name of the organization. */
  organizationName: string
  referredUser: ReferralUser
  status: ReferralStatus
  /** When the person was referred. */
  referredAt: string
  referrerUser: ReferralUser
  reviewerUser?: ReferralUser | undefined
  /** Why the member vouches for the person. */
  referrerComment?: string | undefined
  /** The comment of the latest decision. */
  reviewerComment?: string | undefined
  /** When the latest decision was made. */
  reviewedAt?: string | undefined
  meta: ReferralMeta
}

/** One step of a referral from one status to another. */
export interface ReferralDecision {
  from: ReferralStatus
  to: ReferralStatus
  /** Who decided; null where the clock or an erasure ended it. */
  by: {
    /** A super identity id for a referred person, a member id for a member. */
    userId: string
    /** The given name. */
    firstname?: string | undefined
    /** The family name. */
    lastname?: string | undefined
    /** The e-mail address. */
    email?: string | undefined
  } | null
  /** Why; null without one. */
  comment: string | null
  /** The end that an admission was given; null for none. */
  admittedUntil: string | null
  /** The person was blocked and admitted all the same. */
  override: boolean
  /** When it took effect. */
  at: string
}

/** The history of a referral. */
export interface ReferralDecisions {
  /** Oldest first. */
  decisions: ReferralDecision[]
}

/** What went wrong. Programs decide by it. */
export type ReferralErrorCode =
  | 'narthex.referral.invalidParameter'
  | 'narthex.referral.missingParameter'
  | 'narthex.referral.invalidRequestBodyProperty'
  | 'narthex.referral.missingRequestBodyProperty'
  | 'narthex.referral.unauthorized'
  | 'narthex.referral.forbidden'
  | 'narthex.referral.notFound'
  | 'narthex.referral.methodNotAllowed'
  | 'narthex.referral.conflict'
  | 'narthex.referral.noMatch'
  | 'narthex.referral.payloadTooLarge'
  | 'narthex.referral.uriTooLong'
  | 'narthex.referral.unsupportedMediaType'
  | 'narthex.referral.preconditionRequired'
  | 'narthex.referral.tooManyRequests'
  | 'narthex.referral.internalServerError'
  | 'narthex.referral.serviceUnavailable'

/** A page of referrals. */
export interface ReferralList {
  /** Those of this page. */
  externalUsers: Referral[]
  meta: ReferralListMeta
}

/** What belongs to a list besides its elements. */
export interface ReferralListMeta {
  page: ReferralPage
}

/** What belongs to a resource besides its fields. */
export interface ReferralMeta {
  /** Opaque; the same as in `ETag`, without the quotes. */
  version: string
}

/** Where a page stands among all. */
export interface ReferralPage {
  /** How many pages there are; 0 for no result. At least 0. */
  totalPages: number
  /** Index of this page. At least 0. */
  number: number
  /** How many a page holds at most. At least 1. */
  size: number
  /** How many are in this page. At least 0. */
  elements: number
  /** How many match on all pages together. At least 0. */
  totalElements: number
}

/** REFERRED waits for a decision; ADMITTED lets in; the others do not. */
export type ReferralStatus =
  | 'REFERRED'
  | 'ADMITTED'
  | 'REJECTED'
  | 'REVOKED'
  | 'WITHDRAWN'
  | 'EXPIRED'

/** A person or a member, as referrals show them. */
export interface ReferralUser {
  /** A super identity id for a referred person, a member id for a member. */
  userId: string
  /** The given name. */
  firstname?: string | undefined
  /** The family name. */
  lastname?: string | undefined
  /** The e-mail address. */
  email?: string | undefined
}

/** What `referrals.review` takes. */
export interface ReviewReferral {
  /** The status that the decision leads to: ADMITTED, REJECTED or REVOKED. */
  status: ReferralStatus
  /** Why. 1 to 500 characters. */
  reviewerComment?: string | undefined
  /** When the admission ends by itself, in place of what was proposed; null for never. */
  admittedUntil?: string | null | undefined
  /** Admits a blocked person all the same; needs a comment and lifts no block. */
  override?: boolean | undefined
}

/** What `apiKeys.revoke` takes. */
export interface RevokeApiKey {
  /** true also ends the access tokens it issued. Default: false. */
  tokens?: boolean | undefined
}

/** owner and admin do everything; a reviewer decides referrals, reads and blocks; a referrer refers and sees its own referrals; a viewer reads. */
export type Role =
  | 'owner'
  | 'admin'
  | 'reviewer'
  | 'referrer'
  | 'viewer'

/** What `apiKeys.rotate` takes. */
export interface RotateApiKey {
  /** How long the current secret goes on working, in seconds; at most a week. 0 to 604800. Default: 3600. */
  overlapSeconds?: number | undefined
}

/** What `signingKeys.rotate` takes. */
export interface RotateSigningKey {
  /** true lets the new key sign at once, for emergencies. Default: false. */
  force?: boolean | undefined
}

/** What an API key may do: `resource:read` or `resource:write`, or one act. */
export type Scope =
  | 'api-keys:read'
  | 'api-keys:write'
  | 'blocks:read'
  | 'blocks:write'
  | 'channels:admission'
  | 'channels:read'
  | 'channels:write'
  | 'external-user-groups:read'
  | 'external-user-groups:write'
  | 'external-users:authenticate'
  | 'external-users:read'
  | 'external-users:write'
  | 'members:read'
  | 'referrals:read'
  | 'signing-keys:write'
  | 'super-identities:read'
  | 'super-identities:write'
  | 'tiers:read'
  | 'tiers:write'
  | 'tokens:introspect'
  | 'tokens:revoke'
  | 'trusted-issuers:read'
  | 'trusted-issuers:write'
  | 'workspace:read'
  | 'workspace:write'

/** A signing key as it was made. */
export interface SigningKey {
  /** The id of the new key, as the key set and the header of tokens name it. */
  kid: string
  /** From when on the new key signs. */
  signsFrom: string
}

/** The person above the external users. */
export interface SuperIdentity {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** The given name. 1 to 100 characters. */
  firstname: string | null
  /** The family name. 1 to 100 characters. */
  lastname: string | null
  /** The verified address that joins accounts to this person. */
  email: string | null
  /** The accounts of this person, oldest first. */
  externalUserIds: string[]
  /** The person that this one was merged into; null while it stands by itself. */
  mergedIntoId: string | null
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** A service level: limits and the life of access tokens. */
export interface Tier {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** A name that people read. 3 to 50 characters. */
  name: string
  /** What it is for, in words that people read. 3 to 250 characters. */
  description: string | null
  /** What its external users may use; no two limits share metric and window. At most 20 values. */
  limits: Limit[]
  /** How long access tokens of its external users live, in seconds; null goes by the channel's or the workspace's. 60 to 86400. */
  tokenLifetimeSeconds: number | null
  /** Any JSON object, at most 4 KiB as text. */
  metadata: Record<string, unknown>
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** What `oauth.token` takes. */
export interface TokenExchangeForm {
  /** Token exchange; there is no other grant. */
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange'
  /** The trusted issuer's token. At least 1 characters. */
  subject_token: string
  /** What the subject token is. */
  subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' | 'urn:ietf:params:oauth:token-type:access_token' | 'urn:ietf:params:oauth:token-type:jwt'
  /** What is wanted: an access token, which is a JWT; either word will do. */
  requested_token_type?: 'urn:ietf:params:oauth:token-type:access_token' | 'urn:ietf:params:oauth:token-type:jwt' | undefined
  /** The audience of the workspace's tokens; nothing else can be asked for. */
  audience?: readonly string[] | undefined
  /** The audience of the workspace's tokens; nothing else can be asked for. */
  resource?: readonly string[] | undefined
  /** Refused: access tokens carry no scope. */
  scope?: string | undefined
  /** Refused: nobody acts for an external user. */
  actor_token?: string | undefined
  /** Refused, as `actor_token` is. */
  actor_token_type?: string | undefined
  /** The id of the API key. */
  client_id?: string | undefined
  /** The API key. Only where no Authorization header carries it. */
  client_secret?: string | undefined
}

/** Whether a token is alive; its claims when it is. */
export type TokenState = LiveToken | DeadToken

/** An identity provider whose tokens may be exchanged for access tokens. */
export interface TrustedIssuer {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** The issuer, exactly as its tokens name it in `iss`. 1 to 2048 characters. */
  issuer: string
  /** Where its public keys are fetched from; null when they are pasted. 1 to 2048 characters. */
  jwksUri: string | null
  /** Its public keys, pasted; null when they are fetched. */
  jwks: JsonWebKeySet | null
  /** The audience that the issuer's tokens must name, for example your client id there. 1 to 255 characters. */
  audience: string
  /** The channel that its people come in by. */
  channelId: string
  mapping: ClaimMapping
  /** The workspace that it belongs to: that of the API key. */
  workspaceId: string
}

/** What `apiKeys.update` takes. */
export interface UpdateApiKey {
  /** What the key is for, so that people know it from others. 3 to 50 characters. */
  name?: string | undefined
  /** From when on the key is refused; null for never. In the future. */
  expiresAt?: string | null | undefined
}

/** What `channels.update` takes. */
export interface UpdateChannel {
  /** A name that people read. 3 to 50 characters. */
  name?: string | undefined
  kind?: ChannelKind | undefined
  /** What it is for, in words that people read. 3 to 250 characters. */
  description?: string | null | undefined
  identifierKind?: IdentifierKind | undefined
  /** ISO 3166-1 alpha-2; for phone numbers in national form. */
  defaultCountry?: string | null | undefined
  provisioning?: Provisioning | undefined
  admission?: ChannelAdmission | undefined
  /** The tier of its external users where neither they nor their group have one; read on each authentication, never copied. */
  defaultTierId?: string | null | undefined
  /** The group that new external users of this channel are put in. */
  defaultExternalUserGroupId?: string | null | undefined
  /** How long access tokens live where the tier does not say, in seconds; null goes by the workspace's. 60 to 86400. */
  tokenLifetimeSeconds?: number | null | undefined
}

/** What `externalUsers.update` takes. */
export interface UpdateExternalUser {
  /** true blocks this account, false lifts the account's own block. */
  blocked?: boolean | undefined
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId?: string | null | undefined
  /** The external user group that it is in; null when in none. */
  externalUserGroupId?: string | null | undefined
  /** A unique identifier of the external user (user name, e-mail, phone number and so on). 1 to 320 characters. */
  identifier?: string | null | undefined
  /** What people call the external user. 3 to 50 characters. */
  name?: string | null | undefined
  /** Its own tier; null when it goes by its group's, its channel's or the workspace's. */
  tierId?: string | null | undefined
}

/** What `externalUserGroups.update` takes. */
export interface UpdateExternalUserGroup {
  /** External reference in the integrated system. 3 to 250 characters. */
  externalId?: string | null | undefined
  /** What people call the group. 3 to 50 characters. */
  name?: string | null | undefined
  /** The tier of its external users that have none of their own; null for none. */
  tierId?: string | null | undefined
}

/** What `members.update` takes. */
export interface UpdateMember {
  role?: Role | undefined
}

/** An absent policy stays as it is. */
export interface UpdatePolicies {
  /** Reviewers refer as well, besides owners, admins and referrers. */
  reviewersMayRefer?: boolean | undefined
  /** Workspaces whose owners, admins and referrers may refer into this one, and see what they referred. At most 100 values. */
  partnerOrganizationIds?: string[] | undefined
  /** How long an admission lasts at most, in days; one without an end gets this one. null for no bound. 1 to 3650. */
  admissionDaysMax?: number | null | undefined
  /** Every decision needs a comment. */
  reviewerCommentRequired?: boolean | undefined
  /** Lets a person in once, while its first referral waits for the decision; null: nobody. */
  provisionalAccess?: {
    /** The tier of persons who wait for their first decision. */
    tierId: string
    /** How long from the referral on, in hours. 1 to 24. */
    hours: number
  } | null | undefined
}

/** What `superIdentities.update` takes. */
export interface UpdateSuperIdentity {
  /** The given name. 1 to 100 characters. */
  firstname?: string | null | undefined
  /** The family name. 1 to 100 characters. */
  lastname?: string | null | undefined
}

/** What `tiers.update` takes. */
export interface UpdateTier {
  /** A name that people read. 3 to 50 characters. */
  name?: string | undefined
  /** What it is for, in words that people read. 3 to 250 characters. */
  description?: string | null | undefined
  /** What its external users may use; no two limits share metric and window. At most 20 values. */
  limits?: readonly Limit[] | undefined
  /** How long access tokens of its external users live, in seconds; null goes by the channel's or the workspace's. 60 to 86400. */
  tokenLifetimeSeconds?: number | null | undefined
  /** Any JSON object, at most 4 KiB as text. */
  metadata?: Record<string, unknown> | undefined
}

/** What `trustedIssuers.update` takes. */
export interface UpdateTrustedIssuer {
  /** Where its public keys are fetched from; null when they are pasted. 1 to 2048 characters. */
  jwksUri?: string | null | undefined
  /** Its public keys, pasted; null when they are fetched. */
  jwks?: JsonWebKeySet | null | undefined
  /** The audience that the issuer's tokens must name, for example your client id there. 1 to 255 characters. */
  audience?: string | undefined
  /** The channel that its people come in by. */
  channelId?: string | undefined
  mapping?: ClaimMapping | undefined
}

/** What `workspace.update` takes. */
export interface UpdateWorkspace {
  /** What people call the workspace. 3 to 50 characters. */
  name?: string | undefined
  /** The audience (`aud`) of its access tokens; unique on the instance. 1 to 255 characters. */
  tokenAudience?: string | undefined
  /** How long access tokens live where neither tier nor channel say, in seconds. 60 to 86400. */
  tokenLifetimeSeconds?: number | undefined
  /** The tier of external users that get none from anywhere else; null for none. */
  defaultTierId?: string | null | undefined
  policies?: UpdatePolicies | undefined
}

/** A member of an organization, or a person known to it. */
export interface User {
  /** A super identity id for a referred person, a member id for a member. */
  userId: string
  /** The given name. */
  firstname?: string | undefined
  /** The family name. */
  lastname?: string | undefined
  /** The e-mail address. */
  email?: string | undefined
  /** The organization that knows the user. */
  organizationId: string
  kind: UserKind
  meta: ReferralMeta
}

/** A member of the organization, or a person it knows. */
export type UserKind =
  | 'MEMBER'
  | 'PERSON'

/** A page of users. */
export interface UserList {
  /** Those of this page. */
  users: User[]
  meta: ReferralListMeta
}

/** The settings of a workspace. */
export interface Workspace {
  /** A UUID v4 string that identifies this resource; it never changes. */
  id: string
  /** When it was created. ISO 8601 in UTC with milliseconds. */
  createdAt: string
  /** When it last changed. ISO 8601 in UTC with milliseconds. */
  updatedAt: string
  /** What people call the workspace. 3 to 50 characters. */
  name: string
  /** The workspace that this one was made under; null for none. */
  parentId: string | null
  /** The audience (`aud`) of its access tokens; unique on the instance. 1 to 255 characters. */
  tokenAudience: string
  /** How long access tokens live where neither tier nor channel say, in seconds. 60 to 86400. */
  tokenLifetimeSeconds: number
  /** The tier of external users that get none from anywhere else; null for none. */
  defaultTierId: string | null
  policies: Policies
}

/** List external users: which ones, and how many. */
export interface ListExternalUsersQuery {
  /** On any of these channels. Repeat the key for several values. At most 100 values. */
  channelIds?: readonly string[] | string | undefined
  /** In any of these groups. Repeat the key for several values. At most 100 values. */
  externalUserGroupIds?: readonly string[] | string | undefined
  /** Of any of these persons. Repeat the key for several values. At most 100 values. */
  superIdentityIds?: readonly string[] | string | undefined
  /** With any of these as their own tier. Repeat the key for several values. At most 100 values. */
  tierIds?: readonly string[] | string | undefined
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Exactly this external id. 1 to 250 characters. */
  externalId?: string | undefined
  /** This identifier, compared in the canonical form of each channel. 1 to 320 characters. */
  identifier?: string | undefined
  /** Only the blocked ones, or only those that are not. */
  blocked?: boolean | undefined
  /** Part of name, identifier or external id; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** Created later than this. */
  createdAfter?: string | undefined
  /** Created earlier than this. */
  createdBefore?: string | undefined
  /** Last authenticated later than this. */
  lastSeenAfter?: string | undefined
  /** Last authenticated earlier than this. */
  lastSeenBefore?: string | undefined
  /** Only those that never authenticated, or only those that did. */
  neverSeen?: boolean | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** The query of `externalUsers.access`. */
export interface AccessExternalUsersQuery {
  /** A past moment; now when absent. */
  at?: string | undefined
}

/** List external user groups: which ones, and how many. */
export interface ListExternalUserGroupsQuery {
  /** Exactly this external id. 1 to 250 characters. */
  externalId?: string | undefined
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Part of name or external id; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** With any of these tiers. Repeat the key for several values. At most 100 values. */
  tierIds?: readonly string[] | string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List tiers: which ones, and how many. */
export interface ListTiersQuery {
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Part of name or description; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List channels: which ones, and how many. */
export interface ListChannelsQuery {
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Only the archived ones, or only those in use. */
  archived?: boolean | undefined
  /** Part of name or description; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List super identities: which ones, and how many. */
export interface ListSuperIdentitiesQuery {
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Part of the names; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List blocks: which ones, and how many. */
export interface ListBlocksQuery {
  /** What is blocked: one account, every account of one person, or whoever comes with an identifier. */
  reach?: 'external-user' | 'person' | 'identifier' | undefined
  /** Only this account's own blocks. */
  externalUserId?: string | undefined
  /** Only this person's own blocks. */
  superIdentityId?: string | undefined
  /** true: in force now; false: lifted or ended. */
  live?: boolean | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List trusted issuers: which ones, and how many. */
export interface ListTrustedIssuersQuery {
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** The query of `revocations.get`. */
export interface GetRevocationsQuery {
  /** The `cursor` of the last statement: only what came after it. 0 to 999999999999999. */
  since?: number | undefined
}

/** List API keys: which ones, and how many. */
export interface ListApiKeysQuery {
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List members: which ones, and how many. */
export interface ListMembersQuery {
  /** With any of these ids. Repeat the key for several values. At most 100 values. */
  ids?: readonly string[] | string | undefined
  /** Part of names and addresses; case and accents do not matter, `%` and `_` are themselves. 1 to 100 characters. */
  search?: string | undefined
  /** The page number, from 1; 1 when absent. 1 to 1000000000. */
  pageNumber?: number | undefined
  /** How many a page holds at most. 1 to 100. Default: 10. */
  pageSize?: number | undefined
  /** The place to go on from, as given in the `Link` header. Excludes `pageNumber`. 1 to 1024 characters. */
  cursor?: string | undefined
  /** `exact` adds the header `Total-Count`: how many match on all pages together. */
  count?: 'exact' | undefined
}

/** List referrals: which ones, and how many. */
export interface ListReferralsQuery {
  /** The organization. Required. 1 to 100 characters. */
  organizationId: string
  /** Only referrals of this person: `referredUser.userId`. 1 to 100 characters. */
  userId?: string | undefined
  /** Index of the page, from 0. How many there are is told in `meta.page.totalPages`. 0 to 10000000000000. Default: 0. */
  number?: number | undefined
  /** How many a page holds at most. More than 100 are served as 100, which `meta.page.size` says. 1 to 999999999999999. Default: 10. */
  size?: number | undefined
  /** A JSON object that says which ones, at most 8 KiB: `{"status":"REFERRED"}`. 1 to 8192 characters. */
  filter?: string | undefined
  /** Fields, comma-separated, in order: `-` descending, `+` or no sign ascending. Ties by id. 1 to 1024 characters. */
  sort?: string | undefined
}

/** List organizations: which ones, and how many. */
export interface ListOrganizationsQuery {
  /** Index of the page, from 0. How many there are is told in `meta.page.totalPages`. 0 to 10000000000000. Default: 0. */
  number?: number | undefined
  /** How many a page holds at most. More than 100 are served as 100, which `meta.page.size` says. 1 to 999999999999999. Default: 10. */
  size?: number | undefined
  /** A JSON object that says which ones, at most 8 KiB: `{"status":"REFERRED"}`. 1 to 8192 characters. */
  filter?: string | undefined
  /** Fields, comma-separated, in order: `-` descending, `+` or no sign ascending. Ties by id. 1 to 1024 characters. */
  sort?: string | undefined
}

/** List users: which ones, and how many. */
export interface ListUsersQuery {
  /** The organization. Required. 1 to 100 characters. */
  organizationId: string
  /** Index of the page, from 0. How many there are is told in `meta.page.totalPages`. 0 to 10000000000000. Default: 0. */
  number?: number | undefined
  /** How many a page holds at most. More than 100 are served as 100, which `meta.page.size` says. 1 to 999999999999999. Default: 10. */
  size?: number | undefined
  /** A JSON object that says which ones, at most 8 KiB: `{"status":"REFERRED"}`. 1 to 8192 characters. */
  filter?: string | undefined
  /** Fields, comma-separated, in order: `-` descending, `+` or no sign ascending. Ties by id. 1 to 1024 characters. */
  sort?: string | undefined
}

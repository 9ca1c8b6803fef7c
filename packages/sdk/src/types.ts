// The shapes on the wire. Generated from the contract by `npm run generate`; do not edit.

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

/** What `apiKeys.create` takes. */
export interface CreateApiKey {
  /** What the key is for, so that people know it from others. 3 to 50 characters. */
  name: string
  /** What the key may do; only scopes that the calling key holds itself. 1 to 100 values. */
  scopes: readonly Scope[]
  /** From when on the key is refused; null for never. In the future. */
  expiresAt?: string | null | undefined
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

/** What went wrong. Programs decide by it: a published code keeps its status and meaning. */
export type ErrorCode =
  | 'invalid_request'
  | 'selectors_disagree'
  | 'unauthorized'
  | 'scope_missing'
  | 'scope_exceeded'
  | 'external_user_blocked'
  | 'admission_required'
  | 'route_not_found'
  | 'api_key_not_found'
  | 'channel_not_found'
  | 'external_user_not_found'
  | 'external_user_group_not_found'
  | 'super_identity_not_found'
  | 'tier_not_found'
  | 'method_not_allowed'
  | 'identifier_taken'
  | 'external_id_taken'
  | 'identifier_held_by_another_person'
  | 'tier_in_use'
  | 'channel_in_use'
  | 'identifier_kind_fixed'
  | 'audience_taken'
  | 'api_key_revoked'
  | 'external_user_erased'
  | 'idempotency_in_progress'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'idempotency_key_reused'
  | 'rate_limited'
  | 'header_fields_too_large'
  | 'internal_error'
  | 'overloaded'
  | 'database_unavailable'
  | 'shutting_down'

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

/** One place in the request and the rule it broke. */
export interface Issue {
  /** The place in the request, dotted: `limits.0.max`, `pageSize`, `headers.idempotency-key`. Empty for the whole body. */
  path: string
  /** The rule that it broke. */
  message: string
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

/** What a deletion or erasure answers. */
export interface Message {
  /** What was done, in a sentence. */
  message: string
}

/** Whether authenticating an unknown external user creates it. */
export type Provisioning =
  | 'automatic'
  | 'manual'

/** What `apiKeys.revoke` takes. */
export interface RevokeApiKey {
  /** true also ends the access tokens it issued. Default: false. */
  tokens?: boolean | undefined
}

/** What `apiKeys.rotate` takes. */
export interface RotateApiKey {
  /** How long the current secret goes on working, in seconds; at most a week. 0 to 604800. Default: 3600. */
  overlapSeconds?: number | undefined
}

/** What an API key may do: `resource:read` or `resource:write`, or one act. */
export type Scope =
  | 'api-keys:read'
  | 'api-keys:write'
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
  | 'workspace:read'
  | 'workspace:write'

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

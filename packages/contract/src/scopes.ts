// What an API key may be allowed to do.

/** Every scope. `resource:read` and `resource:write` carry the resource as in its path. */
export const scopes = [
  'api-keys:read',
  'api-keys:write',
  'blocks:read',
  'blocks:write',
  'channels:admission',
  'channels:read',
  'channels:write',
  'external-user-groups:read',
  'external-user-groups:write',
  'external-users:authenticate',
  'external-users:read',
  'external-users:write',
  'members:read',
  'referrals:read',
  'signing-keys:write',
  'super-identities:read',
  'super-identities:write',
  'tiers:read',
  'tiers:write',
  'tokens:introspect',
  'tokens:revoke',
  'trusted-issuers:read',
  'trusted-issuers:write',
  'workspace:read',
  'workspace:write',
] as const

export type Scope = (typeof scopes)[number]

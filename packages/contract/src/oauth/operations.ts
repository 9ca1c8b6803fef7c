// The list of all OAuth operations.
import { metadata } from './metadata.ts'
import type { OAuthOperation } from './operation.ts'
import { introspect, revoke } from './token-state.ts'
import { token } from './token.ts'

export const oauthOperations = {
  'oauth.metadata': metadata,
  'oauth.introspect': introspect,
  'oauth.revoke': revoke,
  'oauth.token': token,
} as const satisfies Record<string, OAuthOperation>

export type OAuthOperations = typeof oauthOperations

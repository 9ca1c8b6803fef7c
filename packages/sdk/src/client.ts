// The client: every resource of the API under its name.
import { apiKeys, type ApiKeys } from './api-keys.ts'
import { createCalls } from './calls.ts'
import { channels, type Channels } from './channels.ts'
import { externalUserGroups, type ExternalUserGroups } from './external-user-groups.ts'
import { externalUsers, type ExternalUsers } from './external-users.ts'
import { superIdentities, type SuperIdentities } from './super-identities.ts'
import { tiers, type Tiers } from './tiers.ts'
import { createTransport, type ClientOptions } from './transport.ts'
import { workspace, type WorkspaceSettings } from './workspace.ts'

/** One workspace's API, through one API key. */
export interface Client {
  readonly apiKeys: ApiKeys
  readonly channels: Channels
  readonly externalUserGroups: ExternalUserGroups
  readonly externalUsers: ExternalUsers
  readonly superIdentities: SuperIdentities
  readonly tiers: Tiers
  readonly workspace: WorkspaceSettings
}

/**
 * A client for one API key; it opens nothing and may be kept for as long as the process runs.
 *
 * Calls resolve to `{ data, requestId }`, for a single resource with its `etag`, for a list with `nextCursor` and `total`, and
 * reject with `NarthexError`. A refusal with 429 or 503 is waited out as `Retry-After` says and the call repeated, at most
 * twice and within `timeoutMs`, where that is safe: for GET, and for creations, which carry an idempotency key. Throws
 * `TypeError` for options that cannot be used.
 *
 * ```ts
 * const narthex = createClient({ baseUrl: 'https://id.example.com', apiKey })
 * const { data } = await narthex.externalUsers.authenticate({ channelId, identifier: 'ada@example.com' })
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const calls = createCalls(createTransport(options))
  return {
    apiKeys: apiKeys(calls),
    channels: channels(calls),
    externalUserGroups: externalUserGroups(calls),
    externalUsers: externalUsers(calls),
    superIdentities: superIdentities(calls),
    tiers: tiers(calls),
    workspace: workspace(calls),
  }
}

// The client: every resource of the API under its name.
import { apiKeys, type ApiKeys } from './api-keys.ts'
import { blocks, type Blocks } from './blocks.ts'
import { createCalls } from './calls.ts'
import { channels, type Channels } from './channels.ts'
import { externalUserGroups, type ExternalUserGroups } from './external-user-groups.ts'
import { externalUsers, type ExternalUsers } from './external-users.ts'
import { members, type Members } from './members.ts'
import { memberTokens, type MemberTokens } from './member-tokens.ts'
import { organizations, type Organizations } from './organizations.ts'
import { createReferralCalls } from './referral-calls.ts'
import { referrals, type Referrals } from './referrals.ts'
import { revocations, type Revocations } from './revocations.ts'
import { signingKeys, type SigningKeys } from './signing-keys.ts'
import { superIdentities, type SuperIdentities } from './super-identities.ts'
import { tiers, type Tiers } from './tiers.ts'
import { tokens, type Tokens } from './tokens.ts'
import { createTransport, requireSecret, type ClientOptions } from './transport.ts'
import { trustedIssuers, type TrustedIssuers } from './trusted-issuers.ts'
import { users, type Users } from './users.ts'
import { workspace, type WorkspaceSettings } from './workspace.ts'

/** The APIs of the service, through one credential: an API key, or a member's token. */
export interface Client {
  readonly apiKeys: ApiKeys
  readonly blocks: Blocks
  readonly channels: Channels
  readonly externalUserGroups: ExternalUserGroups
  readonly externalUsers: ExternalUsers
  readonly members: Members
  readonly memberTokens: MemberTokens
  readonly organizations: Organizations
  readonly referrals: Referrals
  readonly revocations: Revocations
  readonly signingKeys: SigningKeys
  readonly superIdentities: SuperIdentities
  readonly tiers: Tiers
  readonly tokens: Tokens
  readonly trustedIssuers: TrustedIssuers
  readonly users: Users
  readonly workspace: WorkspaceSettings
}

/**
 * A client for one API key or one member; it opens nothing and may be kept for as long as the process runs.
 *
 * Calls resolve to `{ data, requestId }`, for a single resource with its `etag`, for a list with `nextCursor` and `total`, and
 * reject with `NarthexError`. A refusal with 429 or 503 is waited out as `Retry-After` says and the call repeated, at most
 * twice and within `timeoutMs`, where that is safe: for reads, for `tokens.introspect` and `tokens.revoke`, and for creations,
 * which carry an idempotency key. Throws `TypeError` for options that cannot be used.
 *
 * ```ts
 * const narthex = createClient({ baseUrl: 'https://id.example.com', apiKey })
 * const { data } = await narthex.externalUsers.authenticate({ channelId, identifier: 'ada@example.com' })
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const send = createTransport(options, credentialOf(options), options.workspaceId)
  const calls = createCalls(send)
  const referralCalls = createReferralCalls(send)
  return {
    apiKeys: apiKeys(calls),
    blocks: blocks(calls),
    channels: channels(calls),
    externalUserGroups: externalUserGroups(calls),
    externalUsers: externalUsers(calls),
    members: members(calls),
    memberTokens: memberTokens(calls),
    organizations: organizations(referralCalls),
    referrals: referrals(referralCalls),
    revocations: revocations(calls),
    signingKeys: signingKeys(calls),
    superIdentities: superIdentities(calls),
    tiers: tiers(calls),
    tokens: tokens(calls),
    trustedIssuers: trustedIssuers(calls),
    users: users(referralCalls),
    workspace: workspace(calls),
  }
}

function credentialOf({ apiKey, memberToken }: ClientOptions): string {
  if (memberToken === undefined) return requireSecret('apiKey', apiKey, 1024)
  if (apiKey !== undefined) throw new TypeError('apiKey and memberToken exclude each other')
  return requireSecret('memberToken', memberToken, 1024)
}

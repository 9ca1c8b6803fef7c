// The list of all operations, and the public names of the contract.
import { evidence } from './referral-api/evidence.ts'
import * as referrals from './referral-api/external-users.ts'
import * as organizations from './referral-api/organizations.ts'
import * as users from './referral-api/users.ts'
import * as access from './workspace-api/access.ts'
import * as apiKeys from './workspace-api/api-keys.ts'
import * as blocks from './workspace-api/blocks.ts'
import * as channels from './workspace-api/channels.ts'
import * as externalUserGroups from './workspace-api/external-user-groups.ts'
import * as externalUsers from './workspace-api/external-users.ts'
import * as members from './workspace-api/members.ts'
import * as signingKeys from './workspace-api/signing-keys.ts'
import * as superIdentities from './workspace-api/super-identities.ts'
import * as tiers from './workspace-api/tiers.ts'
import * as trustedIssuers from './workspace-api/trusted-issuers.ts'
import * as workspace from './workspace-api/workspace.ts'
import { oauthOperations } from './oauth/operations.ts'
import { describe, type OpenApiDocument } from './openapi.ts'
import type { Operation } from './operation.ts'

export type { Issue } from './common.ts'
export {
  consoleErrorsOf,
  type ConsoleBody,
  type ConsoleOperation,
  type ConsoleOutput,
  type ConsoleQuery,
} from './console/operation.ts'
export { consoleOperations, type ConsoleOperations, type Session, type SignedIn } from './console/operations.ts'
export { errorCodes, errorNames, type ErrorCode } from './errors.ts'
export { eventTypes, type EventType } from './events.ts'
export { oauthErrorCodes, type OAuthErrorCode } from './oauth/errors.ts'
export { oauthErrorsOf, type OAuthForm, type OAuthOperation, type OAuthOutput } from './oauth/operation.ts'
export { oauthOperations, type OAuthOperations } from './oauth/operations.ts'
export { tokenExchangeGrant } from './oauth/token.ts'
export { basePaths, bodyTypesOf, errorsOf, type Input, type Operation, type Output, type Surface } from './operation.ts'
export type { ErrorBody } from './error-body.ts'
export type { OpenApiDocument } from './openapi.ts'
export { pageSizeMax, type ListMeta, type ReferralUser } from './referral-api/common.ts'
export {
  referralErrorCodes,
  referralErrorOf,
  type ReferralErrorBody,
  type ReferralErrorCode,
} from './referral-api/error-body.ts'
export type { Evidence } from './referral-api/evidence.ts'
export {
  referralStatuses,
  type Referral,
  type ReferralDecision,
  type ReferralStatus,
} from './referral-api/external-users.ts'
export {
  organizationFields,
  referralFields,
  userListFields,
  type OrganizationField,
  type ReferralField,
  type UserField,
} from './referral-api/fields.ts'
export { parseFilter, type Condition, type FieldKind, type FilterFields, type Leaf } from './referral-api/filter.ts'
export type { Organization } from './referral-api/organizations.ts'
export { parseSort, type SortKey } from './referral-api/sort.ts'
export type { User, UserKind } from './referral-api/users.ts'
export { mayGrant, roles, scopesOfRole, type Role } from './roles.ts'
export { scopes, type Scope } from './scopes.ts'
export type { Access } from './workspace-api/access.ts'
export type { ApiKey } from './workspace-api/api-keys.ts'
export type { Block, Reach } from './workspace-api/blocks.ts'
export type { Channel, IdentifierKind } from './workspace-api/channels.ts'
export type { ExternalUserGroup } from './workspace-api/external-user-groups.ts'
export type { ExternalUser } from './workspace-api/external-users.ts'
export type { Member, MemberToken } from './workspace-api/members.ts'
export type { SuperIdentity } from './workspace-api/super-identities.ts'
export type { Limit, Tier } from './workspace-api/tiers.ts'
export type { TrustedIssuer } from './workspace-api/trusted-issuers.ts'
export type { Policies, Workspace } from './workspace-api/workspace.ts'

/** Every operation, by its id. The server binds each one, the SDK calls each one. */
export const operations = {
  'externalUsers.authenticate': externalUsers.authenticate,
  'externalUsers.list': externalUsers.list,
  'externalUsers.create': externalUsers.create,
  'externalUsers.get': externalUsers.get,
  'externalUsers.update': externalUsers.update,
  'externalUsers.erase': externalUsers.erase,
  'externalUsers.access': access.explain,
  'externalUsers.revokeTokens': access.revokeTokensOfExternalUser,
  'externalUserGroups.list': externalUserGroups.list,
  'externalUserGroups.create': externalUserGroups.create,
  'externalUserGroups.get': externalUserGroups.get,
  'externalUserGroups.update': externalUserGroups.update,
  'externalUserGroups.delete': externalUserGroups.remove,
  'tiers.list': tiers.list,
  'tiers.create': tiers.create,
  'tiers.get': tiers.get,
  'tiers.update': tiers.update,
  'tiers.delete': tiers.remove,
  'channels.list': channels.list,
  'channels.create': channels.create,
  'channels.get': channels.get,
  'channels.update': channels.update,
  'channels.archive': channels.archive,
  'channels.unarchive': channels.unarchive,
  'channels.delete': channels.remove,
  'superIdentities.list': superIdentities.list,
  'superIdentities.get': superIdentities.get,
  'superIdentities.update': superIdentities.update,
  'superIdentities.erase': superIdentities.erase,
  'superIdentities.revokeTokens': access.revokeTokensOfPerson,
  'blocks.create': blocks.create,
  'blocks.list': blocks.list,
  'blocks.get': blocks.get,
  'blocks.lift': blocks.lift,
  'trustedIssuers.create': trustedIssuers.create,
  'trustedIssuers.list': trustedIssuers.list,
  'trustedIssuers.get': trustedIssuers.get,
  'trustedIssuers.update': trustedIssuers.update,
  'trustedIssuers.delete': trustedIssuers.remove,
  'signingKeys.rotate': signingKeys.rotate,
  'revocations.get': access.revocations,
  'revocations.stream': access.revocationStream,
  'me.get': access.me,
  'apiKeys.create': apiKeys.create,
  'apiKeys.list': apiKeys.list,
  'apiKeys.get': apiKeys.get,
  'apiKeys.update': apiKeys.update,
  'apiKeys.rotate': apiKeys.rotate,
  'apiKeys.revoke': apiKeys.revoke,
  'workspace.get': workspace.get,
  'workspace.update': workspace.update,
  'members.list': members.list,
  'members.create': members.create,
  'members.get': members.get,
  'members.update': members.update,
  'members.delete': members.remove,
  'members.invite': members.invite,
  'memberTokens.list': members.listTokens,
  'memberTokens.create': members.createToken,
  'memberTokens.revoke': members.revokeToken,
  'referrals.list': referrals.list,
  'referrals.refer': referrals.refer,
  'referrals.get': referrals.get,
  'referrals.review': referrals.review,
  'referrals.withdraw': referrals.withdraw,
  'referrals.decisions': referrals.decisions,
  'referrals.evidence': evidence,
  'organizations.list': organizations.list,
  'organizations.get': organizations.get,
  'users.list': users.list,
  'users.get': users.get,
} as const satisfies Record<string, Operation>

export type Operations = typeof operations
export type OperationId = keyof Operations

/** The whole API as an OpenAPI 3.1 document. `publicUrl` is where callers reach the service, without a slash at its end. */
export function openapi(publicUrl: string): OpenApiDocument {
  return describe({ operations, oauthOperations }, publicUrl)
}

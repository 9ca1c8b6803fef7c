// Calls on external users: one person on one channel.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type {
  Access,
  AccessExternalUsersQuery,
  AuthenticateExternalUser,
  AuthenticatedExternalUser,
  CreateExternalUser,
  CreatedExternalUser,
  ExternalUser,
  ListExternalUsersQuery,
  Message,
  UpdateExternalUser,
} from './types.ts'

const path = '/external-users'

export type ExternalUsers = ReturnType<typeof externalUsers>

export function externalUsers(calls: Calls) {
  return {
    /**
     * Finds an external user by `id`, `externalId` or `identifier` (at least one; all given must name the same one) and
     * answers it with a new access token. On a channel with automatic provisioning an unknown one is created. Never repeated
     * by itself. Errors: `external_user_blocked`, `admission_required`, `admission_ended`, `channel_not_found`,
     * `external_user_not_found`, `selectors_disagree`.
     */
    authenticate: (body: AuthenticateExternalUser, options?: CallOptions) =>
      calls.act<AuthenticatedExternalUser>(`${path}/authenticate`, body, options),

    /** One page of those that match all given filters, newest first. Each filter takes at most 100 values. */
    list: (query: ListExternalUsersQuery = {}, options?: CallOptions) => calls.list<ExternalUser>(path, query, options),

    /** Every external user that matches, newest first, fetched page by page; none skipped or repeated while others are made. */
    listAll: (query: Walk<ListExternalUsersQuery> = {}, options?: CallOptions) =>
      calls.listAll<ExternalUser>(path, query, options),

    /**
     * Creates an external user by `identifier` or `externalId` (at least one). `accessToken` is null when it may not come in
     * yet. Errors: `identifier_taken`, `external_id_taken`, `channel_not_found`, `external_user_group_not_found`,
     * `tier_not_found`.
     */
    create: (body: CreateExternalUser, options?: CreateOptions) =>
      calls.create<CreatedExternalUser>(path, body, options),

    /** Errors: `external_user_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) =>
      calls.get<ExternalUser, O>(at(path, id), options),

    /**
     * Changes the given fields; null clears one. `blocked: true` ends every access token of the account. Errors:
     * `external_user_not_found`, `external_user_group_not_found`, `tier_not_found`, `identifier_taken`, `external_id_taken`,
     * `identifier_held_by_another_person`, `identifier_fixed`, `external_user_erased`, `precondition_failed`.
     */
    update: (id: string, body: UpdateExternalUser, options?: ChangeOptions) =>
      calls.update<ExternalUser>(at(path, id), body, options),

    /** Removes identifier, external id and name for good and ends its access tokens. Errors: `external_user_not_found`. */
    erase: (id: string, options?: CallOptions) => calls.act<Message>(at(path, id, 'erase'), undefined, options),

    /**
     * Why it gets in, or why not: the reasons, the tier in force, blocks and cut-off; for now, or `at` a past moment. Errors:
     * `external_user_not_found`.
     */
    access: (id: string, query: AccessExternalUsersQuery = {}, options?: CallOptions) =>
      calls.read<Access>(at(path, id, 'access'), { query }, options),

    /** Every access token issued before is dead; one issued right after lives. Errors: `external_user_not_found`. */
    revokeTokens: (id: string, options?: CallOptions) =>
      calls.act<Message>(at(path, id, 'revoke-tokens'), undefined, options),
  }
}

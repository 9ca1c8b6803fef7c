// Calls on external user groups: named sets of external users.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type {
  CreateExternalUserGroup,
  ExternalUserGroup,
  ListExternalUserGroupsQuery,
  Message,
  UpdateExternalUserGroup,
} from './types.ts'

const path = '/external-user-groups'

export type ExternalUserGroups = ReturnType<typeof externalUserGroups>

export function externalUserGroups(calls: Calls) {
  return {
    /** One page of those that match all given filters, newest first. Each filter takes at most 100 values. */
    list: (query: ListExternalUserGroupsQuery = {}, options?: CallOptions) =>
      calls.list<ExternalUserGroup>(path, query, options),

    /** Every group that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListExternalUserGroupsQuery> = {}, options?: CallOptions) =>
      calls.listAll<ExternalUserGroup>(path, query, options),

    /** Errors: `external_id_taken`, `tier_not_found`. */
    create: (body: CreateExternalUserGroup, options?: CreateOptions) =>
      calls.create<ExternalUserGroup>(path, body, options),

    /** Errors: `external_user_group_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) =>
      calls.get<ExternalUserGroup, O>(at(path, id), options),

    /**
     * Changes the given fields; null clears one. Errors: `external_user_group_not_found`, `tier_not_found`,
     * `external_id_taken`, `precondition_failed`.
     */
    update: (id: string, body: UpdateExternalUserGroup, options?: ChangeOptions) =>
      calls.update<ExternalUserGroup>(at(path, id), body, options),

    /** Its external users keep existing, without a group. Errors: `external_user_group_not_found`, `precondition_failed`. */
    delete: (id: string, options?: ChangeOptions) => calls.delete<Message>(at(path, id), options),
  }
}

// Calls on users: the members of an organization and the persons known to it.
import { at } from './calls.ts'
import type { NumberedWalk, ReferralCalls } from './referral-calls.ts'
import type { Finding, UserField } from './referral-filter.ts'
import type { CallOptions, GetOptions } from './results.ts'
import type { ListUsersQuery, User } from './types.ts'

const path = '/users'

export type FindUsers = Finding<ListUsersQuery, UserField>

export type Users = ReturnType<typeof users>

export function users(calls: ReferralCalls) {
  return {
    /** One page of an organization's. */
    list: <O extends GetOptions = CallOptions>(query: FindUsers, options?: O) =>
      calls.page<User, O>('users', path, query, options),

    /** Every one, page by page. What changes during the walk may be skipped or come twice. */
    listAll: (query: NumberedWalk<FindUsers>, options?: CallOptions) =>
      calls.pageAll<User>('users', path, query, options),

    /** Errors: `narthex.referral.notFound`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<User, O>(at(path, id), options),
  }
}

// Calls on organizations: the workspaces that the caller may see, as the Referral API calls them.
import { at } from './calls.ts'
import type { NumberedWalk, ReferralCalls } from './referral-calls.ts'
import type { Finding, OrganizationField } from './referral-filter.ts'
import type { CallOptions, GetOptions } from './results.ts'
import type { ListOrganizationsQuery, Organization } from './types.ts'

const path = '/organizations'

export type FindOrganizations = Finding<ListOrganizationsQuery, OrganizationField>

export type Organizations = ReturnType<typeof organizations>

export function organizations(calls: ReferralCalls) {
  return {
    /** One page of those that the caller may refer into or read in. */
    list: <O extends GetOptions = CallOptions>(query: FindOrganizations = {}, options?: O) =>
      calls.page<Organization, O>('organizations', path, query, options),

    /** Every one, page by page. */
    listAll: (query: NumberedWalk<FindOrganizations> = {}, options?: CallOptions) =>
      calls.pageAll<Organization>('organizations', path, query, options),

    /** Errors: `narthex.referral.notFound`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) =>
      calls.get<Organization, O>(at(path, id), options),
  }
}

// The policies of a workspace as they are stored, and what holds where nobody chose.
import type { Policies } from '@narthex/contract'

/** The careful side of each: what lets in more has to be chosen. */
const defaultPolicies: Policies = {
  reviewersMayRefer: false,
  partnerOrganizationIds: [],
  admissionDaysMax: null,
  reviewerCommentRequired: false,
  provisionalAccess: null,
}

/** `stored` holds those that were chosen, as JSON. */
export function policiesOf(stored: string | null): Policies {
  return stored === null ? defaultPolicies : { ...defaultPolicies, ...(JSON.parse(stored) as Partial<Policies>) }
}

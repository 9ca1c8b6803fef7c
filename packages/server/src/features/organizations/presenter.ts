// A workspace as the Referral API shows it.
import type { Organization } from '@narthex/contract'
import { versionOf } from '../../lib/shown-version.ts'

/** What of a workspace is shown. */
export interface OrganizationRow {
  readonly id: string
  readonly name: string
  readonly parent_id: string | null
  readonly version: number
}

export function presentOrganization({ id, name, parent_id, version }: OrganizationRow): Organization {
  const shown = { id, name, ...(parent_id !== null && { parentId: parent_id }) }
  return { ...shown, meta: { version: versionOf(version, shown) } }
}

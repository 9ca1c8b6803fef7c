// A super identity as the contract shows it.
import type { SuperIdentity } from '@narthex/contract'
import { iso } from '../../lib/clock.ts'
import type { PersonLinks, PersonRow } from './queries.ts'

export function presentPerson(row: PersonRow, links: PersonLinks): SuperIdentity {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    firstname: row.firstname,
    lastname: row.lastname,
    email: links.email,
    externalUserIds: links.externalUserIds,
    mergedIntoId: row.merged_into_id,
    workspaceId: row.workspace_id,
  }
}

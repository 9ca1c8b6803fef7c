// A user as the contract shows it. What is not known is absent.
import type { User } from '@narthex/contract'
import { versionOf } from '../../lib/shown-version.ts'
import type { UserRow } from './queries.ts'

export function presentUser({ kind, id, firstname, lastname, email, version }: UserRow, organizationId: string): User {
  const shown = {
    userId: id,
    ...(firstname !== null && { firstname }),
    ...(lastname !== null && { lastname }),
    ...(email !== null && { email }),
    organizationId,
    kind,
  }
  return { ...shown, meta: { version: versionOf(version, shown) } }
}

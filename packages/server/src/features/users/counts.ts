// The parts in which users are counted: totals need no count of a million rows, and writers seldom wait for each other.
import type { UserCountTable, UserTable } from '../../db/schema.ts'

type Counted = Pick<UserTable, 'workspace_id' | 'id' | 'kind'>

/** What is added to the counts; `each`: how many more each user is, 0 where it only changed. */
export function addedTo(users: readonly Counted[], each: -1 | 0 | 1): UserCountTable[] {
  const parts = new Map<string, UserCountTable>()
  for (const user of users) {
    const { workspace_id, kind } = user
    const part = partOf(user)
    const key = `${workspace_id} ${kind} ${part}`
    parts.set(key, { workspace_id, kind, part, count: (parts.get(key)?.count ?? 0) + each, revision: 1 })
  }
  // In one order, so that no two who count several wait for each other.
  return [...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, added]) => added)
}

/** By the last digit of its id; members are few and change seldom, and several may change at once. */
function partOf({ kind, id }: Counted): number {
  return kind === 'MEMBER' ? 0 : Number.parseInt(id.slice(-1), 16)
}

// Statements on the members of an organization and the persons it knows, as one list.
import type { UserKind } from '@narthex/contract'
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '../../db/database.ts'
import { listIdsFound, listIdsMet } from '../../db/ordered-ids.ts'
import { countFound, found, idsOf } from '../../db/ordered-parts.ts'
import { inOrder, type Window } from '../../db/ordered-rows.ts'
import { listed } from '../../db/page.ts'
import { placesMatching, rowsOf, type Order, type UserScope, type UserSelection } from './selection.ts'

export interface UserRow {
  readonly kind: UserKind
  readonly id: string
  readonly firstname: string | null
  readonly lastname: string | null
  readonly email: string | null
  readonly version: number
}

export async function countUsers(db: Db, selection: UserSelection): Promise<number> {
  const inOrganization = await countFound(db, rowsOf(db, selection))
  const { places } = selection.scope
  if (!places?.length) return inOrganization
  const elsewhere = sql<{ count: number }>`select count(*) as "count" from users
    where ${placesMatching(db, places, selection.condition)}`
  const { rows } = await elsewhere.execute(db)
  return inOrganization + (rows[0] as { count: number }).count
}

/** For few: they are found by their conditions, and then sorted. */
export async function listUserIdsFound(
  db: Db,
  selection: UserSelection,
  orders: readonly Order[],
  window: Window,
): Promise<string[]> {
  const { places } = selection.scope
  const rows = rowsOf(db, selection)
  if (!places?.length) return listIdsFound(db, rows, orders, window)
  // A partner is shown its own places, which are members of other organizations, among those whom it referred.
  const own = sql`select id, kind, firstname, lastname, email from users`
  return idsOf(
    db,
    sql`with found as materialized (
        ${own} where ${found(rows)} union all ${own} where ${placesMatching(db, places, selection.condition)}
      ) select id from found order by ${inOrder(rows, orders)} limit ${window.size} offset ${window.offset}`,
  )
}

/** For many: they are met in the order of the first field. */
export async function listUserIdsMet(
  db: Db,
  selection: UserSelection,
  orders: readonly Order[],
  window: Window,
): Promise<string[]> {
  return listIdsMet(db, rowsOf(db, selection), orders, window)
}

/** The users in the order of their ids here, each with the version of the row that it is a copy of. */
export async function findUsers(db: Db, { organizationId, places }: UserScope, ids: readonly string[]) {
  if (ids.length === 0) return []
  const workspaceIds = [organizationId, ...(places ?? []).map(({ workspaceId }) => workspaceId)]
  const { rows } = await versioned(workspaceIds, ids).execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function versioned(workspaceIds: readonly string[], ids: readonly string[]): RawBuilder<UserRow> {
  return sql<UserRow>`select u.kind, u.id, u.firstname, u.lastname, u.email,
      case u.kind when 'MEMBER'
        then (select version from members m where m.workspace_id = u.workspace_id and m.id = u.id)
        else (select version from super_identities p where p.workspace_id = u.workspace_id and p.id = u.id)
      end as version
    from users u where u.workspace_id in (${sql.join(listed(workspaceIds))}) and u.id in (${sql.join(listed(ids))})`
}

/** How many members and known persons there are, and the number of changes to them. */
export async function findTotals(db: Db, workspaceId: string) {
  const rows = await db
    .selectFrom('user_counts')
    .select(['kind', 'count', 'revision'])
    .where('workspace_id', '=', workspaceId)
    .execute()
  const sum = (kind: UserKind) => rows.reduce((all, row) => all + (row.kind === kind ? row.count : 0), 0)
  const revision = rows.reduce((all, row) => all + row.revision, 0)
  return { MEMBER: sum('MEMBER'), PERSON: sum('PERSON'), revision }
}

// Which users a list holds, as conditions on its table.
import type { Condition, UserField } from '@narthex/contract'
import { sql, type Expression, type SqlBool } from 'kysely'
import type { Db } from '../../db/database.ts'
import { conditionSql } from '../../db/filter.ts'
import type { Columns, Order as OrderBy, Part, Ranked, Rows } from '../../db/ordered-rows.ts'
import { listed } from '../../db/page.ts'

/** The two kinds of ids are one, and the organization is the same in the whole list. */
export type OwnField = Exclude<UserField, 'userId' | 'organizationId'>
export type Order = OrderBy<OwnField>

/** Which users a caller sees in an organization. */
export interface UserScope {
  readonly organizationId: string
  /** null: the members of the organization; otherwise only these, wherever they are members. */
  readonly places: readonly Place[] | null
  /** null: every person that is known; otherwise those whom these members referred. */
  readonly referrerIds: readonly string[] | null
}

interface Place {
  readonly workspaceId: string
  readonly id: string
}

/** `userId` and `organizationId` are decided in the condition already. */
export interface UserSelection {
  readonly scope: UserScope
  readonly condition: Condition
}

const columns: Columns<OwnField> = {
  nameOf: (field) => field,
  mayBeAbsent: (field) => field === 'firstname' || field === 'lastname' || field === 'email',
  isLatestFirst: () => false,
}

/** By how few rows are likely to have one value of it. Members and a referrer's own are counted among the rare. */
const selective: readonly string[] = ['id', 'email', 'lastname', 'firstname', 'own', 'kind']

export function rowsOf(db: Db, { scope, condition }: UserSelection): Rows<OwnField> {
  const { organizationId: workspaceId, places, referrerIds } = scope
  const conditions = condition.op === 'and' ? condition.of : [condition]
  const parts: Ranked[] = conditions.map((each) => {
    const rank = each.op === 'equal' ? selective.indexOf(each.field) : Infinity
    return { part: conditionSql(db, each, columnOf), rank }
  })
  if (places !== null) parts.push({ part: sql<SqlBool>`kind = 'PERSON'`, rank: selective.indexOf('kind') })
  if (referrerIds !== null) parts.push(ownOf(workspaceId, referrerIds, places === null))
  return { table: 'users', workspaceId, parts, columns }
}

const columnOf = (field: string): Expression<unknown> => sql.ref(field)

/** Whom these members referred, and perhaps the members of the organization. */
function ownOf(workspaceId: string, referrerIds: readonly string[], withMembers: boolean): Ranked {
  const members = sql`select id from users where workspace_id = ${workspaceId} and kind = 'MEMBER' union all`
  const by = sql.join(listed(referrerIds))
  const referred = sql`select super_identity_id from referrals
    where workspace_id = ${workspaceId} and referrer_id in (${by})`
  return {
    part: sql<SqlBool>`id in (${withMembers ? members : sql``} ${referred})`,
    // Not `exists`, for which a database may read all whom they referred.
    ofRow: sql<SqlBool>`(${withMembers ? sql`kind = 'MEMBER' or` : sql``} (
      select 1 from referrals r where r.workspace_id = ${workspaceId} and r.super_identity_id = users.id
        and r.referrer_id in (${by}) limit 1) is not null)`,
    rank: selective.indexOf('own'),
  }
}

/** Members of other organizations. */
export function placesMatching(db: Db, places: readonly Place[], condition: Condition): Part {
  const pairs = listed(places).map(({ workspaceId, id }) => sql`(${workspaceId}, ${id})`)
  return sql<SqlBool>`(workspace_id, id) in (values ${sql.join(pairs)}) and ${conditionSql(db, condition, columnOf)}`
}

// What a list in any order of its fields reads: a table with an index of workspace, column and id for each of them.
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'

export interface Order<Field extends string = string> {
  readonly field: Field
  readonly descending: boolean
}

export interface Window {
  readonly size: number
  readonly offset: number
}

export interface Totals {
  readonly matching: number
  /** Of the workspace. */
  readonly all: number
}

export type Part = RawBuilder<SqlBool>

/** What a row satisfies; the lower its rank, the fewer rows do. */
export interface Ranked {
  readonly part: Part
  readonly rank: number
  /** The same said of a row at hand, where that is another text. */
  readonly ofRow?: Part
}

/** The rows of one workspace that satisfy all parts, in a table that has an index of workspace, column and id for each field. */
export interface Rows<Field extends string = string> {
  readonly table: 'referrals' | 'users'
  readonly workspaceId: string
  readonly parts: readonly Ranked[]
  readonly columns: Columns<Field>
}

export interface Columns<Field extends string = string> {
  nameOf(field: Field): string
  mayBeAbsent(field: Field): boolean
  /** Indexes of times begin with the latest, those of texts with the first. */
  isLatestFirst(field: Field): boolean
  /** What the field is at the moment, where that differs from what is stored. */
  computed?(field: Field): Expression<unknown> | undefined
}

/** Whether an index holds exactly this order, ties by ascending id included. */
export function isIndexOrder<F extends string>({ columns }: Rows<F>, { field, descending }: Order<F>): boolean {
  return field === 'id' || descending === columns.isLatestFirst(field)
}

/** Missing values last in both directions, ties by id; `present` is known to be there. */
export function inOrder<F extends string>({ columns }: Rows<F>, orders: readonly Order<F>[], present?: F): Part {
  const terms = orders.map(({ field, descending }) => {
    const nulls = field === present || !columns.mayBeAbsent(field) ? sql`` : sql` nulls last`
    return sql`${sql.ref(columns.nameOf(field))} ${sql.raw(descending ? 'desc' : 'asc')}${nulls}`
  })
  const ties = orders.some(({ field }) => field === 'id') ? [] : [sql`id`]
  return sql<SqlBool>`${sql.join([...terms, ...ties])}`
}

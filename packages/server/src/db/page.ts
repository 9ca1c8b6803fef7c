// One way to page: newest first, ties by id, by number or from a place; and lists of values as statements that are kept.
import { SqliteAdapter, sql, type Expression, type SqlBool } from 'kysely'
import type { Db } from './database.ts'

/** Which rows of an ordered list: `offset` rows on, or those that follow `after`. */
export interface Page {
  readonly size: number
  readonly offset: number
  readonly after: Place | null
  /**
   * The conditions leave few rows, so they are found by their own index and then sorted. Otherwise SQLite, which does not
   * know how few, reads the whole order until it has a page.
   */
  readonly few?: boolean
  /** The few are found by their text, which has an index apart: SQLite is kept from those that begin with the workspace. */
  readonly byText?: boolean
}

/** The row that a page ended with. */
export interface Place {
  readonly createdAt: number
  readonly id: string
}

/** What a list is ordered by first. A sign before the column keeps the index of the order out of it. */
export function age({ few }: Pick<Page, 'few'>) {
  return few ? sql<number>`+created_at` : sql<number>`created_at`
}

export function inWorkspace({ byText }: Pick<Page, 'byText'>, workspaceId: string): Expression<SqlBool> {
  const condition = sql<SqlBool>`workspace_id = ${workspaceId}`
  return byText ? sql<SqlBool>`(${condition}) is true` : condition
}

/** The rows after a place, in the order newest first, ties by id. */
export function following(page: Pick<Page, 'few'>, place: Place): Expression<SqlBool> {
  return sql<SqlBool>`(${age(page)}, id) < (${place.createdAt}, ${place.id})`
}

/**
 * The values repeated up to the next power of two, so that lists of every length share eight prepared statements.
 * A repeated value changes nothing in an `in` list.
 */
export function listed<T>(values: readonly T[]): T[] {
  const length = 2 ** Math.ceil(Math.log2(values.length))
  return Array.from({ length }, (_, i) => values[Math.min(i, values.length - 1)] as T)
}

/** Locks the selected rows until the transaction ends, where writers can run side by side. */
export function locking<Q extends { forUpdate(): Q }>(db: Db): (query: Q) => Q {
  return (query) => (db.getExecutor().adapter instanceof SqliteAdapter ? query : query.forUpdate())
}

/** Keeps the selected rows from being removed or locked until the transaction ends, while others may do the same. */
export function sharing<Q extends { forKeyShare(): Q }>(db: Db): (query: Q) => Q {
  return (query) => (db.getExecutor().adapter instanceof SqliteAdapter ? query : query.forKeyShare())
}

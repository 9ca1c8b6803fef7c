// One way to page: newest first, ties by id, by number or from a place; and lists of values as statements that are kept.
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { SqliteAdapter } from 'kysely'
import type { Db } from './database.ts'
import type { Schema } from './schema.ts'

/** Which rows of an ordered list: `offset` rows on, or those that follow `after`. */
export interface Page {
  readonly size: number
  readonly offset: number
  readonly after: Place | null
}

/** The row that a page ended with. */
export interface Place {
  readonly createdAt: number
  readonly id: string
}

type Ordered =
  | 'tiers'
  | 'channels'
  | 'external_user_groups'
  | 'super_identities'
  | 'external_users'
  | 'api_keys'
  | 'blocks'
  | 'trusted_issuers'

/** The rows after a place, in the order newest first, ties by id. */
export function following<T extends Ordered>(eb: ExpressionBuilder<Schema, T>, place: Place): Expression<SqlBool> {
  const any = eb as unknown as ExpressionBuilder<Schema, 'tiers'>
  return any(any.refTuple('created_at', 'id'), '<', any.tuple(place.createdAt, place.id))
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

// What only a database with one writer at a time can promise.
import { SqliteAdapter } from 'kysely'
import type { Tx } from './database.ts'

/** Whether nobody else writes until the transaction ends, so that a place after all others can be given in it. */
export function writesAlone(tx: Tx): boolean {
  return tx.getExecutor().adapter instanceof SqliteAdapter
}

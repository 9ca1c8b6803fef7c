// Makes the Kysely handles that statements run on. They share one dialect, so that a handle per transaction costs next to nothing.
import { Kysely, Transaction, type DatabaseConnection, type Dialect, type Driver } from 'kysely'
import type { Db, Tx } from './database.ts'
import { DirectExecutor } from './direct-executor.ts'
import type { Schema } from './schema.ts'

export type HandleDialect = Omit<Dialect, 'createDriver'>

/** Every statement of a handle runs on its one connection; that of readers may have several behind it. */
export interface Handles {
  reading(connection: DatabaseConnection): Db
  transaction(connection: DatabaseConnection): Tx
  /** For migrations: reads and writes inside a transaction that the caller opened. */
  migrating(connection: DatabaseConnection): Kysely<any>
}

export function createHandles(dialect: HandleDialect): Handles {
  const driver = refusingDriver()
  const whole = { ...dialect, createDriver: () => driver }
  const [compiler, adapter] = [dialect.createQueryCompiler(), dialect.createAdapter()]
  const shared = { config: { dialect: whole }, dialect: whole, driver }
  const props = (connection: DatabaseConnection) => ({
    ...shared,
    executor: new DirectExecutor(compiler, adapter, connection),
  })
  return {
    reading: (connection) => new Kysely<Schema>(props(connection)),
    transaction: (connection) => new Transaction<Schema>(props(connection)),
    migrating: (connection) => new Kysely<any>(props(connection)),
  }
}

/** Only `Database.write` opens transactions: one opened on a handle would bypass the commit group and the retries. */
function refusingDriver(): Driver {
  const refuse = () => Promise.reject(new Error('Transactions are opened by Database.write only'))
  return {
    init: () => Promise.resolve(),
    acquireConnection: refuse,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.reject(new Error('A database is closed by Database.close only')),
  }
}

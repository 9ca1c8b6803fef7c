// Makes the Kysely handles that statements run on. They share one dialect, so that a handle per transaction costs next to nothing.
import {
  DefaultQueryExecutor,
  Kysely,
  Transaction,
  type ConnectionProvider,
  type DatabaseConnection,
  type Dialect,
  type Driver,
} from 'kysely'
import type { Db, Tx } from './database.ts'
import type { Schema } from './schema.ts'

export type HandleDialect = Omit<Dialect, 'createDriver'>

export interface Handles {
  /** Every statement takes a connection of its own from the provider. */
  reading(provider: ConnectionProvider): Db
  /** Every statement runs on the one connection of the transaction. */
  transaction(connection: DatabaseConnection): Tx
  /** For migrations: reads and writes inside a transaction that the caller opened. */
  migrating(connection: DatabaseConnection): Kysely<any>
}

export function createHandles(dialect: HandleDialect): Handles {
  const driver = refusingDriver()
  const whole = { ...dialect, createDriver: () => driver }
  const nowhere: ConnectionProvider = { provideConnection: () => Promise.reject(new Error('No connection')) }
  const executor = new DefaultQueryExecutor(dialect.createQueryCompiler(), dialect.createAdapter(), nowhere)
  const shared = { config: { dialect: whole }, dialect: whole, driver }
  const props = (provider: ConnectionProvider) => ({ ...shared, executor: executor.withConnectionProvider(provider) })
  const fixed = (connection: DatabaseConnection): ConnectionProvider => ({
    provideConnection: async (consumer) => await consumer(connection),
  })
  return {
    reading: (provider) => new Kysely<Schema>(props(provider)),
    transaction: (connection) => new Transaction<Schema>(props(fixed(connection))),
    migrating: (connection) => new Kysely<any>(props(fixed(connection))),
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

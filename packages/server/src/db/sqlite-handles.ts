// Kysely on a SQLite connection: the dialect, and what each kind of handle may run.
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
} from 'kysely'
import type { OnStatement } from './database.ts'
import { createHandles } from './handles.ts'
import type { Aside } from './sqlite-aside.ts'
import type { SqliteConnection } from './sqlite-driver.ts'
import { StandIn } from './stand-in.ts'
import type { SqliteThread } from './sqlite-thread.ts'
import { noStreams, transactionConnection, type TransactionConnection } from './transaction-connection.ts'

class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

class Compiler extends SqliteQueryCompiler {
  readonly #places = new Map<string, string>()

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#places.clear()
    return super.compileQuery(node, queryId)
  }

  /**
   * What is named several times is handed over once: a quarter of what a look-up of one external user costs. Only what is named again
   * is so by number, since SQLite looks through all numbers for each value that is bound; a bare one follows the highest.
   */
  protected override appendValue(value: unknown): void {
    if (!(value instanceof StandIn)) return super.appendValue(value)
    const place = this.#places.get(value.name)
    if (place !== undefined) return this.append(place)
    super.appendValue(value)
    this.#places.set(value.name, `?${this.numParameters}`)
  }

  /**
   * A bare parameter as the limit makes SQLite plan the statement anew at each run, because its plan may depend on the value;
   * that takes three times what a page does.
   */
  protected override getSql(): string {
    return super.getSql().replaceAll(/\blimit \?\d*/g, '$& + 0')
  }
}

export const sqliteHandles = createHandles({
  createAdapter: () => new Adapter(),
  createQueryCompiler: () => new Compiler(),
  createIntrospector: (db) => new SqliteIntrospector(db),
})

export function sqliteTransaction(connection: SqliteConnection): TransactionConnection {
  return transactionConnection((query) => execute(connection, query), { answersAtOnce: true })
}

/** The thread takes up one statement after the other. What follows on a failure before it is known is undone with all the rest. */
export function threadTransaction(thread: SqliteThread): TransactionConnection {
  const run = async <R>({ sql, parameters }: CompiledQuery) => {
    const { rows, changes } = await thread.run(sql, parameters, true)
    return { rows: rows as R[], numAffectedRows: BigInt(changes) }
  }
  return transactionConnection(run, { keepsOrder: true })
}

/** The connection is opened read-only, so a write is refused by SQLite itself. */
export function readingConnection(connection: SqliteConnection): DatabaseConnection {
  return {
    executeQuery: async <R>(query: CompiledQuery) => execute<R>(connection, query),
    streamQuery: noStreams,
  }
}

/** The same on the thread of long reads, which does not tell what it has prepared. */
export function asideConnection(aside: Aside, onStatement?: OnStatement): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery) {
      onStatement?.(sql, false)
      return { rows: (await aside.run(sql, parameters)) as R[] }
    },
    streamQuery: noStreams,
  }
}

/** Schema changes may come as a script, of which a prepared statement would silently run the first part only. */
export function migratingConnection(connection: SqliteConnection): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery) {
      if (query.parameters.length > 0 || /^\s*(select|with|pragma)\b/i.test(query.sql))
        return execute<R>(connection, query)
      connection.exec(query.sql)
      return { rows: [] as R[] }
    },
    streamQuery: noStreams,
  }
}

function execute<R>(connection: SqliteConnection, query: CompiledQuery): QueryResult<R> {
  const { rows, changes } = connection.run(query.sql, query.parameters)
  return { rows: rows as R[], numAffectedRows: BigInt(changes) }
}

// How the statements of a handle reach its connection.
import {
  DefaultQueryExecutor,
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type QueryCompiler,
} from 'kysely'

/** Statements go straight to the connection: the library's way there, past pools and plugins, costs as much as many a look-up. */
export class DirectExecutor extends DefaultQueryExecutor {
  readonly #connection: DatabaseConnection

  constructor(compiler: QueryCompiler, adapter: DialectAdapter, connection: DatabaseConnection) {
    super(compiler, adapter, { provideConnection: async (consumer) => await consumer(connection) })
    this.#connection = connection
  }

  override executeQuery<R>(query: CompiledQuery) {
    return this.#connection.executeQuery<R>(query)
  }
}

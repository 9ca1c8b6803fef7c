// Runs Kysely's statements on a PostgreSQL connection: prepared under a name, with values that read as SQLite's do.
import { createHash } from 'node:crypto'
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
} from 'kysely'
import pg from 'pg'
import { bind } from './bind.ts'
import { createHandles } from './handles.ts'
import type { OnStatement } from './database.ts'
import { isStalePlan, translatePostgresError } from './postgres-errors.ts'
import { noStreams } from './transaction-connection.ts'

// The server keeps every named statement of every connection, so the number of different texts is bounded.
const NAMED_MAX = 1000

class Adapter extends PostgresAdapter {
  // Migrations hold a lock of their own, which unlike this one covers the bookkeeping tables and ends with the transaction.
  override acquireMigrationLock = () => Promise.resolve()
  override releaseMigrationLock = () => Promise.resolve()
}

export const postgresHandles = createHandles({
  createAdapter: () => new Adapter(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (db) => new PostgresIntrospector(db),
})

/** 64-bit integers and decimals arrive as text: counts and sums are numbers here as they are in SQLite, or an error. */
function toNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError('A number is too large to be exact')
  return value
}

export const valueTypes = new pg.TypeOverrides()
valueTypes.setTypeParser(pg.types.builtins.INT8, toNumber)
valueTypes.setTypeParser(pg.types.builtins.NUMERIC, toNumber)
// `select exists (…)` is 1 or 0, as in SQLite.
valueTypes.setTypeParser(pg.types.builtins.BOOL, (text: string) => (text === 't' ? 1 : 0))

export interface Statements {
  run<R>(client: pg.ClientBase, query: CompiledQuery): Promise<QueryResult<R>>
}

/** `namedMax` 0: none is prepared under a name. */
export function createStatements(onStatement?: OnStatement, namedMax = NAMED_MAX): Statements {
  const names = new Map<string, string>()
  let renamed = 0

  function nameOf(text: string): string | undefined {
    let name = names.get(text)
    onStatement?.(text, name !== undefined)
    if (name === undefined && names.size < namedMax) {
      name = createHash('sha256').update(text).digest('base64url').slice(0, 22)
      names.set(text, name)
    }
    return name
  }

  return {
    async run<R>(client: pg.ClientBase, query: CompiledQuery) {
      const name = nameOf(query.sql)
      const values = query.parameters.map(bind)
      try {
        return toResult<R>(await client.query({ ...(name && { name }), text: query.sql, values }))
      } catch (error) {
        // Every connection has the old plan under the old name, so the next try takes a new one.
        if (name && isStalePlan(error)) names.set(query.sql, `${name.slice(0, 22)}.${++renamed}`)
        throw translatePostgresError(error)
      }
    },
  }
}

/** Schema changes may come as a script, which only the protocol without parameters accepts. */
export function migratingConnection(client: pg.ClientBase): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery) {
      try {
        const values = query.parameters.map(bind)
        return toResult<R>(await client.query(values.length > 0 ? { text: query.sql, values } : query.sql))
      } catch (error) {
        throw translatePostgresError(error)
      }
    },
    streamQuery: noStreams,
  }
}

const WRITING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

function toResult<R>({ command, rowCount, rows }: pg.QueryResult): QueryResult<R> {
  return WRITING.has(command)
    ? { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) }
    : { rows: (rows ?? []) as R[] }
}

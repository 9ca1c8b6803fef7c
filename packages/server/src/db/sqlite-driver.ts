// The one file that knows which library opens SQLite, how it prepares statements and what its errors mean.
import type { DatabaseSyncInstance, SqliteModule, StatementSyncInstance } from '@photostructure/sqlite'
import { createRequire } from 'node:module'
import { bind } from './bind.ts'
import { DatabaseUnavailable, ForeignKeyViolation, UniqueViolation } from './errors.ts'
import type { OnStatement } from './database.ts'

// Statements stay prepared: preparing costs several times a lookup. Each keeps some kilobytes, hence the bound.
const PREPARED_MAX = 500

export interface SqliteConnection {
  /** Runs one statement. `changes` counts the rows written, and says nothing for other kinds of statement. */
  run(text: string, parameters?: readonly unknown[]): { rows: Row[]; changes: number }
  /** Runs a script of several statements, without parameters or result. */
  exec(script: string): void
  readonly inTransaction: boolean
  close(): void
}

/**
 * Node's own SQLite is stable from 24 on, and knows parameters by number from 24.7 on. Before that it is missing, or warns, so a
 * package with the same API steps in.
 */
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
const builtIn = major > 24 || (major === 24 && minor >= 7)

/** What a worker thread has to `require` to reach the same library. */
export function sqliteModulePath(): string {
  return builtIn ? 'node:sqlite' : createRequire(import.meta.url).resolve('@photostructure/sqlite')
}

async function loadSqlite(): Promise<Pick<SqliteModule, 'DatabaseSync'>> {
  if (builtIn) return process.getBuiltinModule('node:sqlite') as unknown as SqliteModule
  return await import('@photostructure/sqlite')
}

interface OpenOptions {
  readonly readOnly?: boolean
  readonly onStatement?: OnStatement | undefined
}

export async function openSqlite(file: string, options: OpenOptions = {}): Promise<SqliteConnection> {
  const { readOnly = false, onStatement } = options
  const { DatabaseSync } = await loadSqlite()
  return translating(undefined, () => connect(new DatabaseSync(file, { readOnly }), onStatement))
}

type Row = Record<string, unknown>

interface Prepared {
  readonly statement: StatementSyncInstance
  /** null when it returns no rows. */
  readonly toRow: ((values: readonly unknown[]) => Row) | null
}

function connect(database: DatabaseSyncInstance, onStatement: OnStatement | undefined): SqliteConnection {
  const prepared = new Map<string, Prepared>()

  function prepare(text: string): Prepared {
    let found = prepared.get(text)
    onStatement?.(text, found !== undefined)
    if (found) prepared.delete(text)
    else {
      const statement = database.prepare(text)
      statement.setReturnArrays(true)
      found = { statement, toRow: rowMaker(statement.columns().map(({ name }) => name)) }
    }
    // A Map keeps the order of insertion, so the first key is the one unused for longest.
    prepared.set(text, found)
    if (prepared.size > PREPARED_MAX) prepared.delete(prepared.keys().next().value!)
    return found
  }

  return {
    run: (text, parameters = []) =>
      translating(database, () => {
        const { statement, toRow } = prepare(text)
        const values = parameters.map(bind)
        if (!toRow) return { rows: [], changes: statement.run(...values).changes }
        const rows = (statement.all(...values) as unknown[][]).map(toRow)
        return { rows, changes: rows.length }
      }),
    exec: (script) => translating(database, () => database.exec(script)),
    get inTransaction() {
      return database.isTransaction
    },
    close() {
      prepared.clear()
      database.close()
    },
  }
}

/**
 * Rows come as arrays, because the objects that the libraries make cost more, to make and to read. Names are given to their values
 * by a function made for the statement: members set one by one by names in a list cost fifteen times as much. The names are those of
 * our own statements.
 */
function rowMaker(names: readonly string[]): Prepared['toRow'] {
  if (names.length === 0) return null
  const members = names.map((name, i) => `${JSON.stringify(name)}: values[${i}]`)
  return new Function('values', `return { ${members.join()} }`) as Prepared['toRow']
}

/** For an error that another thread met. */
export function translateSqliteError(error: Error): unknown {
  return translate(undefined, error)
}

function translating<T>(database: DatabaseSyncInstance | undefined, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw translate(database, error)
  }
}

// Result codes without their extension (busy, locked, I/O error, full, cannot open, locking protocol), and SQLite's texts
// for them: `all` of the package that steps in reports a failure by its text alone.
const UNAVAILABLE = new Set([5, 6, 10, 13, 14, 15])
const UNAVAILABLE_TEXT =
  /^(database is locked|database table is locked|disk I\/O error|database or disk is full|unable to open database file|locking protocol)/

function translate(database: DatabaseSyncInstance | undefined, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return error
  const result = 'errcode' in error ? Number(error.errcode) & 0xff : null
  if (result === null ? UNAVAILABLE_TEXT.test(error.message) : UNAVAILABLE.has(result)) {
    return new DatabaseUnavailable(`The database cannot be used now: ${error.message}`, { cause: error })
  }
  if (error.message.startsWith('FOREIGN KEY constraint failed')) return new ForeignKeyViolation()
  const unique = /^UNIQUE constraint failed: (.*)$/.exec(error.message)
  return unique ? uniqueViolation(database, unique[1]!) : error
}

/** The key reads `table.a, table.b`, or `index 'name'` when the index is on an expression. */
function uniqueViolation(database: DatabaseSyncInstance | undefined, key: string): UniqueViolation {
  const index = /^index '(.*)'$/.exec(key)?.[1]
  if (index) {
    const owner = database
      ?.prepare('select tbl_name from sqlite_schema where type = ? and name = ?')
      .get('index', index)
    return new UniqueViolation(owner?.tbl_name ?? '', [index])
  }
  const parts = key.split(', ').map((part) => part.split('.'))
  return new UniqueViolation(
    parts[0]?.[0] ?? '',
    parts.map(([, column]) => column ?? ''),
  )
}

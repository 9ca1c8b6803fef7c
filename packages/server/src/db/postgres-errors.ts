// What PostgreSQL's errors mean, in the one place that reads them.
import pg from 'pg'
import { DatabaseUnavailable, ForeignKeyViolation, UniqueViolation } from './errors.ts'

// Connection exceptions (08), no resources (53), shut down or starting (57P01 to 57P03), a statement that was ended because it took too
// long or by an operator (57014), idle for too long (25P03, 57P05).
const UNAVAILABLE = /^(08...|53...|57P0[1235]|57014|25P03)$/
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_AGAIN|ENOENT)/
// The driver gives its own errors no code.
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Cannot use a pool|Client (was closed|has encountered))/

export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailable) return error
  const code = codeOf(error)
  if (UNAVAILABLE.test(code) || NETWORK.test(code) || (code === '' && DRIVER.test(error.message))) {
    return new DatabaseUnavailable(`The database cannot be used now: ${error.message || code}`, { cause: error })
  }
  if (!(error instanceof pg.DatabaseError)) return error
  if (code === '23503' || code === '23001') return new ForeignKeyViolation()
  if (code === '23505') return uniqueViolation(error)
  // These repeat values of rows and parameters, which must not reach a log.
  for (const member of ['detail', 'where', 'internalQuery'] as const) delete error[member]
  return error
}

/** Running the transaction again may succeed: it lost against others, or the shape of a table just changed. */
export function isRepeatable(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error)) || isStalePlan(error)
}

/** A statement was prepared before another process changed the columns it returns. */
export function isStalePlan(error: unknown): boolean {
  return codeOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan')
}

/** A write reached a server that became a replica: the next connection will reach the new primary. */
export function isReadOnlyServer(error: unknown): boolean {
  return codeOf(error) === '25006'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The detail reads `Key (a, b)=(1, 2) already exists.` in the server's language: the parentheses are in every one. */
function uniqueViolation(error: pg.DatabaseError): UniqueViolation {
  const key = /\((.+?)\)=\(/.exec(error.detail ?? '')?.[1]
  const columns = key?.split(', ').map((column) => column.replace(/^"(.*)"$/, '$1')) ?? []
  const named = columns.length > 0 && columns.every((column) => /^\w+$/.test(column))
  return new UniqueViolation(error.table ?? '', named ? columns : [error.constraint ?? ''])
}

// Comparing parts of texts by code point, without wildcards, alike on both databases.
import { SqliteAdapter, sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import type { Db } from './database.ts'

type Match = RawBuilder<SqlBool>

/** As a range, which an index of the column serves. */
export function startsWith(column: Expression<unknown>, text: string): Match {
  const end = firstAfter(text)
  if (end === null) return sql<SqlBool>`${column} >= ${text}`
  return sql<SqlBool>`(${column} >= ${text} and ${column} < ${end})`
}

export function endsWith(column: Expression<unknown>, text: string): Match {
  return sql<SqlBool>`substr(${column}, length(${column}) - ${[...text].length} + 1) = ${text}`
}

/** The two databases agree on everything but the function's name. */
export function containsText(db: Db, column: Expression<unknown>, text: string): Match {
  const position = db.getExecutor().adapter instanceof SqliteAdapter ? sql.raw('instr') : sql.raw('strpos')
  return sql<SqlBool>`${position}(${column}, ${text}) > 0`
}

/** The first text after all that start with the given one; null when there is none. */
function firstAfter(text: string): string | null {
  const points = [...text]
  while (points.length > 0) {
    const last = (points.pop() as string).codePointAt(0) as number
    // Surrogates are no characters of their own.
    if (last < 0x10ffff) return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1)
  }
  return null
}

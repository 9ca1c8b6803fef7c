// Values as the texts that an answer shows, made where they are stored: reading each of them costs more than spelling it there.
import { SqliteAdapter, sql, type RawBuilder } from 'kysely'
import type { Db } from './database.ts'

/** Fixed texts and values in turn. */
type Part = string | RawBuilder<unknown>

/** The parts as one text; what is null in it is left out. Fixed texts beside each other are joined, since each part costs. */
export function concatenated(parts: readonly Part[]): RawBuilder<string> {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return sql<string>`concat(${sql.join(joined.map((part) => (typeof part === 'string' ? sql.lit(part) : part)))})`
}

/** A text or null as JSON, spelled as `JSON.stringify` does. */
export function quoted(db: Db, text: RawBuilder<unknown>): RawBuilder<string> {
  return isSqlite(db) ? sql<string>`json_quote(${text})` : sql<string>`coalesce(to_json(${text})::text, 'null')`
}

/** A moment in ISO 8601, UTC with milliseconds. SQLite is given days, which it reads without being told that they are none. */
export function isoParts(db: Db, ms: RawBuilder<unknown>): readonly Part[] {
  if (!isSqlite(db)) {
    return [sql`to_char(to_timestamp(${ms} / 1000.0) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`]
  }
  const days = sql`${ms} / 86400000.0 + 2440587.5`
  return [sql`date(${days})`, 'T', sql`time(${days}, 'subsec')`, 'Z']
}

/** A long text in UTF-8: what is only sent on need not be decoded. */
export function inBytes(db: Db, text: RawBuilder<string>): RawBuilder<Uint8Array> {
  return isSqlite(db) ? sql`cast(${text} as blob)` : sql`convert_to(${text}, 'UTF8')`
}

function isSqlite(db: Db): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

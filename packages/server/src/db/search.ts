// Substring search over `search_text` columns, by each database's own index. The caller folds the term first.
import { SqliteAdapter, sql, type ExpressionBuilder, type Expression, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import type { Schema } from './schema.ts'

/** Tables whose rows carry a folded `search_text`. */
export type SearchableTable =
  | 'members'
  | 'tiers'
  | 'channels'
  | 'external_user_groups'
  | 'super_identities'
  | 'external_users'

/** SQLite's trigrams of a table: those of the few that grow large have some. PostgreSQL's are an index like any other. */
const trigramTables: Partial<Record<SearchableTable, string>> = {
  external_users: 'external_user_search',
  super_identities: 'super_identity_search',
}

/** Trigrams asked of the index for one term: enough to be selective, the comparison behind it is exact anyway. */
const trigramsMax = 16

/** `search_text` contains the folded `term`. Wildcards in it are themselves. */
export function contains<T extends SearchableTable>(
  db: Db,
  eb: ExpressionBuilder<Schema, T>,
  table: T,
  term: string,
): Expression<SqlBool> {
  const column = sql.ref(`${table}.search_text`)
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) {
    return sql<SqlBool>`${column} like ${`%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`
  }
  const exact = sql<SqlBool>`instr(${column}, ${term}) > 0`
  const points = [...term]
  const index = trigramTables[table]
  if (index === undefined || points.length < 3) return exact
  const trigrams = points
    .slice(0, trigramsMax + 2)
    .flatMap((_, i) => (i + 3 <= points.length ? [points.slice(i, i + 3)] : []))
  const match = trigrams
    .slice(0, trigramsMax)
    .map((t) => `"${t.join('').replaceAll('"', '""')}"`)
    .join(' AND ')
  // Rows after the mark have no trigrams yet.
  return eb.and([
    sql<SqlBool>`${sql.ref(`${table}.row_key`)} in (
      select rowid from ${sql.table(index)} where ${sql.ref(index)} match ${match}
      union all
      select fresh.row_key from ${sql.table(table)} fresh
        where fresh.row_key > (select row_key from search_marks where name = ${sql.lit(table)})
    )`,
    exact,
  ])
}

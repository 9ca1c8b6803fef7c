// Substring search over `search_text` columns, by each database's own index. The caller folds the term first.
import { SqliteAdapter, sql, type ExpressionBuilder, type Expression, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import { prepared } from './prepared.ts'
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

/** Trigrams asked of the index for one term: enough to be selective, since the comparison behind it is exact anyway. */
const trigramsMax = 16

/** Finding and sorting so many rows takes as long as meeting a page of them on the way through a million. */
const fewMax = 5_000

/** A text that is looked for, as statements hand it to the databases. */
export interface Sought {
  /** Folded. */
  readonly term: string
  /** The same for `like`; wildcards in it are themselves. */
  readonly pattern: string
  /** What SQLite's index is asked for; null where the text is too short for one. */
  readonly trigrams: string | null
  /**
   * How the rows of a page that hold it are come by. Found: by the index of their text, to be sorted then. Met: compared one by one
   * in the order of the list, until there is a page.
   */
  readonly met: boolean
}

export function sought(term: string): Sought {
  const pattern = `%${term.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return { term, pattern, trigrams: trigramsOf(term), met: false }
}

/** How many rows of a table hold a text, as far as that matters. */
const hits = new Map(
  Object.entries(trigramTables).map(([table, index]) => {
    const some = prepared(
      ({ trigrams }: { trigrams: string }) => sql<{ count: number }>`select count(*) as "count" from (
        select 1 from ${sql.table(index)} where ${sql.ref(index)} match ${trigrams} limit ${fewMax + 1}
      ) some`,
    )
    return [table, some]
  }),
)

/** The same in the better way on SQLite, which has no idea how many hold it; PostgreSQL's own statistics tell it. */
export async function soughtIn(db: Db, table: SearchableTable, term: string): Promise<Sought> {
  const all = sought(term)
  const { trigrams } = all
  const count = hits.get(table)
  if (!isSqlite(db) || count === undefined || trigrams === null) return { ...all, met: true }
  const [some] = await count(db, { trigrams })
  return { ...all, met: (some as { count: number }).count > fewMax }
}

/** The same by its index: the better way for whoever counts, since that meets all of them. */
export function byIndex(text: Sought | undefined): Sought | undefined {
  return text && { ...text, met: false }
}

/** `search_text` contains the text. */
export function contains<T extends SearchableTable>(
  db: Db,
  eb: ExpressionBuilder<Schema, T>,
  table: T,
  { term, pattern, trigrams, met }: Sought,
): Expression<SqlBool> {
  const column = sql.ref(`${table}.search_text`)
  if (!isSqlite(db)) return sql<SqlBool>`${column} like ${pattern}`
  const exact = sql<SqlBool>`instr(${column}, ${term}) > 0`
  const index = trigramTables[table]
  if (met || index === undefined || trigrams === null) return exact
  // Rows after the mark have no trigrams yet.
  return eb.and([
    sql<SqlBool>`${sql.ref(`${table}.row_key`)} in (
      select rowid from ${sql.table(index)} where ${sql.ref(index)} match ${trigrams}
      union all
      select fresh.row_key from ${sql.table(table)} fresh
        where fresh.row_key > (select row_key from search_marks where name = ${sql.lit(table)})
    )`,
    exact,
  ])
}

function isSqlite(db: Db): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

/**
 * What to ask the index for: trigrams that cover the term without overlap, but for the last. The others would read as many
 * entries again and leave few out. Null where the term is too short for one.
 */
function trigramsOf(term: string): string | null {
  const points = [...term]
  if (points.length < 3) return null
  const starts = points.slice(2).flatMap((_, i) => (i % 3 === 0 || i === points.length - 3 ? [i] : []))
  const trigrams = starts.slice(0, trigramsMax).map((i) => points.slice(i, i + 3).join(''))
  return trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ')
}

// The trigrams of new rows: written by the hundred, in the commit that finds so many without.
import type { SqliteConnection } from './sqlite-driver.ts'

/** A search compares the texts of so many rows one by one, some tenths of a millisecond; trigrams of more together are hardly cheaper. */
const waitingMax = 512

/** A trigger of each mark indexes the rows that it passes. */
export const MOVE_MARKS = `
  update search_marks set row_key = newest.row_key from (
    select 'external_users' as name, max(row_key) as row_key from external_users
    union all select 'super_identities', max(row_key) from super_identities
  ) newest where newest.name = search_marks.name and newest.row_key >= search_marks.row_key + ${waitingMax}`

/** A database without the product's tables has none. */
export const HAS_MARKS = `select 1 from sqlite_schema where name = 'search_marks'`

/** Call it right before a commit, outside savepoints: at the end of each the index writes what it has gathered. */
export function textIndexer(connection: SqliteConnection): () => void {
  let hasMarks = false
  return () => {
    hasMarks ||= connection.run(HAS_MARKS).rows.length > 0
    if (hasMarks) connection.run(MOVE_MARKS)
  }
}

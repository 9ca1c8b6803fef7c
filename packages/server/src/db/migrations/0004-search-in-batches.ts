// The trigrams of new rows are written by the hundred, not row by row.
import { sql, type Kysely, type Migration } from 'kysely'
import type { Dialect } from './columns.ts'

export function searchInBatches(dialect: Dialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      if (dialect === 'postgres') return
      await sql`create table search_marks (name text primary key, row_key integer not null) strict`.execute(db)
      await markRows(db, 'external_users', 'external_user_search')
      await markRows(db, 'super_identities', 'super_identity_search')
    },
  }
}

/**
 * Rows up to the mark are in the index, those after it are not, and a search reads them as they are. A full-text table
 * writes what it has gathered at every savepoint, so that a row indexed alone becomes a part of the index of its own, to be
 * merged with all others later. Moving the mark indexes every row that it passes in one go.
 */
async function markRows(db: Kysely<unknown>, of: string, named: string) {
  const [owner, index] = [sql.ref(of), sql.ref(named)]
  const trigger = (event: string) => sql.ref(`${of}_search_${event}`)
  const mark = sql`(select row_key from search_marks where name = ${sql.lit(of)})`
  const add = sql`insert into ${index} (rowid, search_text)
      select new.row_key, new.search_text where new.search_text <> '';`
  const remove = sql`insert into ${index} (${index}, rowid, search_text)
      select 'delete', old.row_key, old.search_text where old.search_text <> '';`
  await sql`insert into search_marks select ${sql.lit(of)}, coalesce(max(row_key), 0) from ${owner}`.execute(db)
  for (const event of ['insert', 'update', 'delete']) await sql`drop trigger ${trigger(event)}`.execute(db)
  // The key of the newest row is given again once that row was deleted.
  await sql`create trigger ${trigger('insert')} after insert on ${owner}
    when new.row_key <= ${mark} begin ${add} end`.execute(db)
  await sql`create trigger ${trigger('update')} after update of search_text on ${owner}
    when old.search_text <> new.search_text and old.row_key <= ${mark} begin ${remove} ${add} end`.execute(db)
  await sql`create trigger ${trigger('delete')} after delete on ${owner}
    when old.row_key <= ${mark} begin ${remove} end`.execute(db)
  await sql`create trigger ${sql.ref(`${of}_search_mark`)} after update on search_marks
    when new.name = ${sql.lit(of)} begin
      insert into ${index} (rowid, search_text) select row_key, search_text from ${owner}
        where row_key > old.row_key and row_key <= new.row_key and search_text <> '';
    end`.execute(db)
}

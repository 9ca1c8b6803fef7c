// Whether a table is there: before the first migration none is. The library's own way reads about every column of every table.
import { SqliteAdapter, sql, type Kysely } from 'kysely'

export async function hasTable(db: Kysely<any>, name: string): Promise<boolean> {
  const found =
    db.getExecutor().adapter instanceof SqliteAdapter
      ? sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`
      : sql`select 1 where to_regclass(${name}) is not null`
  return (await found.execute(db)).rows.length > 0
}

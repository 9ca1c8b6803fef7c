// The column types that both databases understand alike.
import { sql, type CreateTableBuilder, type Kysely } from 'kysely'

export type Dialect = 'sqlite' | 'postgres'

/** Text compares and sorts by code point on both: PostgreSQL would follow the locale of the database otherwise. */
export function columnTypes(dialect: Dialect) {
  return dialect === 'sqlite'
    ? { text: sql`text`, integer: sql`integer` }
    : { text: sql`text collate "C"`, integer: sql`bigint` }
}

/** SQLite's strict tables refuse a value of the wrong type, as PostgreSQL always does. */
export function table<Name extends string>(
  db: Kysely<unknown>,
  dialect: Dialect,
  name: Name,
): CreateTableBuilder<Name> {
  const builder = db.schema.createTable(name)
  return dialect === 'sqlite' ? builder.modifyEnd(sql`strict`) : builder
}

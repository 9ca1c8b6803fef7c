// How the database of a test server would go about a statement whose values are not given.
import { sql } from 'kysely'
import pg from 'pg'
import type { TestServer } from './test-server.ts'

/** `small`: the tables are, so that PostgreSQL would read them whole even where an index serves. */
export async function explained(server: TestServer, text: string, { small = false } = {}): Promise<string[]> {
  if (server.database.url.startsWith('sqlite:')) {
    const { rows } = await sql.raw<{ detail: string }>(`explain query plan ${text}`).execute(server.db.read)
    return rows.map(({ detail }) => detail)
  }
  const rows = await command(server, `explain (generic_plan) ${text}`, small ? ['enable_seqscan'] : [])
  return rows.map((row) => row['QUERY PLAN'] as string)
}

/** Over the protocol without parameters, which alone explains a statement whose values are not given. */
export async function command(
  { database }: TestServer,
  text: string,
  off: readonly string[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    for (const setting of off) await client.query(`set ${setting} = off`)
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

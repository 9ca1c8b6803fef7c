// What a list reads: the statements that it runs, where each runs, and how the database goes about it.
import { SqliteAdapter, type RootOperationNode } from 'kysely'
import { expect } from 'vitest'
import type { Database, Db } from '../src/db/database.ts'

/** A page of ten takes a few statements, each of which looks at a handful of rows. */
const rowsReadMax = 250

export interface Read {
  readonly by: 'read' | 'aside'
  readonly text: string
  readonly plan: string
}

/** The database as one that has counted nothing yet, and what is asked of it from then on. */
export function watch(db: Database): { readonly watched: Database; reads(): Promise<Read[]> } {
  const seen: { by: Read['by']; node: RootOperationNode }[] = []
  const watching = (by: Read['by']): Db =>
    db[by].withPlugin({
      transformQuery({ node }) {
        seen.push({ by, node })
        return node
      },
      transformResult: async ({ result }) => result,
    })
  return {
    watched: { ...db, read: watching('read'), aside: watching('aside') },
    async reads() {
      const reads: Read[] = []
      for (const { by, node } of seen) reads.push({ by, ...(await explained(db, node)) })
      return reads
    },
  }
}

async function explained(db: Database, node: RootOperationNode): Promise<{ text: string; plan: string }> {
  const executor = db.read.getExecutor()
  const query = executor.compileQuery(node, { queryId: 'plan' })
  const isSqlite = executor.adapter instanceof SqliteAdapter
  const explain = isSqlite ? 'explain query plan' : 'explain (analyze, costs off, timing off, summary off)'
  const { rows } = await db.read.executeQuery<Record<string, string>>({ ...query, sql: `${explain} ${query.sql}` })
  return { text: query.sql, plan: rows.map((row) => row['detail'] ?? row['QUERY PLAN']).join('\n') }
}

/** Few rows were touched. */
export function expectBounded(plan: string, table: string): void {
  expect(plan).not.toMatch(new RegExp(`SCAN ${table}|Seq Scan on ${table}`))
  const touched = [...plan.matchAll(/actual rows=([\d.]+) loops=(\d+)/g)].map(
    ([, rows, loops]) => Number(rows) * Number(loops),
  )
  expect(Math.max(0, ...touched), plan).toBeLessThanOrEqual(rowsReadMax)
  const removed = [...plan.matchAll(/Rows Removed by Filter: (\d+)/g)].map(([, rows]) => Number(rows))
  expect(Math.max(0, ...removed), plan).toBeLessThanOrEqual(rowsReadMax)
}

/** In the order of an index. What lies between the first and the last value of a page is no more than a page. */
export function expectOrdered(plan: string): void {
  if (!/(\w+)>\? AND \1<\?|\w+ [<>] .* AND \(\w+ [<>] /.test(plan)) expect(plan).not.toMatch(/TEMP B-TREE|Sort/)
}

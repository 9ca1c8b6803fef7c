// How SQLite reads what a statement asks for.
import type { CompiledQuery, RootOperationNode } from 'kysely'
import type { Database, Db } from '../src/db/database.ts'
import { StandIn } from '../src/db/stand-in.ts'

/** The lines of the plans of every statement that `use` runs. */
export async function plansOf(db: Database, use: (watched: Db) => Promise<unknown>): Promise<string[]> {
  const nodes: RootOperationNode[] = []
  const watched = db.read.withPlugin({
    transformQuery({ node }) {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  await use(watched)
  const details: string[] = []
  for (const node of nodes) {
    const query = db.read.getExecutor().compileQuery(node, { queryId: 'plan' })
    const explained: CompiledQuery<{ detail: string }> = {
      ...query,
      sql: `explain query plan ${query.sql}`,
      // A statement that is kept was built without its values, and its plan does not depend on them.
      parameters: query.parameters.map((value) => (value instanceof StandIn ? null : value)),
    }
    const { rows } = await db.read.executeQuery(explained)
    details.push(...rows.map(({ detail }) => detail))
  }
  return details
}

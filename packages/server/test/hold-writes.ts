// Keeps a server's writes waiting in the middle of themselves, as a slow disk or a long transaction would.
import { sql } from 'kysely'
import type { TestServer } from './test-server.ts'

/** While `work` runs, no request can store its answer to an idempotency key; afterwards all go on. */
export async function holdingWrites<T>(server: TestServer, work: () => Promise<T>): Promise<T> {
  let outcome: Promise<T> | undefined
  await server.db.write(async (tx) => {
    // SQLite has one writer at a time: being in a transaction is holding it.
    if (!server.database.url.startsWith('sqlite:'))
      await sql`lock table idempotency_records in access exclusive mode`.execute(tx)
    outcome = work()
    await outcome
  })
  return outcome as Promise<T>
}

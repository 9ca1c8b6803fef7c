// Fingerprints for external users from before there were any: until they have one, no block of an identifier reaches them.
import { sql } from 'kysely'
import type { Database, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { fingerprint } from '../../lib/fingerprint.ts'

/** Filled in one transaction: short enough for other writers to wait. */
const batchMax = 500

/** A migration cannot do it, for it needs the instance secret. Interrupted, it goes on at the next start. */
export async function fillFingerprints(db: Database, key: Buffer): Promise<void> {
  while ((await db.write((tx) => fillBatch(tx, key))) === batchMax);
}

async function fillBatch(tx: Tx, key: Buffer): Promise<number> {
  const users = await tx
    .selectFrom('external_users as u')
    .innerJoin('channels as c', (j) =>
      j.onRef('c.workspace_id', '=', 'u.workspace_id').onRef('c.id', '=', 'u.channel_id'),
    )
    .select(['u.workspace_id', 'u.id', 'u.identifier_canonical', 'c.identifier_kind'])
    .where('u.identifier_fingerprint', 'is', null)
    .where('u.identifier_canonical', 'is not', null)
    .limit(batchMax)
    .execute()
  if (users.length === 0) return 0
  const rows = listed(users).map(({ workspace_id, id, identifier_canonical, identifier_kind }) => {
    const canonical = identifier_canonical as string
    return sql`(${workspace_id}, ${id}, ${canonical}, ${fingerprint(key, workspace_id, identifier_kind, canonical)})`
  })
  // Compared once more: a node that serves already may have changed it.
  await sql`
    update external_users set identifier_fingerprint = filled.column4
    from (values ${sql.join(rows)}) as filled
    where external_users.workspace_id = filled.column1 and external_users.id = filled.column2
      and external_users.identifier_canonical = filled.column3`.execute(tx)
  return users.length
}

// Statements on signing keys. They belong to the instance, not to a workspace.
import type { Insertable, Selectable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import type { SigningKeyTable } from '../../db/schema.ts'

export type SigningKeyRow = Selectable<SigningKeyTable>

export async function insertSigningKey(tx: Tx, key: Insertable<SigningKeyTable>): Promise<void> {
  await tx.insertInto('signing_keys').values(key).execute()
}

/** Says until when every key that is in force now stays published. */
export async function retireSigningKeys(tx: Tx, publishedUntil: number): Promise<void> {
  await tx
    .updateTable('signing_keys')
    .set({ published_until: publishedUntil })
    .where('published_until', 'is', null)
    .execute()
}

/** When the newest key began, or will begin, to sign. */
export async function findLatestSignsFrom(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('signing_keys')
    .select((eb) => eb.fn.max('signs_from').as('latest'))
    .executeTakeFirst()
  return row?.latest ?? null
}

/** The keys that verifiers may still meet, the newest last. */
export async function listPublishedKeys(db: Db, now: number): Promise<SigningKeyRow[]> {
  return db
    .selectFrom('signing_keys')
    .selectAll()
    .where((eb) => eb.or([eb('published_until', 'is', null), eb('published_until', '>', now)]))
    .orderBy('signs_from')
    .orderBy('kid')
    .execute()
}

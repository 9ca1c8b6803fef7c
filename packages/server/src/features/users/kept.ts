// Statements that keep the list of users: whoever writes a member or a known person writes its copy here as well.
import type { Insertable } from 'kysely'
import type { Tx } from '../../db/database.ts'
import { insertMany } from '../../db/insert-many.ts'
import type { UserCountTable, UserTable } from '../../db/schema.ts'
import { addedTo } from './counts.ts'

export type KeptUser = Insertable<UserTable>

/**
 * Call it with the member or the person locked, or new, and before `countReferral` in the same transaction: the part comes
 * before the workspace's row, so that nobody waits for the two in another order.
 */
export async function putUser(tx: Tx, user: KeptUser): Promise<void> {
  const { workspace_id, id, kind, ...shown } = user
  const known = await tx
    .updateTable('users')
    .set(shown)
    .where('workspace_id', '=', workspace_id)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  if (!known) await tx.insertInto('users').values(user).execute()
  await addToCounts(tx, addedTo([user], known ? 0 : 1))
}

/** The same for many that are new. */
export async function insertUsers(tx: Tx, users: readonly KeptUser[]): Promise<void> {
  await insertMany(tx, 'users', users)
  await addToCounts(tx, addedTo(users, 1))
}

/** Somebody who is a member no longer, or of whom nothing is known. */
export async function deleteUser(tx: Tx, user: Pick<KeptUser, 'workspace_id' | 'id' | 'kind'>): Promise<void> {
  const deleted = await tx
    .deleteFrom('users')
    .where('workspace_id', '=', user.workspace_id)
    .where('id', '=', user.id)
    .returning('id')
    .executeTakeFirst()
  if (deleted) await addToCounts(tx, addedTo([user], -1))
}

async function addToCounts(tx: Tx, added: readonly UserCountTable[]): Promise<void> {
  await tx
    .insertInto('user_counts')
    .values([...added])
    .onConflict((c) =>
      c.columns(['workspace_id', 'kind', 'part']).doUpdateSet((eb) => ({
        count: eb('user_counts.count', '+', eb.ref('excluded.count')),
        revision: eb('user_counts.revision', '+', 1),
      })),
    )
    .execute()
}

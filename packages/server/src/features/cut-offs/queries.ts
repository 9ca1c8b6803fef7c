// Cut-offs: numbers of one rising sequence per workspace. A token issued under a lower number than one that reaches it is dead.
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import type { CutOffTable } from '../../db/schema.ts'

export interface CutOff {
  readonly reach: CutOffTable['reach']
  readonly subjectId: string
  readonly now: number
}

/** Ends every token that the reach covers; those issued after the transaction live. */
export async function insertCutOff(tx: Tx, workspaceId: string, cutOff: CutOff): Promise<number> {
  return insertCutOffs(tx, workspaceId, [cutOff])
}

/** The same for several subjects at once, none of them twice; answers the highest number given. */
export async function insertCutOffs(tx: Tx, workspaceId: string, cutOffs: readonly CutOff[]): Promise<number> {
  const last = await nextNumber(tx, workspaceId, cutOffs.length)
  await tx
    .insertInto('cut_offs')
    .values(
      cutOffs.map(({ reach, subjectId, now }, i) => ({
        workspace_id: workspaceId,
        subject_id: subjectId,
        reach,
        number: last - cutOffs.length + 1 + i,
        created_at: now,
      })),
    )
    .onConflict((c) =>
      c.columns(['workspace_id', 'subject_id']).doUpdateSet((eb) => ({
        number: eb.ref('excluded.number'),
        created_at: eb.ref('excluded.created_at'),
      })),
    )
    .execute()
  return last
}

/** Ends one token. False when it is ended already. */
export async function insertRevokedToken(
  tx: Tx,
  workspaceId: string,
  { jti, expiresAt, now }: { jti: string; expiresAt: number; now: number },
): Promise<boolean> {
  // Looked for first, because a number that nothing needs would make every verifier ask for a new statement.
  const known = await tx
    .selectFrom('revoked_tokens')
    .select('jti')
    .where('workspace_id', '=', workspaceId)
    .where('jti', '=', jti)
    .executeTakeFirst()
  if (known) return false
  const number = await nextNumber(tx, workspaceId, 1)
  const row = await tx
    .insertInto('revoked_tokens')
    .values({ workspace_id: workspaceId, jti, number, expires_at: expiresAt, created_at: now })
    .onConflict((c) => c.doNothing())
    .returning('number')
    .executeTakeFirst()
  return row !== undefined
}

/** The last of so many numbers. Raising the counter locks the workspace's row, so they are given in the order of commits. */
async function nextNumber(tx: Tx, workspaceId: string, count: number): Promise<number> {
  const { cut_off_count } = await tx
    .updateTable('workspaces')
    .set((eb) => ({ cut_off_count: eb('cut_off_count', '+', count) }))
    .where('id', '=', workspaceId)
    .returning('cut_off_count')
    .executeTakeFirstOrThrow()
  publish(tx, 'revocations', workspaceId)
  return cut_off_count
}

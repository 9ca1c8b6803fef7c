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
export async function insertCutOff(tx: Tx, workspaceId: string, { reach, subjectId, now }: CutOff): Promise<number> {
  const number = await nextNumber(tx, workspaceId)
  await tx
    .insertInto('cut_offs')
    .values({ workspace_id: workspaceId, subject_id: subjectId, reach, number, created_at: now })
    .onConflict((c) => c.columns(['workspace_id', 'subject_id']).doUpdateSet({ number, created_at: now }))
    .execute()
  return number
}

/** Ends one token. False when it is ended already. */
export async function insertRevokedToken(
  tx: Tx,
  workspaceId: string,
  { jti, expiresAt, now }: { jti: string; expiresAt: number; now: number },
): Promise<boolean> {
  const number = await nextNumber(tx, workspaceId)
  const row = await tx
    .insertInto('revoked_tokens')
    .values({ workspace_id: workspaceId, jti, number, expires_at: expiresAt, created_at: now })
    .onConflict((c) => c.doNothing())
    .returning('number')
    .executeTakeFirst()
  return row !== undefined
}

/** Raising the counter locks the workspace's row, so numbers are given in the order of the commits. */
async function nextNumber(tx: Tx, workspaceId: string): Promise<number> {
  const { cut_off_count } = await tx
    .updateTable('workspaces')
    .set((eb) => ({ cut_off_count: eb('cut_off_count', '+', 1) }))
    .where('id', '=', workspaceId)
    .returning('cut_off_count')
    .executeTakeFirstOrThrow()
  publish(tx, 'revocations', workspaceId)
  return cut_off_count
}

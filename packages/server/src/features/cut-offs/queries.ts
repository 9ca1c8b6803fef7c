// Cut-offs: numbers of one rising sequence per workspace. A token issued under a lower number than one that reaches it is dead.
import type { Tx } from '../../db/database.ts'
import type { CutOffTable } from '../../db/schema.ts'

export interface CutOff {
  readonly reach: CutOffTable['reach']
  readonly subjectId: string
  readonly now: number
}

/** Ends every token that the reach covers; those issued after the transaction live. */
export async function insertCutOff(tx: Tx, workspaceId: string, { reach, subjectId, now }: CutOff): Promise<number> {
  // Raising the counter locks the workspace's row: cut-offs of one workspace are ordered by it.
  const { cut_off_count: number } = await tx
    .updateTable('workspaces')
    .set((eb) => ({ cut_off_count: eb('cut_off_count', '+', 1) }))
    .where('id', '=', workspaceId)
    .returning('cut_off_count')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('cut_offs')
    .values({ workspace_id: workspaceId, subject_id: subjectId, reach, number, created_at: now })
    .onConflict((c) => c.columns(['workspace_id', 'subject_id']).doUpdateSet({ number, created_at: now }))
    .execute()
  return number
}

// Statements on the fingerprints of blocked identifiers, and on what they reach.
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'

/** Which blocks an identifier's form belongs to, and since when. */
export async function listFingerprintBlocks(db: Db, workspaceId: string, fingerprint: string) {
  return db
    .selectFrom('block_fingerprints')
    .select(['block_id', 'created_at'])
    .where('workspace_id', '=', workspaceId)
    .where('fingerprint', '=', fingerprint)
    .orderBy('block_id')
    .execute()
}

export interface BlockForm {
  readonly blockId: string
  readonly fingerprint: string
}

/** Three bound values and the time each: far below what a statement may bind. */
const formsAtOnce = 500

/** Answers the fingerprints that are new for their block. */
export async function insertFingerprints(
  tx: Tx,
  workspace_id: string,
  forms: readonly BlockForm[],
  created_at: number,
): Promise<string[]> {
  const fresh: string[] = []
  for (let first = 0; first < forms.length; first += formsAtOnce) {
    const values = forms
      .slice(first, first + formsAtOnce)
      .map(({ blockId: block_id, fingerprint }) => ({ workspace_id, fingerprint, block_id, created_at }))
    const rows = await tx
      .insertInto('block_fingerprints')
      .values(values)
      .onConflict((c) => c.doNothing())
      .returning('fingerprint')
      .execute()
    fresh.push(...rows.map((row) => row.fingerprint))
  }
  return fresh
}

/** The external users whose identifier a block of identifiers reaches. */
export async function findUsersByFingerprint(
  tx: Tx,
  workspaceId: string,
  fingerprints: readonly string[],
  channelId: string | null,
): Promise<string[]> {
  const ids: string[] = []
  for (let first = 0; first < fingerprints.length; first += formsAtOnce) {
    const rows = await tx
      .selectFrom('external_users')
      .select('id')
      .where('workspace_id', '=', workspaceId)
      .where('identifier_fingerprint', 'in', listed(fingerprints.slice(first, first + formsAtOnce)))
      .$if(channelId !== null, (q) => q.where('channel_id', '=', channelId as string))
      .execute()
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

/** The blocks of identifiers on one channel, or on every channel, that are not lifted; one that ended by the clock does no harm. */
export async function listIdentifierBlocks(
  tx: Tx,
  workspaceId: string,
  channelId: string | null,
): Promise<{ id: string; identifier: string }[]> {
  const rows = await tx
    .selectFrom('blocks')
    .select(['id', 'identifier'])
    .where('workspace_id', '=', workspaceId)
    .where('reach', '=', 'identifier')
    .where('lifted_at', 'is', null)
    .where((eb) => (channelId === null ? eb('channel_id', 'is', null) : eb('channel_id', '=', channelId)))
    .where('identifier', 'is not', null)
    .execute()
  return rows as { id: string; identifier: string }[]
}

// Statements on API keys and their secrets. Only hashes of secrets are here.
import type { Insertable } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import { resourceTable, type Conditions, type Row } from '../../db/resource-table.ts'
import type { ApiKeySecretTable } from '../../db/schema.ts'

export type ApiKeyRow = Row<'api_keys'>

export const apiKeys = resourceTable('api_keys')

export function apiKeysMatching(ids: readonly string[]): Conditions<'api_keys'> {
  return (eb) => (ids.length > 0 ? [eb('id', 'in', listed(ids))] : [])
}

export async function insertSecret(tx: Tx, secret: Insertable<ApiKeySecretTable>): Promise<void> {
  await tx.insertInto('api_key_secrets').values(secret).execute()
}

/** The current secret goes on until `until`; one that a former rotation left behind ends now. */
export async function updateSecretsForRotation(tx: Tx, key: ApiKeyRow, until: number): Promise<void> {
  await tx
    .deleteFrom('api_key_secrets')
    .where('workspace_id', '=', key.workspace_id)
    .where('api_key_id', '=', key.id)
    .where('expires_at', 'is not', null)
    .execute()
  await tx
    .updateTable('api_key_secrets')
    .set({ expires_at: until })
    .where('workspace_id', '=', key.workspace_id)
    .where('api_key_id', '=', key.id)
    .execute()
}

/** Prefixes of the current secrets, by key id. */
export async function findPrefixes(db: Db, workspaceId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('api_key_secrets')
    .select(['api_key_id', 'prefix'])
    .where('workspace_id', '=', workspaceId)
    .where('api_key_id', 'in', listed(ids))
    .where('expires_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.api_key_id, row.prefix]))
}

/** The key behind a secret's hash, with when this secret ends. Not by workspace: the key is what tells it. */
export async function findKeyBySecret(db: Db, secretHash: string) {
  return db
    .selectFrom('api_key_secrets as s')
    .innerJoin('api_keys as k', (j) =>
      j.onRef('k.workspace_id', '=', 's.workspace_id').onRef('k.id', '=', 's.api_key_id'),
    )
    .select([
      'k.workspace_id',
      'k.id',
      'k.scopes',
      'k.expires_at',
      'k.revoked_at',
      'k.last_used_at',
      's.expires_at as secret_expires_at',
    ])
    .where('s.secret_hash', '=', secretHash)
    .executeTakeFirst()
}

/** Not a change of the key: no version, no event. Stays as it is when another process noted a use after `unless`. */
export async function updateLastUsed(
  tx: Tx,
  { workspaceId, id }: { workspaceId: string; id: string },
  now: number,
  unless: number,
): Promise<void> {
  await tx
    .updateTable('api_keys')
    .set({ last_used_at: now })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', unless)]))
    .execute()
}

// Statements on trusted issuers.
import type { Db } from '../../db/database.ts'
import { resourceTable, type Row } from '../../db/resource-table.ts'

export type TrustedIssuerRow = Row<'trusted_issuers'>

export const trustedIssuers = resourceTable('trusted_issuers')

/** The issuer of this name that the workspace trusts. */
export async function findTrustedIssuer(
  db: Db,
  workspaceId: string,
  issuer: string,
): Promise<TrustedIssuerRow | undefined> {
  return db
    .selectFrom('trusted_issuers')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('issuer', '=', issuer)
    .executeTakeFirst()
}

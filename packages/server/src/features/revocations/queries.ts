// What offline verifiers must know of, read in one statement.
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { CutOffTable } from '../../db/schema.ts'

export interface RevocationEntry {
  readonly kind: CutOffTable['reach'] | 'token'
  /** The id of what is cut off, or the token's `jti`. */
  readonly subject: string
  readonly number: number
  readonly created_at: number
}

export interface RevocationHead {
  /** The highest number given in the workspace. */
  readonly cursor: number
  readonly token_audience: string | null
  readonly first_workspace_id: string
}

/** No entry up to the cursor is missing but for the limit. */
export interface Revocations extends RevocationHead {
  /** In the order of their numbers. */
  readonly entries: readonly RevocationEntry[]
}

export interface RevocationFilter {
  /** Only higher numbers. */
  readonly since: number
  readonly cutOffsAfter: number
  readonly tokensExpireAfter: number
  readonly limit: number
}

type Row = Omit<Revocations, 'entries'> & (RevocationEntry | { readonly kind: null })

/** Changes with every entry. */
export async function findRevocationHead(db: Db, workspaceId: string): Promise<RevocationHead> {
  const { rows } = await sql<RevocationHead>`
    select cut_off_count as cursor, token_audience, (select first_workspace_id from instance) as first_workspace_id
    from workspaces where id = ${workspaceId}
  `.execute(db)
  return rows[0] as RevocationHead
}

/**
 * Counter and entries come from one statement and so from one snapshot: in two, a commit between them would give a cursor
 * that covers an entry which is not there, and a verifier that goes on from it would never hear of it.
 */
export async function findRevocations(
  db: Db,
  workspaceId: string,
  { since, cutOffsAfter, tokensExpireAfter, limit }: RevocationFilter,
): Promise<Revocations> {
  const { rows } = await sql<Row>`
    select w.cut_off_count as cursor, w.token_audience, (select first_workspace_id from instance) as first_workspace_id,
      e.kind, e.subject, e.number, e.created_at
    from workspaces w left join (
      select a.kind, a.subject, a.number, a.created_at from (
        select x.reach as kind, x.subject_id as subject, x.number, x.created_at from cut_offs x
          where x.workspace_id = ${workspaceId} and x.number > ${since} and x.created_at > ${cutOffsAfter}
        union all
        select 'token', t.jti, t.number, t.created_at from revoked_tokens t
          where t.workspace_id = ${workspaceId} and t.number > ${since} and t.expires_at > ${tokensExpireAfter}
      ) a order by a.number limit ${limit}
    ) e on true
    where w.id = ${workspaceId}
    order by e.number
  `.execute(db)
  const { cursor, token_audience, first_workspace_id } = rows[0] as Row
  return { cursor, token_audience, first_workspace_id, entries: rows.filter((row) => row.kind !== null) }
}

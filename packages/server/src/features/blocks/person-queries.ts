// Statements on the blocks that reach persons: what reviewers see, as against what refuses one account at the door.
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { listed } from '../../db/page.ts'
import type { Row } from '../../db/resource-table.ts'

/** `cross join`: not every database begins with the person unless the order of tables is binding. */
const live = (now: number) => sql`b.lifted_at is null and (b.ends_at is null or b.ends_at > ${now})`

/** A person, and the fingerprints of every form of its addresses and numbers. */
export interface BlockedPerson {
  readonly superIdentityId: string
  readonly fingerprints: readonly string[]
}

/** The blocks in force that reach the person, any of its accounts or one of the forms; the latest first. */
export async function listBlocksOnPerson(
  db: Db,
  workspaceId: string,
  { superIdentityId, fingerprints }: BlockedPerson,
  { now, limit }: { now: number; limit: number },
): Promise<Row<'blocks'>[]> {
  const accounts = sql`u.workspace_id = ${workspaceId} and u.super_identity_id = ${superIdentityId}`
  const ids = sql<string>`(
    select id from blocks where workspace_id = ${workspaceId} and super_identity_id = ${superIdentityId}
    union all
    select b.id from external_users u cross join blocks b
      where ${accounts} and b.workspace_id = u.workspace_id and b.external_user_id = u.id
    union all
    select b.id from external_users u cross join block_fingerprints f cross join blocks b
      where ${accounts} and f.workspace_id = u.workspace_id and f.fingerprint = u.identifier_fingerprint
        and b.workspace_id = f.workspace_id and b.id = f.block_id
        and (b.channel_id is null or b.channel_id = u.channel_id)
    union all
    select block_id from block_fingerprints
      where workspace_id = ${workspaceId} and fingerprint in (${sql.join(listedOrNone(fingerprints))})
  )`
  const { rows } = await sql<Row<'blocks'>>`
    select b.* from blocks b where b.workspace_id = ${workspaceId} and b.id in ${ids} and ${live(now)}
    order by b.created_at + 0 desc, b.id limit ${limit}
  `.execute(db)
  return rows
}

/** An address in the form that e-mail channels compare, and whose it is. */
export interface HeldForm {
  readonly superIdentityId: string
  readonly fingerprint: string
}

/** Which of these persons a block in force reaches, by itself, by an account or by an address that it holds. */
export async function findBlockedPersons(
  db: Db,
  workspaceId: string,
  { personIds, held }: { personIds: readonly string[]; held: readonly HeldForm[] },
  now: number,
): Promise<ReadonlySet<string>> {
  if (personIds.length === 0) return new Set()
  const persons = sql.join(listed(personIds))
  const accounts = sql`u.workspace_id = ${workspaceId} and u.super_identity_id in (${persons})`
  const { rows } = await sql<{ person: string | null; fingerprint: string | null }>`
    select b.super_identity_id as person, null as fingerprint from blocks b
      where b.workspace_id = ${workspaceId} and b.super_identity_id in (${persons}) and ${live(now)}
    union all
    select u.super_identity_id, null from external_users u cross join blocks b
      where ${accounts} and b.workspace_id = u.workspace_id and b.external_user_id = u.id and ${live(now)}
    union all
    select u.super_identity_id, null
      from external_users u cross join block_fingerprints f cross join blocks b
      where ${accounts} and f.workspace_id = u.workspace_id and f.fingerprint = u.identifier_fingerprint
        and b.workspace_id = f.workspace_id and b.id = f.block_id and ${live(now)}
        and (b.channel_id is null or b.channel_id = u.channel_id)
    union all
    select null, f.fingerprint from block_fingerprints f cross join blocks b
      where f.workspace_id = ${workspaceId}
        and f.fingerprint in (${sql.join(listedOrNone(held.map(({ fingerprint }) => fingerprint)))})
        and b.workspace_id = f.workspace_id and b.id = f.block_id and ${live(now)}
  `.execute(db)
  const forms = new Set(rows.map(({ fingerprint }) => fingerprint))
  const holders = held.filter(({ fingerprint }) => forms.has(fingerprint)).map((one) => one.superIdentityId)
  return new Set([...rows.flatMap(({ person }) => person ?? []), ...holders])
}

/** No fingerprint is empty, so this one is nobody's. */
function listedOrNone(fingerprints: readonly string[]): string[] {
  return listed(fingerprints.length === 0 ? [''] : fingerprints)
}

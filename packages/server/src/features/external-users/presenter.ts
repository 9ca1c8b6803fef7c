// An external user as the contract shows it: exactly the published fields.
import type { ExternalUser } from '@narthex/contract'
import { LRUCache } from 'lru-cache'
import { iso } from '../../lib/clock.ts'
import type { ShownRow } from './queries.ts'

/** `blocked` tells of every block in force that reaches the account, not only of its own. */
export function presentExternalUser(row: Omit<ShownRow, 'version'>, blocked: boolean): ExternalUser {
  const createdAt = iso(row.created_at)
  return {
    blocked,
    id: row.id,
    createdAt,
    updatedAt: row.updated_at === row.created_at ? createdAt : iso(row.updated_at),
    channelId: row.channel_id,
    externalId: row.external_id,
    externalUserGroupId: row.external_user_group_id,
    identifier: row.identifier,
    name: row.name,
    superIdentityId: row.super_identity_id,
    tierId: row.tier_id,
    workspaceId: row.workspace_id,
  }
}

/** A version of an account, which reads alike as long as versions only rise, whichever process wrote it. */
interface Text {
  readonly version: number
  /** Everything but `blocked`, which changes without a new version. */
  readonly rest: string
}

/** Some 6 MB when full: the people who come back. */
const texts = new LRUCache<string, Text>({ max: 10_000 })

/** How often something was forgotten: who read before that may still be about to keep what was read. */
let forgotten = 0

export function timesForgotten(): number {
  return forgotten
}

/** Without an id all of them. */
export function forgetTexts(id?: string): void {
  forgotten += 1
  if (id === undefined) texts.clear()
  else texts.delete(id)
}

export function isTextKept(id: string): boolean {
  return texts.has(id)
}

/**
 * The JSON of one account. Its text is kept only where it will soon be asked for again: whatever is kept once and never shown again
 * costs the garbage collector more than making it did.
 */
export function presentAsJson(row: ShownRow, blocked: boolean, keep = false): string {
  const known = texts.get(row.id)
  const text = known?.version === row.version ? known : newText(row)
  if (keep && text !== known) texts.set(row.id, text)
  return `{"blocked":${blocked},${text.rest}`
}

function newText(row: ShownRow): Text {
  const rest = JSON.stringify(presentExternalUser(row, false)).slice('{"blocked":false,'.length)
  return { version: row.version, rest }
}

// An external user as the contract shows it: exactly the published fields.
import type { ExternalUser } from '@narthex/contract'
import { LRUCache } from 'lru-cache'
import { iso } from '../../lib/clock.ts'
import type { Listed, ShownRow } from './queries.ts'

/** `blocked` tells of every block in force that reaches the account, not only of its own. */
export function presentExternalUser(row: Omit<ShownRow, 'version'>, blocked: boolean): ExternalUser {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    blocked,
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

interface Text {
  readonly version: number
  /** Everything but `blocked`, which changes without a new version. */
  readonly rest: string
}

/** Some 6 MB when full: the pages that consoles and integrators look at again and again, and the people who come back. */
const texts = new LRUCache<string, Text>({ max: 10_000 })

/** Whose text is not at hand: a version of an account reads alike for ever, whichever process wrote it. */
export function withoutText(page: readonly Listed[]): string[] {
  return page.filter(({ id, version }) => texts.get(id)?.version !== version).map(({ id }) => id)
}

/** The JSON of one account. */
export function presentAsJson(row: ShownRow, blocked: boolean): string {
  let text = texts.get(row.id)
  if (text?.version !== row.version) {
    text = textOf(row)
    texts.set(row.id, text)
  }
  return `{"blocked":${blocked},${text.rest}`
}

/** The JSON of a page. `fresh` are the accounts that were without text. */
export function presentPage(page: readonly Listed[], fresh: readonly ShownRow[]): string {
  const made = new Map(fresh.map((row) => [row.id, textOf(row)]))
  const shown = page.map(({ id, blocked }) => `{"blocked":${blocked},${(made.get(id) ?? texts.get(id))?.rest}`)
  for (const [id, text] of made) texts.set(id, text)
  return `[${shown.join()}]`
}

function textOf(row: ShownRow): Text {
  const { blocked: _, ...rest } = presentExternalUser(row, false)
  return { version: row.version, rest: JSON.stringify(rest).slice(1) }
}

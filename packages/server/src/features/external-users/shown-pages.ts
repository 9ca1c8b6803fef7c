// Pages of external users as they were shown before, and the text of each version of an account.
import { LRUCache } from 'lru-cache'
import type { Database } from '../../db/database.ts'
import type { Place } from '../../db/page.ts'
import { presentVersion } from './presenter.ts'
import { findExternalUsers, type ExternalUserRow } from './queries.ts'

type Text = Pick<ExternalUserRow, 'version' | 'created_at'> & { readonly json: string }

/** `next`: where the next page begins. */
type ShownPage = { readonly json: string; readonly next: Place | null }

const createMemory = () => ({
  /** Some 6 MB when full: a version of an account reads alike for ever, whichever process wrote it. */
  texts: new LRUCache<string, Text>({ max: 10_000 }),
  /** Some 8 MB when full: the pages that consoles and integrators look at again and again, by what they list. */
  pages: new LRUCache<string, ShownPage>({
    maxSize: 4_000_000,
    sizeCalculation: ({ json }, key) => json.length + key.length,
  }),
})

const memories = new WeakMap<Database, ReturnType<typeof createMemory>>()

/** The page that `lines` of `listExternalUsers` tell of. */
export async function showPage(db: Database, workspaceId: string, lines: string, size: number): Promise<ShownPage> {
  const { texts, pages } = memories.get(db) ?? createMemory()
  memories.set(db, { texts, pages })
  const key = `${size} ${lines}`
  const kept = pages.get(key)
  if (kept) return kept
  const listed = lines.split(',').filter(Boolean)
  const rows = listed.slice(0, size).map(toListed)
  const known = new Map(rows.map(({ id }) => [id, texts.get(id)]))
  const unknown = rows.filter(({ id, version }) => known.get(id)?.version !== version).map(({ id }) => id)
  for (const row of await findExternalUsers(db.read, workspaceId, unknown)) {
    const text = { version: row.version, created_at: row.created_at, json: presentVersion(row) }
    known.set(row.id, text)
    texts.set(row.id, text)
  }
  const shown = rows.map((row) => ({ ...row, text: known.get(row.id) as Text }))
  const last = listed.length > size ? shown.at(-1) : undefined
  const page: ShownPage = {
    json: `[${shown.map(({ blocked, text }) => `{"blocked":${blocked},${text.json}`).join()}]`,
    next: last ? { createdAt: last.text.created_at, id: last.id } : null,
  }
  // An account that was changed between the two statements is shown as it is now, which is not what the lines say.
  if (shown.every(({ version, text }) => text.version === version)) pages.set(key, page)
  return page
}

function toListed(line: string) {
  const [id, version] = line.split(/[ !]/) as [string, string]
  return { id, version: Number(version), blocked: line.includes('!') }
}

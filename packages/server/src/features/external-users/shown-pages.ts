// Pages of external users as they were shown before.
import { LRUCache } from 'lru-cache'
import type { Place } from '../../db/page.ts'
import { newText, textAtHand, texts, withBlocked, type Text } from './presenter.ts'
import type { ShownRow } from './queries.ts'

interface ShownPage {
  /** Bytes, because measuring and encoding so long a text costs more than finding what it tells. */
  readonly json: Buffer
  /** Where the next page begins. */
  readonly next: Place | null
}

/** Some 8 MB when full: the pages that consoles and integrators look at again and again, by what they list. */
const pages = new LRUCache<string, ShownPage>({
  maxSize: 4_000_000,
  sizeCalculation: ({ json }, key) => json.length + key.length,
})

/**
 * The page that `lines` of `listExternalUsers` tell of; `find` reads the accounts whose text is not at hand. Those of a first page are
 * kept, since it is looked at again while people come in; whoever walks on seldom comes back.
 */
export async function showPage(
  lines: string,
  { size, isFirst }: { readonly size: number; readonly isFirst: boolean },
  find: (ids: readonly string[]) => Promise<readonly ShownRow[]>,
): Promise<ShownPage> {
  const key = `${size} ${lines}`
  const kept = pages.get(key)
  if (kept) return kept
  const listed = lines.split(',').filter(Boolean)
  const rows = listed.slice(0, size).map(toListed)
  const known = new Map(rows.map((row) => [row.id, textAtHand(row)]))
  const unknown = rows.filter(({ id }) => !known.get(id)).map(({ id }) => id)
  for (const row of await find(unknown)) known.set(row.id, newText(row, isFirst))
  const shown = rows.map((row) => ({ ...row, text: known.get(row.id) as Text }))
  const last = listed.length > size ? shown.at(-1) : undefined
  const page: ShownPage = {
    json: Buffer.from(`[${shown.map(({ blocked, text }) => withBlocked(text, blocked)).join()}]`),
    next: last ? { createdAt: last.text.createdAt, id: last.id } : null,
  }
  // An account that was changed between the two statements is shown as it is now, which is not what the lines say.
  if (shown.every(({ version, text }) => text.version === version)) pages.set(key, page)
  return page
}

/** Nothing would show an erased account as it was, and memory keeps it no longer either. */
export function forgetShown(id: string): void {
  texts.delete(id)
  for (const lines of pages.keys()) if (lines.includes(id)) pages.delete(lines)
}

/** The database may be another one than before: what is lost had versions that stand for something else now. */
export function forgetAllShown(): void {
  texts.clear()
  pages.clear()
}

function toListed(line: string) {
  const [id, version] = line.split(/[ !]/) as [string, string]
  return { id, version: Number(version), blocked: line.includes('!') }
}

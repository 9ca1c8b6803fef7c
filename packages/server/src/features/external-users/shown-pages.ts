// Pages of external users as they were shown before, and the text of each version of an account.
import { LRUCache } from 'lru-cache'
import type { Place } from '../../db/page.ts'
import { presentVersion } from './presenter.ts'
import type { ExternalUserRow } from './queries.ts'

type Text = Pick<ExternalUserRow, 'version' | 'created_at'> & { readonly json: string }

interface ShownPage {
  readonly json: string
  /** Where the next page begins. */
  readonly next: Place | null
}

/** Some 6 MB when full: a version of an account reads alike for ever, whichever process wrote it. */
const texts = new LRUCache<string, Text>({ max: 10_000 })

/** Some 8 MB when full: the pages that consoles and integrators look at again and again, by what they list. */
const pages = new LRUCache<string, ShownPage>({
  maxSize: 4_000_000,
  sizeCalculation: ({ json }, key) => json.length + key.length,
})

/** The page that `lines` of `listExternalUsers` tell of; `find` reads the accounts whose text is not at hand. */
export async function showPage(
  lines: string,
  size: number,
  find: (ids: readonly string[]) => Promise<readonly ExternalUserRow[]>,
): Promise<ShownPage> {
  const key = `${size} ${lines}`
  const kept = pages.get(key)
  if (kept) return kept
  const listed = lines.split(',').filter(Boolean)
  const rows = listed.slice(0, size).map(withText)
  const fresh = await find(rows.filter(({ text }) => !text).map(({ id }) => id))
  const made = new Map<string, Text>(fresh.map((row) => [row.id, textOf(row)]))
  const shown = rows.map((row) => ({ ...row, text: row.text ?? (made.get(row.id) as Text) }))
  for (const [id, text] of made) texts.set(id, text)
  const last = listed.length > size ? shown.at(-1) : undefined
  const page: ShownPage = {
    json: `[${shown.map(({ blocked, text }) => `{"blocked":${blocked},${text.json}`).join()}]`,
    next: last ? { createdAt: last.text.created_at, id: last.id } : null,
  }
  // An account that was changed between the two statements is shown as it is now, which is not what the lines say.
  if (shown.every(({ version, text }) => text.version === version)) pages.set(key, page)
  return page
}

/** What a line says, and the text of that version if it is at hand. */
function withText(line: string) {
  const [id, number] = line.split(/[ !]/) as [string, string]
  const [text, version] = [texts.get(id), Number(number)]
  return { id, version, blocked: line.includes('!'), text: text?.version === version ? text : undefined }
}

function textOf(row: ExternalUserRow): Text {
  return { version: row.version, created_at: row.created_at, json: presentVersion(row) }
}

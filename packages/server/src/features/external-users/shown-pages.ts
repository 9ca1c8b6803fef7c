// Pages of external users as they were shown before.
import type { ExternalUser } from '@narthex/contract'
import { LRUCache } from 'lru-cache'
import type { Db } from '../../db/database.ts'
import type { Place } from '../../db/page.ts'
import { linesOf, listWhole, type Lines, type Listing } from './list-statements.ts'
import { forgetTexts, timesForgotten } from './presenter.ts'

interface ShownPage {
  readonly json: Buffer
  /** Where the next page begins. */
  readonly next: Place | null
}

interface KeptPage extends ShownPage {
  /** What the page shows depends on these alone. */
  readonly lines: string
  /** Tells them as they are now. */
  readonly linesNow: Lines
}

/** The pages that consoles and integrators look at again and again, by what was asked. */
const pages = new LRUCache<string, KeptPage>({
  // As many as there are lists that are remembered.
  max: 300,
  maxSize: 4_000_000,
  // What its statement holds is a part of what the key tells.
  sizeCalculation: ({ json, lines }, key) => json.length + lines.length + 2 * key.length,
})

interface Asking {
  /** Under which the page is kept, if it is. */
  readonly key: string | null
  readonly now: number
  /** What is asked for: not looked at where the same was asked before. */
  readonly listing: () => Promise<Listing>
}

/**
 * The page that is asked for. With a `key` it is kept, and shown again as long as the database tells the same lines of it: keeping
 * what nobody asks for again costs the garbage collector more than making it did.
 */
export async function showPage(db: Db, { key, now, listing: listingOf }: Asking): Promise<ShownPage> {
  const kept = key === null ? undefined : pages.get(key)
  if (kept && kept.lines === (await kept.linesNow(db, now))) return kept
  const listing = await listingOf()
  const before = timesForgotten()
  const { lines, found, json } = await listWhole(db, listing, now, key !== null)
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength)
  const page = found > listing.page.size ? cut(bytes) : { json: bytes, next: null }
  if (key !== null && before === timesForgotten())
    pages.set(key, { ...page, lines: lines ?? '', linesNow: kept?.linesNow ?? linesOf(listing) })
  return page
}

/** Quotes within a text are escaped in JSON, so this is found between two accounts only. */
const between = Buffer.from(',{"blocked":')

/** The page without its last account, which only told that there is a next page. */
function cut(json: Buffer): ShownPage {
  const end = json.lastIndexOf(between)
  const last = json.toString('utf8', Math.max(json.lastIndexOf(between, end - 1), 0) + 1, end)
  json[end] = ']'.charCodeAt(0)
  const { id, createdAt } = JSON.parse(last) as ExternalUser
  return { json: json.subarray(0, end + 1), next: { createdAt: Date.parse(createdAt), id } }
}

/** Nothing would show an erased account as it was, and memory keeps it no longer either. */
export function forgetShown(id: string): void {
  forgetTexts(id)
  for (const [key, { lines }] of pages.entries()) if (lines.includes(id)) pages.delete(key)
}

/** The database may be another one than before: what is lost had versions that stand for something else now. */
export function forgetAllShown(): void {
  forgetTexts()
  pages.clear()
}

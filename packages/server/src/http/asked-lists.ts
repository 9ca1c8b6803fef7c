// Lists that were asked for lately: the same address means the same to the same workspace, and mostly leads on to the same place.
import { LRUCache } from 'lru-cache'
import type { TSchema } from 'typebox'
import type { Page, Place } from '../db/page.ts'
import type { Cursors } from './cursor.ts'

/** What a list was asked for: read, checked, and a cursor in it found genuine. */
export interface AskedList {
  /** Operation, workspace and address, once the same was asked before: null on the first time, and for what is not remembered. */
  readonly key: string | null
  /** Shared by all who ask the same, hence frozen. */
  readonly query: object
  readonly page: Page
}

interface Known extends AskedList {
  key: string | null
  readonly binding: string
  readonly url: string
  next: { readonly place: Place; readonly link: string } | null
}

interface Asking {
  /** Names operation and workspace. */
  readonly binding: string
  readonly url: string
  /** Parameters that may hold what a person is called: memory would keep it longer than the person wants. */
  readonly personal: readonly string[]
}

/** Reading an address, and signing the cursor of its next page, cost as much as finding half a page. */
export class AskedLists {
  readonly #cursors: Cursors
  readonly #known = new LRUCache<string, Known>({
    max: 300,
    maxSize: 300_000,
    sizeCalculation: (_, key) => key.length,
  })

  constructor(cursors: Cursors) {
    this.#cursors = cursors
  }

  /** `read` parses and checks the address's query. What it refuses is not remembered. */
  find({ binding, url, personal }: Asking, read: () => object): AskedList {
    const key = `${binding}\0${url}`
    const known = this.#known.get(key)
    if (known) {
      known.key = key
      return known
    }
    const query = frozen(read())
    const list = { key: null, query, page: this.#cursors.page(query, binding), binding, url, next: null }
    if (!personal.some((name) => name in query)) this.#known.set(key, list)
    return list
  }

  /** `Link` of RFC 8288 to the page that begins after `place`: the same address with the cursor in place of the page number. */
  next(list: AskedList, place: Place, publicUrl: string): string {
    const known = list as Known
    const { next, binding, url, query } = known
    if (next && next.place.id === place.id && next.place.createdAt === place.createdAt) return next.link
    const [path, parameters] = url.split('?', 2)
    const following = new URLSearchParams(parameters)
    following.delete('pageNumber')
    following.set('cursor', this.#cursors.write(place, query, binding))
    const link = `<${publicUrl}${path}?${following.toString()}>; rel="next"`
    known.next = { place, link }
    return link
  }
}

/** The names of a query's parameters that take any text but for the cursor, which is ours. */
export function freeTexts(schema: TSchema): string[] {
  const { properties } = schema as unknown as { properties: Record<string, { type?: string; format?: string }> }
  return Object.entries(properties).flatMap(([name, { type, format }]) =>
    type === 'string' && format === undefined && name !== 'cursor' ? [name] : [],
  )
}

function frozen(query: object): object {
  for (const value of Object.values(query)) Object.freeze(value)
  return Object.freeze(query)
}

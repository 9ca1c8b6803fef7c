// What a handler gives back besides the body, and what it receives besides the contract's input.
import type { Input, Operation, OperationId, Operations, Output } from '@narthex/contract'
import type { Context } from '../context.ts'
import type { Page, Place } from '../db/page.ts'
import type { IfMatch } from '../lib/if-match.ts'
import type { AskedList } from './asked-lists.ts'
import type { EventStream } from './event-stream.ts'

export interface Answer<T> {
  readonly body: T
  /** The body as JSON, where it is at hand: then the body itself is hardly ever read. A long one that is kept is kept as bytes. */
  readonly json?: string | Buffer
  /** Sent instead of the body where the answer goes on. */
  readonly stream?: EventStream
  /** Sent instead of the body where that costs much: not made for a caller that has it already. */
  readonly text?: () => Promise<string>
  /** Where the resource that was made is found, below the public URL. */
  readonly location?: string
  /** An entity tag of its own, without quotes, where no stored version tells what is shown. */
  readonly tag?: string
  /** The stored version of the one resource in the body: it becomes the `ETag`. */
  readonly version?: number | undefined
  /** Shown state that changes without a new version; part of the `ETag` that `If-None-Match` compares. */
  readonly shown?: string | undefined
  /** Where the next page begins; null or absent on the last. */
  readonly next?: Place | null | undefined
  readonly total?: number | null | undefined
  /** The external user or the block that the answer shows: where that is erased, a stored copy of the answer goes too. */
  readonly erasedWith?: string | undefined
}

export type RequestInput<O extends Operation> = Input<O> & {
  readonly page: Page
  /** What the page is of. */
  readonly list: AskedList
  readonly ifMatch: IfMatch
  /** Where a follower of events was when it lost the connection. */
  readonly lastEventId: number | null
}

export type Handler<O extends Operation> = (ctx: Context, input: RequestInput<O>) => Promise<Answer<Output<O>>>

/** A handler for every operation of the contract: one that is missing does not compile. */
export type Handlers = { readonly [I in OperationId]: Handler<Operations[I]> }

type Rest = Pick<Answer<unknown>, 'version' | 'shown' | 'next' | 'total' | 'erasedWith'>

/**
 * An answer whose JSON is at hand; tests and retried creations alone read its body. A class, because an object with a getter of its own gets a
 * description of its own as well, and that keeps the JSON in memory until the collector goes through everything.
 */
export class AnswerOfJson<T> implements Answer<T> {
  readonly json: string | Buffer
  readonly version: Rest['version']
  readonly shown: Rest['shown']
  readonly next: Rest['next']
  readonly total: Rest['total']
  readonly erasedWith: Rest['erasedWith']

  constructor(json: string | Buffer, { version, shown, next, total, erasedWith }: Rest = {}) {
    this.json = json
    this.version = version
    this.shown = shown
    this.next = next
    this.total = total
    this.erasedWith = erasedWith
  }

  get body(): T {
    return JSON.parse(this.json.toString()) as T
  }
}

/** Cuts the extra row that tells whether there is more. Lists fetch `size + 1` rows. */
export function pageOf<R extends { id: string; created_at: number }>(rows: R[], page: Page) {
  const shown = rows.slice(0, page.size)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > page.size && last ? { createdAt: last.created_at, id: last.id } : null }
}

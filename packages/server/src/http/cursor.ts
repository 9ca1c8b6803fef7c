// The opaque `cursor` of a list: a place, bound to the workspace and the filters it was given for.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Page, Place } from '../db/page.ts'
import { invalid } from '../lib/api-error.ts'
import { canonicalJson, type Json } from '../lib/canonical-json.ts'

/** 128 bits: a forged cursor would only move the caller within its own list. */
const macBytes = 16

interface PageQuery {
  readonly pageNumber?: number
  readonly pageSize: number
  readonly cursor?: string
  readonly count?: string
}

/** Reads and writes cursors of one instance. */
export class Cursors {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  /** The page that a list's query asks for. `binding` names operation and workspace. */
  page(query: object, binding: string): Page {
    const { cursor, pageNumber, pageSize } = query as PageQuery
    if (cursor === undefined) return { size: pageSize, offset: ((pageNumber ?? 1) - 1) * pageSize, after: null }
    if (pageNumber !== undefined) throw invalid('pageNumber', 'must not be given beside cursor')
    return { size: pageSize, offset: 0, after: this.#read(cursor, this.#bound(query, binding)) }
  }

  write(place: Place, query: object, binding: string): string {
    const body = Buffer.from(`${place.createdAt}.${place.id}`)
    return Buffer.concat([this.#mac(body, this.#bound(query, binding)), body]).toString('base64url')
  }

  #read(cursor: string, bound: string): Place {
    const bytes = Buffer.from(cursor, 'base64url')
    const body = bytes.subarray(macBytes)
    const genuine =
      bytes.length > macBytes &&
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(bytes.subarray(0, macBytes), this.#mac(body, bound))
    if (!genuine) throw invalid('cursor', 'must be a cursor that this list gave, with the same filters')
    const [createdAt, id] = body.toString().split('.') as [string, string]
    return { createdAt: Number(createdAt), id }
  }

  #mac(body: Buffer, bound: string): Buffer {
    return createHmac('sha256', this.#key).update(bound).update('\0').update(body).digest().subarray(0, macBytes)
  }

  /** Page size and count may change along a walk; the filters may not. */
  #bound(query: object, binding: string): string {
    const { cursor: _, pageNumber: __, pageSize: ___, count: ____, ...filters } = query as PageQuery
    return `${binding}\0${canonicalJson(filters as Json)}`
  }
}

// Salted commitments: an event proves what a personal field was to whoever holds its opening, and tells nothing without it.
import { createHmac, randomFillSync } from 'node:crypto'
import { canonicalJson, type Json } from '../../lib/canonical-json.ts'

type Fields = Readonly<Record<string, Json>>

/** Salt and values behind the commitments of one event. Deleting it is what erasure does to an event. */
export interface Openings {
  readonly salt: string
  readonly before: Fields
  readonly after: Fields
}

export interface Committed {
  readonly before: Fields | null
  readonly after: Fields | null
  readonly openings: Openings | null
}

/** Puts a commitment in the place of every personal field that has a value. */
export function commit(before: Fields | null, after: Fields | null, personal: readonly string[]): Committed {
  const salt = makeSalt()
  const sides = [before, after].map((fields) => hide(fields, personal, salt)) as [Hidden, Hidden]
  const hidden = sides.some((side) => Object.keys(side.values).length > 0)
  return {
    before: sides[0].fields,
    after: sides[1].fields,
    openings: hidden ? { salt, before: sides[0].values, after: sides[1].values } : null,
  }
}

const saltBytes = 16
/** Random bytes are asked for by the page: a call costs ten times what its bytes do. */
const pool = Buffer.alloc(4096)
let used = pool.length

function makeSalt(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return pool.toString('base64url', used, (used += saltBytes))
}

interface Hidden {
  readonly fields: Fields | null
  readonly values: Fields
}

function hide(fields: Fields | null, personal: readonly string[], salt: string): Hidden {
  if (fields === null) return { fields, values: {} }
  const kept: Record<string, Json> = { ...fields }
  const values: Record<string, Json> = {}
  for (const key of personal) {
    const value = fields[key]
    if (value === undefined || value === null) continue
    values[key] = value
    kept[key] = { commitment: commitmentOf(key, value, salt) }
  }
  return { fields: kept, values }
}

/** HMAC-SHA-256 over field name and value. The 128-bit salt keeps short values such as phone numbers from being tried out. */
export function commitmentOf(key: string, value: Json, salt: string): string {
  return createHmac('sha256', salt)
    .update(`${key}\0${canonicalJson(value)}`)
    .digest('base64url')
}

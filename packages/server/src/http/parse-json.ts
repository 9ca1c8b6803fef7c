// JSON from strangers: stricter than JSON.parse where leniency hides a mistake or an attack.
import type { Issue } from '@narthex/contract'
import { ApiError, invalid } from '../lib/api-error.ts'

/** No body of the contract nests deeper than 4; free-form metadata may go on to this. */
const depthMax = 32
const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^"{}[\]]+/gsy
const dangerous = new Set(['__proto__', 'constructor', 'prototype'])
/** A byte order mark stays in the text, where JSON has no place for it (RFC 8259 section 8.1). */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parses a request body. Texts come out in NFC, because lengths are counted and values compared after it. */
export function parseJson(bytes: Buffer): unknown {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw invalid('', 'must be UTF-8')
  }
  return parseJsonText(text)
}

function parseJsonText(text: string): unknown {
  const issue = refuseStructure(text)
  if (issue) throw new ApiError('invalid_request', { issues: [issue] })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('', 'must be JSON')
  }
  return checked(value, '')
}

/** Depth and repeated keys, which JSON.parse does not tell. Reads tokens only; what is no JSON is JSON.parse's to say. */
function refuseStructure(text: string): Issue | null {
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [part] of text.matchAll(token)) {
    if (part === '{' || part === '[') {
      open.push(part === '{' ? new Set() : null)
      if (open.length > depthMax) return { path: '', message: `must not nest deeper than ${depthMax} levels` }
    } else if (part === '}' || part === ']') open.pop()
    else if (part.startsWith('"')) last = part
    else if (/^\s*:/.test(part)) {
      const keys = open.at(-1)
      const key = unquoted(last)
      if (keys?.has(key)) return { path: key, message: 'must be given once' }
      keys?.add(key)
    }
  }
  return null
}

function unquoted(part: string): string {
  try {
    return part.includes('\\') ? String(JSON.parse(part)) : part.slice(1, -1)
  } catch {
    return part
  }
}

function checked(value: unknown, path: string): unknown {
  if (typeof value === 'string') return checkedText(value, path)
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(path, 'must be a finite number')
  if (Array.isArray(value)) return value.map((item, i) => checked(item, joined(path, i)))
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([key, member]) => {
    if (dangerous.has(key)) throw invalid(joined(path, key), 'is not an allowed key')
    return [checkedText(key, joined(path, key)), checked(member, joined(path, key))]
  })
  return Object.fromEntries(members)
}

/** Refuses what neither database nor UTF-8 can hold. */
export function checkedText(value: string, path: string): string {
  if (!value.isWellFormed()) throw invalid(path, 'must be well-formed Unicode: it holds a lone surrogate')
  if (value.includes('\u0000')) throw invalid(path, 'must not hold the character U+0000')
  return value.normalize('NFC')
}

function joined(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`
}

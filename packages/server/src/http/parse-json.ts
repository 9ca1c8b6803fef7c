// JSON from strangers: stricter than JSON.parse where leniency hides a mistake or an attack.
import type { Issue } from '@narthex/contract'
import { ApiError, invalid } from '../lib/api-error.ts'

/** No body of the contract nests deeper than 4; free-form metadata may go on to this. */
const depthMax = 32
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
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null)
      if (open.length > depthMax) return { path: '', message: `must not nest deeper than ${depthMax} levels` }
    } else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const start = at
      at = closingQuote(text, start)
      last = text.slice(start, at + 1)
    } else if (char === ':') {
      const keys = open.at(-1)
      const key = unquoted(last)
      if (keys?.has(key)) return { path: key, message: 'must be given once' }
      keys?.add(key)
    }
  }
  return null
}

/** Where the text that begins at a quote ends; the end of everything when it does not. */
function closingQuote(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
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
  return checkedMembers(value as Record<string, unknown>, path)
}

function checkedMembers(members: Record<string, unknown>, path: string): Record<string, unknown> {
  let respelled = false
  for (const key of Object.keys(members)) {
    const at = joined(path, key)
    if (dangerous.has(key)) throw invalid(at, 'is not an allowed key')
    if (checkedText(key, at) !== key) respelled = true
    members[key] = checked(members[key], at)
  }
  if (!respelled) return members
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key.normalize('NFC'), member]))
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

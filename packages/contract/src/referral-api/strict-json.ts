// JSON as it was written: repeated keys are refused and numbers keep their digits, both of which JSON.parse loses.
import type { Issue } from '../common.ts'

export type Json =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly digits: string }
  | { readonly type: 'literal'; readonly value: boolean | null }
  | { readonly type: 'list'; readonly items: readonly Json[] }
  | { readonly type: 'object'; readonly members: readonly (readonly [key: string, value: Json])[] }

/** Something is wrong in one place. Thrown by what reads, caught where reading began. */
export class Misread extends Error {
  readonly issue: Issue

  constructor(path: string, message: string) {
    super(message)
    this.issue = { path, message }
  }
}

/** Deeper than anything that is accepted further on; it keeps the stack bounded. */
const depthMax = 32

const space = /[ \t\n\r]*/y
const text = /"(?:[^"\\]|\\.)*"/sy
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literals = { true: true, false: false, null: null } as const

/** Reads one value and nothing after it. `path` names it in issues. Texts come out in NFC. */
export function readJson(source: string, path: string): Json {
  const reader = new Reader(source, path)
  const value = reader.value(path, 1)
  reader.end()
  return value
}

class Reader {
  readonly #source: string
  readonly #root: string
  #at = 0

  constructor(source: string, root: string) {
    this.#source = source
    this.#root = root
  }

  value(path: string, depth: number): Json {
    if (depth > depthMax) throw new Misread(path, `must not nest deeper than ${depthMax} levels`)
    this.#take(space)
    const next = this.#source[this.#at]
    if (next === '{') return this.#object(path, depth)
    if (next === '[') return this.#list(path, depth)
    if (next === '"') return { type: 'text', value: this.#text(path) }
    const digits = this.#take(number)
    if (digits) return { type: 'number', digits }
    for (const [word, value] of Object.entries(literals)) {
      if (!this.#source.startsWith(word, this.#at)) continue
      this.#at += word.length
      return { type: 'literal', value }
    }
    throw this.#noJson()
  }

  end(): void {
    this.#take(space)
    if (this.#at < this.#source.length) throw this.#noJson()
  }

  #object(path: string, depth: number): Json {
    const members: [string, Json][] = []
    const seen = new Set<string>()
    this.#each('}', () => {
      this.#take(space)
      const key = this.#text(path)
      const place = `${path}.${key}`
      if (seen.has(key)) throw new Misread(place, 'must be given once')
      seen.add(key)
      this.#expect(':')
      members.push([key, this.value(place, depth + 1)])
    })
    return { type: 'object', members }
  }

  #list(path: string, depth: number): Json {
    const items: Json[] = []
    this.#each(']', () => items.push(this.value(`${path}.${items.length}`, depth + 1)))
    return { type: 'list', items }
  }

  /** What stands between the opening sign and `closing`, separated by commas. */
  #each(closing: string, read: () => void): void {
    this.#at += 1
    this.#take(space)
    if (this.#source[this.#at] === closing) {
      this.#at += 1
      return
    }
    for (;;) {
      read()
      this.#take(space)
      const sign = this.#source[this.#at]
      if (sign !== ',' && sign !== closing) throw this.#noJson()
      this.#at += 1
      if (sign === closing) return
    }
  }

  #text(path: string): string {
    const value = this.#unquoted()
    if (!value.isWellFormed()) throw new Misread(path, 'must be well-formed Unicode: it holds a lone surrogate')
    if (value.includes('\u0000')) throw new Misread(path, 'must not hold the character U+0000')
    return value.normalize('NFC')
  }

  /** JSON.parse knows the rules of escapes. */
  #unquoted(): string {
    const start = this.#at
    try {
      return JSON.parse(this.#take(text)) as string
    } catch {
      this.#at = start
      throw this.#noJson()
    }
  }

  #expect(sign: string): void {
    this.#take(space)
    if (this.#source[this.#at] !== sign) throw this.#noJson()
    this.#at += 1
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [token] = pattern.exec(this.#source) ?? ['']
    this.#at += token.length
    return token
  }

  #noJson(): Misread {
    return new Misread(this.#root, `must be JSON: it is none from character ${this.#at + 1} on`)
  }
}

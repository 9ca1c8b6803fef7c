// Form bodies (RFC 6749 appendix B): every parameter once, unknown ones ignored, empty ones absent.
import type { TSchema } from 'typebox'
import { invalid } from '../lib/api-error.ts'

export type Form = Readonly<Record<string, string | readonly string[]>>

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The parameters that the schema names. Those that are lists there may be given several times (RFC 8693 section 2.1). */
export function parseForm(bytes: Buffer, schema: TSchema): Form {
  const { properties } = schema as unknown as { properties: Record<string, { type?: string }> }
  const values: Record<string, string | string[]> = {}
  const seen = new Set<string>()
  for (const [name, value] of pairs(bytes)) {
    const isList = Object.hasOwn(properties, name) && properties[name]?.type === 'array'
    if (seen.has(name) && !isList) throw invalid(name, 'must be given once')
    seen.add(name)
    if (value === '' || !Object.hasOwn(properties, name)) continue
    if (!isList) values[name] = value
    else ((values[name] ??= []) as string[]).push(value)
  }
  return values
}

function pairs(bytes: Buffer): [name: string, value: string][] {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw invalid('body', 'must be UTF-8')
  }
  const parts = text.split('&').filter((part) => part !== '')
  return parts.map((part) => {
    const equals = part.indexOf('=')
    return equals < 0 ? [decoded(part), ''] : [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))]
  })
}

function decoded(text: string): string {
  const value = formDecoded(text)
  if (value === null) throw invalid('body', 'must be percent-encoded UTF-8')
  return value
}

/** `+` is a space in a form; null for a broken escape. */
export function formDecoded(text: string): string | null {
  const spaced = text.replaceAll('+', ' ')
  // Tokens have nothing to decode, and would be read letter by letter.
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return null
  }
}

// Query strings: decoded by the rules of forms and turned into the types the contract names, nothing guessed.
import type { Issue } from '@narthex/contract'
import type { TSchema } from 'typebox'
import { ApiError } from '../lib/api-error.ts'
import { checkedText } from './parse-json.ts'

interface Parameter {
  readonly type?: 'integer' | 'boolean' | 'array' | 'string'
  readonly default?: unknown
}

/** The address's query as the object its schema describes; what cannot be read is listed, each place by name. */
export function parseQuery(schema: TSchema, rawUrl: string): Record<string, unknown> {
  const { properties } = schema as unknown as { properties: Record<string, Parameter> }
  const start = rawUrl.indexOf('?')
  const values: Record<string, unknown> = {}
  const issues: Issue[] = []
  for (const pair of start < 0 ? [] : rawUrl.slice(start + 1).split('&')) {
    if (pair === '') continue
    const [key, text] = decoded(pair)
    const parameter = Object.hasOwn(properties, key) ? properties[key] : undefined
    const message = parameter ? put(values, key, text, parameter) : 'is not known'
    if (message) issues.push({ path: key, message })
  }
  if (issues.length > 0) throw new ApiError('invalid_request', { issues })
  for (const [key, parameter] of Object.entries(properties)) {
    if (values[key] !== undefined || parameter.default === undefined) continue
    values[key] = Array.isArray(parameter.default) ? [...parameter.default] : parameter.default
  }
  return values
}

/** `+` is a space in a query. A key or value with a broken escape is refused under the name it came with. */
function decoded(pair: string): [key: string, value: string | null] {
  const equals = pair.indexOf('=')
  const parts = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  const [key, value] = parts.map((part) => {
    try {
      return decodeURIComponent(part.replaceAll('+', ' '))
    } catch {
      return null
    }
  }) as [string | null, string | null]
  return [key ?? (parts[0] as string), key === null ? null : value]
}

/** Puts one value; answers what is wrong with it, or null. */
function put(values: Record<string, unknown>, key: string, text: string | null, parameter: Parameter): string | null {
  if (text === null) return 'must be percent-encoded UTF-8'
  if (text === '') return 'must not be empty'
  if (parameter.type === 'array') {
    const list = (values[key] ??= []) as string[]
    list.push(text)
    return null
  }
  if (values[key] !== undefined) return 'must be given once'
  if (parameter.type === 'integer') {
    if (!/^-?\d{1,15}$/.test(text)) return 'must be a whole number in decimal digits'
    values[key] = Number(text)
  } else if (parameter.type === 'boolean') {
    if (text !== 'true' && text !== 'false') return 'must be true or false'
    values[key] = text === 'true'
  } else values[key] = checkedText(text, key)
  return null
}

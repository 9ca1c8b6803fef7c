// The order of a list: `-referredAt,+status`.
import type { Issue } from '../common.ts'

export interface SortKey {
  readonly field: string
  readonly descending: boolean
}

/**
 * `-` descending; `+`, one space (a `+` that a form decoded) or no sign ascending. A field is named once, none is empty.
 * Only the first wrong one is told.
 */
export function parseSort(
  text: string,
  fields: Readonly<Record<string, unknown>>,
): { readonly keys: readonly SortKey[] } | { readonly issue: Issue } {
  const keys: SortKey[] = []
  const wrong = (message: string) => ({ issue: { path: 'sort', message } })
  for (const part of text.split(',')) {
    const sign = /^[-+ ]/.test(part) ? part.charAt(0) : ''
    const field = part.slice(sign.length)
    if (field === '') return wrong('must name a field between two commas')
    if (!Object.hasOwn(fields, field)) return wrong(`names ${JSON.stringify(field.slice(0, 50))}, which is not known`)
    if (keys.some((key) => key.field === field)) return wrong(`names ${field} twice`)
    keys.push({ field, descending: sign === '-' })
  }
  return { keys }
}

// JSON with one spelling for each value, for digests: keys sorted by code unit, no white space (after RFC 8785).

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Nothing in it is escaped; asking costs less than the library's way of quoting. */
const plain = /^[ !#-[\]-~]*$/

export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return plain.test(value) ? `"${value}"` : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value !== 'object') return JSON.stringify(value)
  let members = ''
  for (const key of Object.keys(value).sort()) {
    members += `${members && ','}${quoted.get(key) ?? quote(key)}:${canonicalJson(value[key] as Json)}`
  }
  return `{${members}}`
}

/** Names of fields are few and come again and again; others are not kept. */
const quoted = new Map<string, string>()
const quotedMax = 1_000

function quote(key: string): string {
  const text = JSON.stringify(key)
  if (quoted.size < quotedMax) quoted.set(key, text)
  return text
}

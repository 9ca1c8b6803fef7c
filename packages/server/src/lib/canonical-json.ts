// JSON with one spelling for each value, for digests: keys sorted by code unit, no white space (after RFC 8785).

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    let members = ''
    for (const key of Object.keys(value).sort()) {
      members += `${members && ','}${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`
    }
    return `{${members}}`
  }
  return JSON.stringify(value)
}

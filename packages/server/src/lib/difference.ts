// What a patch changes: the fields whose value becomes another one, old and new.
import { canonicalJson, type Json } from './canonical-json.ts'

export interface Difference {
  readonly before: Record<string, Json>
  readonly after: Record<string, Json>
}

/** null when the patch changes nothing. Keys of the patch that are undefined count as absent. */
export function difference(current: object, patch: object): Difference | null {
  const before: Record<string, Json> = {}
  const after: Record<string, Json> = {}
  for (const [key, value] of Object.entries(patch) as [string, Json | undefined][]) {
    const old = (current as Record<string, Json>)[key] ?? null
    if (value === undefined || canonicalJson(old) === canonicalJson(value)) continue
    before[key] = old
    after[key] = value
  }
  return Object.keys(after).length === 0 ? null : { before, after }
}

// What was counted holds as long as nothing changes, so that further pages of a list cost no further count.
import { LRUCache } from 'lru-cache'
import type { Database } from '../../db/database.ts'

/** Lists that are being looked through at the same time; each is some hundred bytes. */
const rememberedMax = 1_000

interface Remembered {
  /** What was true when the counting began: revision of the workspace's referrals, admissions that are due. */
  readonly stamp: string
  readonly value: Promise<unknown>
}

/** Each process remembers for itself; another one's changes show in the stamp. */
const memories = new WeakMap<Database, LRUCache<string, Remembered>>()

/** The value counted for `key` under the same stamp, or else a new one. Whoever asks meanwhile waits for the same count. */
export async function remembered<T>(
  db: Database,
  { key, stamp }: { readonly key: string; readonly stamp: string },
  count: () => Promise<T>,
): Promise<T> {
  let memory = memories.get(db)
  if (!memory) memories.set(db, (memory = new LRUCache({ max: rememberedMax })))
  const known = memory.get(key)
  if (known?.stamp === stamp) return known.value as Promise<T>
  const value = count()
  const entry = { stamp, value }
  memory.set(key, entry)
  value.catch(() => memory.get(key) === entry && memory.delete(key))
  return value
}

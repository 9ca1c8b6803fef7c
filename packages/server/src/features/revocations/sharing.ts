// Statements that several ask for at once or soon after each other: one is made and signed for all of them.
import { LRUCache } from 'lru-cache'
import type { Instance } from '../../context.ts'

interface Shareable {
  readonly entries: readonly unknown[]
}

interface Shared<T> {
  readonly madeAt: number
  readonly made: Promise<T>
}

/** Requests at the same time have moments of their own, and overtake each other. */
const momentMs = 1_000
/** What a statement without entries takes, counted in entries. */
const frame = 10
/** Two of the largest with their signed text, some 50 MB; or thousands of the usual ones, which have no entries. */
const heldEntriesMax = 110_000
const heldMax = 5_000

/** By instance, so that it lives and dies with the process that signs. */
const held = new WeakMap<Instance, LRUCache<string, Shared<unknown>>>()

/**
 * The one that runs or was made already under the same key, else a new one. A key must name all that the content depends
 * on but the moment; what was made at a moment that a clock set back has yet to reach is not shared.
 */
export function shared<T extends Shareable>(
  instance: Instance,
  key: string,
  now: number,
  make: () => Promise<T>,
): Promise<T> {
  const all = held.get(instance) ?? newCache()
  held.set(instance, all)
  const known = all.get(key)
  if (known && known.madeAt <= now + momentMs) return known.made as Promise<T>
  const mine = { madeAt: now, made: make() }
  all.set(key, mine, { size: frame })
  mine.made.then(
    // As a new object: the size of one that is held already is not counted again.
    ({ entries }) => void (all.peek(key) === mine && all.set(key, { ...mine }, { size: frame + entries.length })),
    () => void (all.peek(key) === mine && all.delete(key)),
  )
  return mine.made
}

function newCache() {
  return new LRUCache<string, Shared<unknown>>({ max: heldMax, maxSize: heldEntriesMax })
}

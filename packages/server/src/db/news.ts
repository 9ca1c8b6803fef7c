// Who in this process wants to hear of committed changes, and telling them.
import type { Topic } from './database.ts'

export interface NewsItem {
  readonly topic: Topic
  readonly payload: string | null
}

export interface News {
  subscribe(topic: Topic, listener: (payload: string | null) => void): () => void
  tell(item: NewsItem): void
  /** News may have been missed: everybody is told to forget. */
  tellMissed(): void
}

export function createNews(onError: (error: unknown) => void): News {
  const listeners = new Map<Topic, Set<(payload: string | null) => void>>()

  function tell({ topic, payload }: NewsItem) {
    for (const listener of listeners.get(topic) ?? []) {
      // The change is committed: a listener that fails must not make the write look failed, nor silence the others.
      try {
        listener(payload)
      } catch (error) {
        onError(error)
      }
    }
  }

  return {
    subscribe(topic, listener) {
      const own = (payload: string | null) => listener(payload)
      const all = listeners.get(topic) ?? new Set()
      listeners.set(topic, all.add(own))
      return () => void all.delete(own)
    },
    tell,
    tellMissed() {
      for (const topic of listeners.keys()) tell({ topic, payload: null })
    },
  }
}

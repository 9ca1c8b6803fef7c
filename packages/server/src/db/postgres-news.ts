// News of other processes through LISTEN and NOTIFY, on a connection of its own that is made again whenever it is lost.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Topic } from './database.ts'
import type { News, NewsItem } from './news.ts'
import { clientConfig } from './postgres-pool.ts'

export const CHANNEL = 'narthex'

const PAUSE_MS_MIN = 100
const PAUSE_MS_MAX = 2000
// A connection can be gone without a word from the network; it then counts as lost after twice this time.
const ALIVE_MS = 5000
// PostgreSQL takes less than 8000 bytes; what does not fit is told as "forget everything".
const BYTES_MAX = 7000

export interface NewsFeed {
  readonly listening: boolean
  close(): Promise<void>
}

export function encodeNews(origin: string, { topic, payload }: NewsItem): string {
  const text = JSON.stringify({ origin, topic, payload })
  return Buffer.byteLength(text) <= BYTES_MAX ? text : JSON.stringify({ origin, topic, payload: null })
}

/** Resolves after the first try to connect, whether or not it succeeded. */
export async function openNewsFeed(
  url: string,
  origin: string,
  news: News,
  onError: (error: unknown) => void,
): Promise<NewsFeed> {
  const closing = new AbortController()
  let listening = false
  let firstTry: () => void
  const tried = new Promise<void>((resolve) => (firstTry = resolve))

  async function keepListening() {
    for (let pause = PAUSE_MS_MIN; !closing.signal.aborted; pause = Math.min(pause * 2, PAUSE_MS_MAX)) {
      const client = new pg.Client({ ...clientConfig(url), query_timeout: ALIVE_MS })
      client.on('notification', ({ payload }) => receive(payload ?? '', origin, news))
      await listenOn(client, closing.signal, () => {
        pause = PAUSE_MS_MIN
        // First everybody forgets what was derived before, then it may be believed again.
        news.tellMissed()
        listening = true
        firstTry()
      }).catch(onError)
      listening = false
      firstTry()
      await sleep(pause, undefined, { signal: closing.signal, ref: false }).catch(() => {})
    }
  }

  const done = keepListening()
  await tried
  return {
    get listening() {
      return listening
    },
    async close() {
      closing.abort()
      await done
    },
  }
}

/** Returns when closing, and throws when the connection cannot be made or is lost. */
async function listenOn(client: pg.Client, closing: AbortSignal, onListening: () => void): Promise<void> {
  const lost = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.on('end', () => reject(new Error('The connection for news was closed')))
  })
  // It may be rejected while nobody waits for it.
  lost.catch(() => {})
  try {
    await Promise.race([client.connect(), lost])
    await Promise.race([client.query(`listen ${CHANNEL}`), lost])
    onListening()
    await Promise.race([checkAlive(client, closing), lost])
  } finally {
    // Not awaited: a half-dead connection does not say goodbye.
    client.end().catch(() => {})
  }
}

async function checkAlive(client: pg.Client, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    await sleep(ALIVE_MS, undefined, { signal: closing, ref: false }).catch(() => {})
    if (!closing.aborted) await client.query('select 1')
  }
}

function receive(text: string, origin: string, news: News): void {
  let item: { origin?: unknown; topic?: unknown; payload?: unknown }
  try {
    item = JSON.parse(text)
  } catch {
    // Anybody with access to the database can send to the channel.
    return news.tellMissed()
  }
  if (item.origin === origin || typeof item.topic !== 'string') return
  news.tell({ topic: item.topic as Topic, payload: typeof item.payload === 'string' ? item.payload : null })
}

// Keeps the revocation list up to date, by stream or by poll, and tells how old it is.
import { credential, fetchText, type Requests } from './fetch-text.ts'
import { RevocationList } from './revocation-list.ts'
import { readStatement, type Expected, type Statement } from './revocation-statement.ts'
import { readEvents } from './server-sent-events.ts'

export interface KeeperOptions extends Requests, Expected {
  /** Of the statement, without a query. */
  readonly url: string
  readonly mode: 'stream' | 'poll'
  readonly pollIntervalMs: number
  /** A stream that is silent for longer is lost. */
  readonly silenceMs: number
}

/** Deltas only ever add: from time to time the whole is read again, without what has ceased to matter. */
const wholeEveryMs = 3_600_000
const pauseMsMin = 250
const pauseMsMax = 10_000

export class RevocationKeeper {
  list: RevocationList | null = null
  /** When the issuer last said, by whatever sign, that nothing is missing. */
  heardAt = -Infinity
  /** Why the list could not be brought up to date the last time; undefined when it could. */
  lastError: unknown
  /** A stream is open, or the last poll succeeded. */
  connected = false
  /** Resolves with the first list. */
  readonly first: Promise<void>
  readonly #options: KeeperOptions
  #onFirst = () => {}
  #wholeAt = -Infinity
  #failures = 0
  /** The tag of the last delta, and the number it was asked for with. */
  #tag: { since: number; value: string } | null = null

  constructor(options: KeeperOptions) {
    this.#options = options
    this.first = new Promise((resolve) => (this.#onFirst = resolve))
    void this.#keep()
  }

  async #keep(): Promise<void> {
    const { mode, closing, pollIntervalMs } = this.#options
    while (!closing.aborted) {
      try {
        if (mode === 'stream') await this.#follow()
        else await this.#poll()
        this.lastError = undefined
      } catch (error) {
        this.lastError = error
        this.connected = false
        this.#failures += 1
      }
      const backOff =
        Math.min(pauseMsMax, pauseMsMin * 2 ** Math.max(0, this.#failures - 1)) * (0.5 + Math.random() / 2)
      const inRhythm = mode === 'poll' && (this.#failures === 0 || backOff > pollIntervalMs)
      await sleep(inRhythm ? pollIntervalMs : backOff, closing)
    }
    this.connected = false
  }

  /** Brings the list up to date, however many statements that takes. */
  async #poll(): Promise<void> {
    if (!this.list || this.#isWholeDue()) await this.#loadWhole()
    for (let more = true; more;) more = await this.#step()
    this.connected = true
    this.#failures = 0
  }

  /** Asks what is new; true while there may be more. */
  async #step(): Promise<boolean> {
    const list = this.list as RevocationList
    const tag = this.#tag?.since === list.cursor ? { 'if-none-match': this.#tag.value } : {}
    const { status, headers, text } = await this.#get(list.cursor, tag)
    if (status === 304) {
      this.#hear()
      return false
    }
    const etag = headers.get('etag')
    this.#tag = etag === null ? null : { since: list.cursor, value: etag }
    const delta = await readStatement(text, this.#options)
    await this.#take(delta)
    return delta.cutOffs.length + delta.tokens.length > 0
  }

  /** Returns when the stream ends. */
  async #follow(): Promise<void> {
    const { fetch, url, closing, silenceMs } = this.#options
    if (!this.list || this.#isWholeDue()) await this.#loadWhole()
    const lost = new AbortController()
    const close = () => lost.abort(closing.reason)
    closing.addEventListener('abort', close)
    let timer: ReturnType<typeof setTimeout> | undefined
    const watch = () => {
      clearTimeout(timer)
      timer = setTimeout(() => lost.abort(new Error(`The stream was silent for ${silenceMs} ms`)), silenceMs)
    }
    try {
      watch()
      closing.throwIfAborted()
      const cursor = String((this.list as RevocationList).cursor)
      const headers = { ...credential(this.#options), accept: 'text/event-stream', 'last-event-id': cursor }
      const reply = await fetch(`${url}/stream`, { headers, signal: lost.signal, redirect: 'error', cache: 'no-store' })
      if (reply.status !== 200 || !reply.body) throw new Error(`${url}/stream answered ${reply.status}`)
      await readEvents(reply.body, {
        onPiece: () => this.#onPiece(watch),
        onEvent: ({ event, data }) => this.#onEvent(event, data),
      })
    } finally {
      clearTimeout(timer)
      closing.removeEventListener('abort', close)
      lost.abort()
      this.connected = false
    }
  }

  /** The issuer sends something only when it knows that nothing is missing. The first event alone opens the stream. */
  #onPiece(watch: () => void): void {
    watch()
    if (!this.connected) return
    this.#hear()
    if (!this.#isWholeDue()) return
    this.#loadWhole().catch((error: unknown) => (this.lastError = error))
  }

  async #onEvent(event: string, data: string): Promise<void> {
    if (event !== 'revocations') return
    await this.#take(await readStatement(data, this.#options))
    this.connected = true
    this.lastError = undefined
    this.#failures = 0
  }

  async #take(delta: Statement): Promise<void> {
    const list = this.list as RevocationList
    if (delta.workspaceId !== list.workspaceId) throw new Error('The revocation statement is of another workspace')
    // It does not go on from here: after a restore of the issuer, which then tells the whole.
    if (!list.extend(delta)) await this.#loadWhole()
    this.#hear()
  }

  /** Into a list of its own, in as many statements as it takes; nobody is judged by a part. */
  async #loadWhole(): Promise<void> {
    const startedAt = this.#options.now()
    this.#wholeAt = startedAt
    try {
      const draft = new RevocationList(await this.#statement(null))
      for (let more = true; more;) {
        const delta = await this.#statement(draft.cursor)
        if (!draft.extend(delta)) throw new Error('The revocation statement changed while it was read')
        more = delta.cutOffs.length + delta.tokens.length > 0
      }
      if (this.list && draft.workspaceId !== this.list.workspaceId)
        throw new Error('The revocation statement is of another workspace')
      if (!draft.supersedes(this.list)) throw new Error('The revocation statement is older than the list')
      this.list = draft
    } catch (error) {
      this.#wholeAt = -Infinity
      throw error
    }
    this.#hear(startedAt)
    this.#onFirst()
  }

  async #statement(since: number | null): Promise<Statement> {
    const { text } = await this.#get(since)
    const statement = await readStatement(text, this.#options)
    if (since === null && statement.since !== null) throw new Error('The revocation statement is not the whole')
    return statement
  }

  #get(since: number | null, headers: Record<string, string> = {}) {
    const { url } = this.#options
    const address = since === null ? url : `${url}?since=${since}`
    return fetchText(this.#options, address, { ...credential(this.#options), accept: 'application/jwt', ...headers })
  }

  #hear(at: number = this.#options.now()): void {
    this.heardAt = at
  }

  #isWholeDue(): boolean {
    return Math.abs(this.#options.now() - this.#wholeAt) > wholeEveryMs
  }
}

/** Ends early when closing. Where timers can, it does not keep the process from ending. */
function sleep(ms: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    ;(timer as { unref?: () => void }).unref?.()
    closing.addEventListener('abort', end)
    if (closing.aborted) end()
  })
}

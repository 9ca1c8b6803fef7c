// An answer that goes on: server-sent events (WHATWG HTML, section 9.2) for one consumer, as fast as it takes them.
import { Readable } from 'node:stream'

export interface ServerSentEvent {
  readonly event: string
  readonly id: string
  /** Without line breaks. */
  readonly data: string
}

/** Holds one text at the most: who sends asks `hungry` first, and is told by `onHungry` when there is room again. */
export class EventStream extends Readable {
  #hungry = false
  #finished = false
  readonly #onHungry: () => void

  constructor(onHungry: () => void) {
    super({ highWaterMark: 1 })
    this.#onHungry = onHungry
  }

  /** What was sent before has been handed to the socket, and the consumer is there. */
  get hungry(): boolean {
    return this.#hungry && !this.#finished && !this.destroyed
  }

  sendEvent({ event, id, data }: ServerSentEvent): void {
    this.#send(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`)
  }

  /** Consumers skip it; it shows that the sender is there. */
  sendComment(text: string): void {
    this.#send(`: ${text}\n\n`)
  }

  /** How long a consumer that lost the connection should wait. */
  sendRetry(ms: number): void {
    this.#send(`retry: ${ms}\n\n`)
  }

  /** Ends it after what was sent already. */
  finish(): void {
    if (this.#finished || this.destroyed) return
    this.#finished = true
    this.push(null)
  }

  override _read(): void {
    this.#hungry = true
    this.#onHungry()
  }

  #send(text: string): void {
    if (this.#finished || this.destroyed) return
    this.#hungry = false
    this.push(text)
  }
}

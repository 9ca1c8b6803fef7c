// When the service begins with a request: at once while it keeps up, in its turn while it does not, and not at all after a
// wait that is too long. Knows nothing of what a request asks for.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Limits } from './limits.ts'

export interface WaitingLineOptions {
  readonly limits: Limits
  /** Whether what was begun with is as much as can be worked on at once. */
  readonly busy: () => boolean
  readonly begin: Turn
  readonly refuse: Turn
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
}

type Turn = (request: IncomingMessage, response: ServerResponse, waitedMs: number) => void

interface Waiting {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly since: number
  readonly bytes: number
}

/** A request, its answer and their parser. */
const bytesOfOne = 8_192

/**
 * To read a request is far cheaper than to answer it, so all are read as they come and wait in order. In each turn of the
 * event loop only some are begun with: the length of a turn is how long answers of databases, timers, probes and connections
 * wait. Whoever is refused was held until then and cannot ask again at once, so refusing never takes the time of answering.
 */
export class WaitingLine {
  readonly #options: WaitingLineOptions
  readonly #now: () => number
  readonly #line: Waiting[] = []
  #bytes = 0
  #begunInTurn = 0
  #connecting = false
  #goesOn = false
  #looksAgain = false

  constructor(options: WaitingLineOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  get length(): number {
    return this.#line.length
  }

  /** Begins with it, or lets it wait until it can be begun with or has to be refused. */
  enter(request: IncomingMessage, response: ServerResponse): void {
    const { limits, begin, refuse } = this.#options
    if (this.#line.length === 0 && this.#mayBegin()) {
      this.#begunInTurn += 1
      this.#goOn()
      return begin(request, response, 0)
    }
    const bytes = bytesOfOne + bodyBytesOf(request, limits)
    if (this.#bytes + bytes > limits.waitingBytesMax) return refuse(request, response, 0)
    this.#bytes += bytes
    this.#line.push({ request, response, since: this.#now(), bytes })
    this.#lookAgain()
  }

  /** Something has ended: whoever waits may follow. */
  resume(): void {
    if (this.#line.length > 0) this.#goOn()
  }

  /** A connection was made: more may be waiting to be accepted. */
  connected(): void {
    this.#connecting = true
  }

  #mayBegin(): boolean {
    const { limits, busy } = this.#options
    const most = this.#connecting ? limits.requestsBegunConnectingMax : limits.requestsBegunInTurnMax
    return this.#begunInTurn < most && !busy()
  }

  #isLate(): boolean {
    const [first] = this.#line
    return first !== undefined && this.#now() - first.since > this.#options.limits.requestWaitMaxMs
  }

  #goOn(): void {
    if (this.#goesOn) return
    this.#goesOn = true
    setImmediate(() => this.#nextTurn())
  }

  #nextTurn(): void {
    const { limits, begin, refuse } = this.#options
    this.#goesOn = false
    this.#begunInTurn = 0
    // Whoever is late is let in as well while there is room: after a standstill of the whole machine everybody is.
    while (this.#line.length > 0 && this.#mayBegin()) {
      this.#begunInTurn += 1
      this.#leave(begin)
    }
    this.#connecting = false
    for (let refused = 0; refused < limits.requestsRefusedInTurnMax && this.#isLate(); refused += 1) this.#leave(refuse)
    if (this.#begunInTurn > 0 || this.#isLate()) this.#goOn()
    this.#lookAgain()
  }

  /** Nobody is left to answer when the caller has gone. */
  #leave(how: Turn): void {
    const { request, response, since, bytes } = this.#line.shift() as Waiting
    this.#bytes -= bytes
    if (!request.destroyed) how(request, response, this.#now() - since)
  }

  /** Time passes even when nothing ends. */
  #lookAgain(): void {
    if (this.#looksAgain || this.#line.length === 0) return
    this.#looksAgain = true
    setTimeout(() => {
      this.#looksAgain = false
      this.#goOn()
    }, this.#options.limits.requestWaitLookMs)
  }
}

/** What it may hold at most; one that does not tell its length may hold as much as any. */
function bodyBytesOf({ headers }: IncomingMessage, { bodyBytesMax }: Limits): number {
  if (headers['transfer-encoding'] !== undefined) return bodyBytesMax
  return Math.min(Number(headers['content-length'] ?? 0), bodyBytesMax)
}

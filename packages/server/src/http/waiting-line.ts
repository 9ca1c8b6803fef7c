// When the service begins with a request: at once while it keeps up, in its turn while it does not, and not at all when its turn
// would come too late. Knows nothing of what a request asks for, nor of what it is made of.
import type { Limits } from './limits.ts'

export interface WaitingLineOptions {
  readonly limits: Limits
  /** Whether what was begun with is as much as can be worked on at once. */
  readonly busy: () => boolean
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
}

export interface Waiter {
  /** What it holds while it waits. */
  readonly bytes: number
  /** Its caller went away: nobody is left to answer. */
  readonly gone: boolean
  begin(waitedMs: number): void
  refuse(waitedMs: number): void
}

interface Waiting {
  readonly waiter: Waiter
  readonly since: number
  readonly bytes: number
}

/**
 * To read a request is far cheaper than to answer it, so all are read as they come and wait in order. In each turn of the
 * event loop only some are begun with: the length of a turn is how long answers of databases, timers, probes and connections
 * wait. Whose turn would come too late is told so at once, and so few are in a turn that answering keeps most of the time,
 * however fast they come again.
 */
export class WaitingLine {
  readonly #options: WaitingLineOptions
  readonly #now: () => number
  readonly #pace: Pace
  readonly #line: Waiting[] = []
  readonly #turnedAway: Waiting[] = []
  #bytes = 0
  #begunInTurn = 0
  #refusedInTurn = 0
  #connecting = false
  #goesOn = false
  #looksAgain = false

  constructor(options: WaitingLineOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#pace = new Pace(options.limits)
  }

  get length(): number {
    return this.#line.length + this.#turnedAway.length
  }

  /** Whether who comes now need not wait. */
  get open(): boolean {
    return this.#line.length === 0 && this.#begunInTurn < this.#mostInTurn() && !this.#options.busy()
  }

  /** Begins with it, lets it wait, or refuses it, now or as soon as there is time for that. */
  enter(waiter: Waiter): void {
    if (this.open) {
      this.#begunInTurn += 1
      this.#goOn()
      return waiter.begin(0)
    }
    if (this.#bytes + waiter.bytes > this.#options.limits.waitingBytesMax) return waiter.refuse(0)
    const now = this.#now()
    if (this.#line.length >= this.#pace.room) return this.#turnAway(waiter, now)
    if (this.#line.length === 0) this.#pace.restart(now)
    this.#stay(this.#line, waiter, now)
  }

  /** Something has ended: whoever waits may follow. */
  resume(): void {
    if (this.length > 0) this.#goOn()
  }

  /** A connection was made: more may be waiting to be accepted. */
  connected(): void {
    this.#connecting = true
  }

  #mostInTurn(): number {
    const { limits } = this.#options
    return this.#connecting ? limits.requestsBegunConnectingMax : limits.requestsBegunInTurnMax
  }

  #mayRefuse(): boolean {
    return this.#refusedInTurn < this.#mostInTurn() * this.#options.limits.requestsRefusedForEachBegun
  }

  #turnAway(waiter: Waiter, now: number): void {
    if (this.#turnedAway.length > 0 || !this.#mayRefuse()) return this.#stay(this.#turnedAway, waiter, now)
    this.#refusedInTurn += 1
    this.#goOn()
    waiter.refuse(0)
  }

  #stay(line: Waiting[], waiter: Waiter, since: number): void {
    this.#bytes += waiter.bytes
    line.push({ waiter, since, bytes: waiter.bytes })
    this.#lookAgain()
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
    this.#goesOn = false
    this.#begunInTurn = 0
    this.#refusedInTurn = 0
    // Whoever is late is let in as well while there is room: after a standstill of the whole machine everybody is.
    while (this.#line.length > 0 && this.#begunInTurn < this.#mostInTurn() && !this.#options.busy()) {
      this.#begunInTurn += 1
      this.#leave(this.#line, 'begin')
    }
    while ((this.#turnedAway.length > 0 || this.#isLate()) && this.#mayRefuse()) {
      this.#refusedInTurn += 1
      this.#leave(this.#turnedAway.length > 0 ? this.#turnedAway : this.#line, 'refuse')
    }
    this.#connecting = false
    this.#pace.note(this.#begunInTurn, this.#now())
    if (this.#line.length === 0) this.#pace.forget()
    if (this.#begunInTurn + this.#refusedInTurn > 0) this.#goOn()
    this.#lookAgain()
  }

  #leave(line: Waiting[], how: 'begin' | 'refuse'): void {
    const { waiter, since, bytes } = line.shift() as Waiting
    this.#bytes -= bytes
    if (!waiter.gone) waiter[how](this.#now() - since)
  }

  /** Time passes even when nothing ends. */
  #lookAgain(): void {
    if (this.#looksAgain || this.length === 0) return
    this.#looksAgain = true
    setTimeout(() => {
      this.#looksAgain = false
      this.#goOn()
    }, this.#options.limits.requestWaitLookMs)
  }
}

/**
 * For how many there is room: for as many as were begun with within the time that anybody should wait, in the better of the last two
 * such times, because a standstill says nothing of the time after it. Nobody knows before both have passed, and a line so young may
 * be no more than a burst: then there is room for all.
 */
class Pace {
  readonly #limits: Limits
  #since = 0
  #begun = 0
  #before = Infinity
  room = Infinity

  constructor(limits: Limits) {
    this.#limits = limits
  }

  restart(now: number): void {
    this.forget()
    this.#since = now
  }

  forget(): void {
    this.#begun = 0
    this.#before = Infinity
    this.room = Infinity
  }

  note(begun: number, now: number): void {
    const { requestWaitExpectedMaxMs: withinMs, requestsWaitingAlways: least } = this.#limits
    this.#begun += begun
    const passed = now - this.#since
    if (passed < withinMs) return
    const lately = (this.#begun * withinMs) / passed
    this.room = Math.max(lately, this.#before, least)
    this.#before = lately
    this.#begun = 0
    this.#since = now
  }
}

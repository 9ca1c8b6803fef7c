// A clock that stands still until a test moves it.
import type { Clock } from '../src/lib/clock.ts'

export interface SettableClock extends Clock {
  /** Milliseconds since 1970. */
  at: number
}

/** Stands at the present, which certificates and signatures of other parties may need. */
export function settableClock(): SettableClock {
  return {
    at: Date.now(),
    now() {
      return this.at
    },
  }
}

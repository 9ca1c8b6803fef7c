// Answers that go on: how many there may be, for whom, and what ends them.
import type { Logger } from 'pino'
import { ApiError } from '../lib/api-error.ts'
import type { EventStream } from './event-stream.ts'
import { limits } from './limits.ts'

export interface OpenStreams {
  readonly count: number
  /** Takes a place before any work is done; refuses when there is none left. */
  reserve(holderId: string): StreamPlace
  /** Asks every stream's credential again; for the news that some credential changed. */
  recheck(): void
  /** At shutdown: every stream ends now, and so does one that is only just coming. */
  endAll(): void
}

export interface StreamPlace {
  /** From here on the place is given back when the stream closes. `isAllowed` is asked again and again. */
  hold(stream: EventStream, isAllowed: () => Promise<boolean>): void
  /** Gives back a place that no stream came to hold. */
  release(): void
}

interface Held {
  readonly stream: EventStream
  readonly isAllowed: () => Promise<boolean>
  /** It had not taken what it was sent when it was last looked at. */
  slow: boolean
}

/** Who has not taken the end by then is not waited for at shutdown. */
const goodbyeMs = 1_000

export function createOpenStreams({ log, everyMs }: { log: Logger; everyMs: number }): OpenStreams {
  const places = createPlaces(everyMs)
  const open = new Set<Held>()
  let ended = false

  const timer = setInterval(() => {
    for (const held of open) {
      if (held.slow && !held.stream.hungry) held.stream.destroy()
      held.slow = !held.stream.hungry
      void check(held, log)
    }
  }, everyMs)
  timer.unref()

  return {
    get count() {
      return places.taken
    },

    reserve(holderId) {
      places.take(holderId)
      return {
        hold(stream, isAllowed) {
          if (stream.closed) return places.giveBack(holderId)
          const held: Held = { stream, isAllowed, slow: false }
          open.add(held)
          stream.once('close', () => {
            open.delete(held)
            places.giveBack(holderId)
          })
          if (ended) stream.finish()
        },
        release: () => places.giveBack(holderId),
      }
    },

    recheck() {
      for (const held of open) void check(held, log)
    },

    endAll() {
      ended = true
      clearInterval(timer)
      for (const { stream } of open) stream.finish()
      setTimeout(() => [...open].forEach(({ stream }) => stream.destroy()), goodbyeMs).unref()
    },
  }
}

async function check({ stream, isAllowed }: Held, log: Logger): Promise<void> {
  try {
    if (!(await isAllowed())) stream.finish()
  } catch (error) {
    // Nobody said that the credential is bad; while nothing can be asked there is nothing to be told either.
    log.warn({ err: error }, 'the credential of a stream could not be checked')
  }
}

/** How many places are taken, in all and by each credential. */
function createPlaces(everyMs: number) {
  const own = new Map<string, number>()
  let taken = 0
  return {
    get taken() {
      return taken
    },

    take(holderId: string): void {
      const held = own.get(holderId) ?? 0
      if (taken >= limits.streamsMax) throw new ApiError('overloaded')
      if (held >= limits.streamsPerCredentialMax) {
        const message = `This API key follows ${held} streams already; close one first.`
        throw new ApiError('rate_limited', { message, retryAfterSeconds: everyMs / 1000 })
      }
      taken += 1
      own.set(holderId, held + 1)
    },

    giveBack(holderId: string): void {
      taken -= 1
      const left = (own.get(holderId) as number) - 1
      if (left === 0) own.delete(holderId)
      else own.set(holderId, left)
    },
  }
}

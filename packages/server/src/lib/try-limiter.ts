// Counts tries by whatever names who tries, in bounded memory; the ones that succeed are forgiven.
import { LRUCache } from 'lru-cache'
import { ApiError } from './api-error.ts'
import type { Clock } from './clock.ts'

/** Each is a short text and two numbers. Whoever pushes one out has made as many tries before. */
const namesMax = 50_000

export interface TryLimiter {
  /** Throws `rate_limited` when the name has used up its tries. Counted before the work, so that none runs beside the count. */
  take(name: string): void
  /** Takes back all tries of the name. */
  forgive(name: string): void
  /** Takes back one: where many share a name, the success of one of them says nothing about the rest. */
  forgiveOne(name: string): void
}

interface Tries {
  count: number
  readonly endsAt: number
}

export function createTryLimiter(clock: Clock, max: number, windowMs: number): TryLimiter {
  // Made with the first try, since it sets aside room for all names.
  let tries: LRUCache<string, Tries> | undefined
  return {
    take(name) {
      tries ??= new LRUCache({ max: namesMax })
      const now = clock.now()
      const known = tries.get(name)
      const current = known && known.endsAt > now ? known : { count: 0, endsAt: now + windowMs }
      if (current.count >= max)
        throw new ApiError('rate_limited', { retryAfterSeconds: Math.ceil((current.endsAt - now) / 1000) })
      current.count += 1
      tries.set(name, current)
    },
    forgive: (name) => void tries?.delete(name),
    forgiveOne(name) {
      const known = tries?.get(name)
      if (known && known.count > 0) known.count -= 1
    },
  }
}

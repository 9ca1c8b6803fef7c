// Time, passed in so that tests can set it.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** A request has one moment: what it changes and what it tells of that bear the same time. */
export function momentOf(clock: Clock): Clock {
  const now = clock.now()
  return { now: () => now }
}

/** ISO 8601 in UTC with milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** The same for a moment that may not have come. */
export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}

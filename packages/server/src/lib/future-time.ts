// Moments that a caller sets and that must still lie ahead.
import { invalid } from './api-error.ts'
import type { Clock } from './clock.ts'

/** In milliseconds; null where none was given. Throws `invalid_request` for one that has come. */
export function futureTime(clock: Clock, time: string | null | undefined, path = 'expiresAt'): number | null {
  if (time === undefined || time === null) return null
  const ms = Date.parse(time)
  if (!(ms > clock.now())) throw invalid(path, 'must be in the future')
  return ms
}

// What every answer carries, whoever gives it.
import { randomUUID } from 'node:crypto'

/** What browsers are told with every answer; a page that needs more replaces it. */
export const cautiousHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-cache',
} as const

/** A caller's id is kept when it can neither break a log line nor a header. */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=~-]{1,128}$/.test(given) ? given : randomUUID()
}

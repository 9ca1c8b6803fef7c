// The cookie of a sign-in to the console: how it is set, ended and read, and which requests it speaks for.
import type { FastifyRequest } from 'fastify'

/** Over https the prefix makes browsers keep it to this host and path, and never let plain http set it. */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-narthex-session' : 'narthex-session'
}

/** The value of `Set-Cookie`; an empty secret ends the cookie. */
export function sessionCookie(publicUrl: string, secret: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const age = secret === '' ? 0 : maxAgeSeconds
  return `${sessionCookieName(publicUrl)}=${secret}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`
}

/**
 * The secret of the sign-in that a request carries; null without one. A browser attaches cookies to whatever page sends the
 * request, so one that changes anything counts only when a page of this service sent it.
 */
export function sessionSecretOf(request: FastifyRequest, publicUrl: string): string | null {
  const wanted = `${sessionCookieName(publicUrl)}=`
  const pair = (request.headers.cookie ?? '').split(/; */).find((one) => one.startsWith(wanted))
  if (!pair) return null
  const reading = request.method === 'GET' || request.method === 'HEAD'
  return reading || isSameOrigin(request, publicUrl) ? pair.slice(wanted.length) : null
}

/** Whether a page of this very origin sent the request; browsers say so, and pages cannot make them lie. */
export function isSameOrigin({ headers }: FastifyRequest, publicUrl: string): boolean {
  const { origin } = headers
  if (origin !== undefined) return origin === new URL(publicUrl).origin
  return headers['sec-fetch-site'] === 'same-origin'
}

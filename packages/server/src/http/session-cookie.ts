// The cookie of a sign-in to the console: how it is set, ended and read, and which requests it speaks for.
import type { FastifyRequest } from 'fastify'

/** Over https the prefix makes browsers keep it to this host and path, and never let plain http set it. */
function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith('https:') ? '__Host-narthex-session' : 'narthex-session'
}

/** The value of `Set-Cookie`; an empty secret ends the cookie. */
export function sessionCookie(publicUrl: string, secret: string, maxAgeSeconds: number): string {
  return cookieLine(publicUrl, sessionCookieName(publicUrl), { value: secret, maxAgeSeconds, sameSite: 'Strict' })
}

/** What a browser keeps while it is at the identity provider. It comes back from another site, which `Strict` would hide. */
export function singleSignOnCookie(publicUrl: string, value: string, maxAgeSeconds: number): string {
  return cookieLine(publicUrl, singleSignOnCookieName(publicUrl), { value, maxAgeSeconds, sameSite: 'Lax' })
}

export function singleSignOnCookieOf(request: FastifyRequest, publicUrl: string): string | null {
  return cookieOf(request, singleSignOnCookieName(publicUrl))
}

function singleSignOnCookieName(publicUrl: string): string {
  return sessionCookieName(publicUrl).replace('session', 'single-sign-on')
}

interface CookieParts {
  readonly value: string
  readonly maxAgeSeconds: number
  readonly sameSite: 'Strict' | 'Lax'
}

function cookieLine(publicUrl: string, name: string, { value, maxAgeSeconds, sameSite }: CookieParts): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const age = value === '' ? 0 : maxAgeSeconds
  return `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=${sameSite}${secure}`
}

function cookieOf(request: FastifyRequest, name: string): string | null {
  const pair = (request.headers.cookie ?? '').split(/; */).find((one) => one.startsWith(`${name}=`))
  return pair?.slice(name.length + 1) || null
}

/**
 * The secret of the sign-in that a request carries; null without one. A browser attaches cookies to whatever page sends the
 * request, so one that changes anything counts only when a page of this service sent it.
 */
export function sessionSecretOf(request: FastifyRequest, publicUrl: string): string | null {
  const secret = cookieOf(request, sessionCookieName(publicUrl))
  // No other credential is taken from a cookie.
  if (!secret?.startsWith('nxs_')) return null
  const reading = request.method === 'GET' || request.method === 'HEAD'
  return reading || isSameOrigin(request, publicUrl) ? secret : null
}

/**
 * Whether a page of this very origin sent the request; browsers say so, and pages cannot make them lie. Older ones tell the
 * page's origin only, which then has to be the public one.
 */
export function isSameOrigin({ headers }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers.origin === new URL(publicUrl).origin : site === 'same-origin'
}

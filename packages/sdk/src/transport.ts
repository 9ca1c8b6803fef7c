// One call over HTTP: the credential, the time limit, and repetition where it is safe.
import { startDeadline, type Deadline } from './deadline.ts'
import { NarthexError } from './errors.ts'
import { networkError, parsed, refusal, unreadable } from './failures.ts'

/** How to reach the service. */
export interface Connection {
  /** Where the service is, for example `https://id.example.com`; below it the SDK adds `/api/v1`. */
  readonly baseUrl: string
  /** Instead of the platform's own, for example to add a proxy. */
  readonly fetch?: typeof globalThis.fetch
  /** How long a call may take in milliseconds, its repetitions and waits included. Default 30,000; at most 600,000. */
  readonly timeoutMs?: number
}

/** The credential is sent in a header, and never part of an address, an error or anything the client shows of itself. */
export type ClientOptions = KeyOptions | MemberOptions

export interface KeyOptions extends Connection {
  /** An API key: it fixes the workspace, and its scopes what it may do. */
  readonly apiKey: string
  readonly memberToken?: undefined
  readonly workspaceId?: undefined
}

export interface MemberOptions extends Connection {
  /** A personal access token of a member: it may do what the member may. */
  readonly memberToken: string
  /** Which workspace of the member is meant, where not the one that the token was made in. The Referral API needs none. */
  readonly workspaceId?: string | undefined
  readonly apiKey?: undefined
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, for a form below `/oauth2`, on the Referral API below its own base; percent-encoded. */
  readonly path: string
  readonly surface?: 'referral'
  readonly query?: object
  readonly body?: unknown
  /** Instead of `body`, to an OAuth endpoint. */
  readonly form?: object
  /** What a success answers where it is not JSON: one JWT, or nothing at all. */
  readonly answer?: 'jwt' | 'nothing'
  /** The credential is sent as Bearer token (RFC 6750), not bare. */
  readonly bearer?: true
  /** A POST that may be repeated although it carries no key: it only asks, or does the same twice. */
  readonly repeatable?: true
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or the text of a JWT; null with 304 and where nothing is answered. */
  readonly body: unknown
}

export type Send = (request: Request) => Promise<Reply>

const defaultTimeoutMs = 30_000
const timeoutMsMax = 600_000
/** Two repetitions get over a full second of a rate limit or a restart; more would only add to an overload. */
const attemptsMax = 3

/** `credential` is what `requireSecret` let through; `workspaceId` is the one that a member means. */
export function createTransport(options: Connection, credential: string, workspaceId?: string): Send {
  const timeoutMs = requireTimeout(options.timeoutMs ?? defaultTimeoutMs)
  const wire: Wire = {
    root: requireBaseUrl(options.baseUrl),
    credential,
    workspaceId,
    // Looked up at each call and called on its own object, as browsers require.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
  const attempt = async (request: Request, deadline: Deadline): Promise<Reply> => {
    const { status, headers, text } = await exchange(wire, request, deadline.signal)
    if (status === 304) return { status, headers, body: null }
    if (status < 200 || status > 299) throw refusal(status, headers, text.replaceAll(credential, '[removed]'))
    const body = read(request, headers, text)
    if (body === undefined) throw unreadable(status, headers)
    return { status, headers, body }
  }
  return async (request) => {
    const deadline = startDeadline(timeoutMs, request.signal)
    try {
      return await persistently(request, deadline, () => attempt(request, deadline))
    } finally {
      deadline.release()
    }
  }
}

/** Undefined when it is not what the service answers: something between can answer any page with 200. */
function read({ answer }: Request, headers: Headers, text: string): unknown {
  if (answer === 'nothing') return text === '' ? null : undefined
  if (answer === undefined) return parsed(text)
  return /^application\/jwt\b/i.test(headers.get('content-type') ?? '') ? text : undefined
}

/** Repeats what may be repeated, when the service says how long to wait and there is time for it. */
async function persistently(request: Request, deadline: Deadline, attempt: () => Promise<Reply>): Promise<Reply> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      const waitMs = waitAfter(error, request)
      if (waitMs === null || attempts >= attemptsMax || waitMs >= deadline.left()) throw error
      await deadline.sleep(waitMs)
    }
  }
}

/** Null where it must not be repeated: after any other failure, or when a second effect could follow. */
function waitAfter(error: unknown, { method, headers, repeatable }: Request): number | null {
  if (!(error instanceof NarthexError) || (error.status !== 429 && error.status !== 503)) return null
  const safe = method === 'GET' || repeatable || headers?.['idempotency-key'] !== undefined
  return safe && error.retryAfterSeconds !== null ? error.retryAfterSeconds * 1000 : null
}

interface Wire {
  readonly root: string
  readonly credential: string
  readonly workspaceId: string | undefined
  readonly fetch: typeof globalThis.fetch
}

/** One request and its whole answer. */
async function exchange({ root, credential, workspaceId, fetch }: Wire, request: Request, signal: AbortSignal) {
  const { method, path, query, surface, bearer } = request
  const { type, content } = contentOf(request)
  const place = surface ? {} : { 'x-workspace-id': workspaceId }
  const headers = { ...sendable({ ...place, ...request.headers }), ...type }
  const address = root + baseOf(request) + path
  signal.throwIfAborted()
  try {
    const response = await fetch(address + queryText(query), {
      method,
      headers: { ...headers, authorization: bearer ? `Bearer ${credential}` : credential },
      // Nothing of this API redirects; whatever does must not get the key.
      redirect: 'error',
      cache: 'no-store',
      signal,
      ...content,
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw networkError(cause)
  }
}

function baseOf({ form, surface }: Request): string {
  if (form) return '/oauth2'
  return surface === 'referral' ? '/api/referral/v1' : '/api/v1'
}

function contentOf({ body, form }: Request) {
  if (form) return { type: { 'content-type': 'application/x-www-form-urlencoded' }, content: { body: encoded(form) } }
  if (body === undefined) return { type: {}, content: {} }
  return { type: { 'content-type': 'application/json' }, content: { body: JSON.stringify(body) } }
}

function queryText(query: object = {}): string {
  const text = encoded(query)
  return text === '' ? '' : `?${text}`
}

/** Several values repeat their key. */
function encoded(values: object): string {
  const pairs = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) pairs.append(key, String(item))
  }
  return pairs.toString()
}

function sendable(headers: Request['headers'] = {}): Record<string, string> {
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  for (const [name, value] of given) {
    if (!/^[\x20-\x7e]*$/.test(value)) throw new TypeError(`${name} must be visible ASCII characters`)
  }
  return Object.fromEntries(given)
}

function requireBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const usable =
    url && ['http:', 'https:'].includes(url.protocol) && url.search + url.hash + url.username + url.password === ''
  // The address is not quoted: a password in it would end up in a log.
  if (!usable) throw new TypeError('baseUrl must be an http or https address without query or credentials')
  return url.href.replace(/\/+$/, '')
}

/** `name` is what the caller knows it by. */
export function requireSecret(name: string, secret: string, charactersMax: number): string {
  if (typeof secret !== 'string' || !/^[\x21-\x7e]+$/.test(secret) || secret.length > charactersMax) {
    throw new TypeError(`${name} must be 1 to ${charactersMax} visible ASCII characters`)
  }
  return secret
}

function requireTimeout(ms: number): number {
  if (!(ms > 0 && ms <= timeoutMsMax)) throw new TypeError(`timeoutMs must be above 0 and at most ${timeoutMsMax}`)
  return ms
}

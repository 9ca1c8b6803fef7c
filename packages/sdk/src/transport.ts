// One call over HTTP: the credential, the time limit, and repetition where it is safe.
import { startDeadline, type Deadline } from './deadline.ts'
import { NarthexError } from './errors.ts'
import { networkError, parsed, refusal, unreadable } from './failures.ts'

/** How to reach the service. */
export interface ClientOptions {
  /** Where the service is, for example `https://id.example.com`; below it the SDK adds `/api/v1`. */
  readonly baseUrl: string
  /** An API key. It is sent in a header, and never part of an address, an error or anything this client shows of itself. */
  readonly apiKey: string
  /** Instead of the platform's own, for example to add a proxy. */
  readonly fetch?: typeof globalThis.fetch
  /** How long a call may take in milliseconds, its repetitions and waits included. Default 30,000; at most 600,000. */
  readonly timeoutMs?: number
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, percent-encoded. */
  readonly path: string
  readonly query?: object
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; null with 304. */
  readonly body: unknown
}

export type Send = (request: Request) => Promise<Reply>

const defaultTimeoutMs = 30_000
const timeoutMsMax = 600_000
/** Two repetitions get over a full second of a rate limit or a restart; more would only add to an overload. */
const attemptsMax = 3

export function createTransport(options: ClientOptions): Send {
  const timeoutMs = requireTimeout(options.timeoutMs ?? defaultTimeoutMs)
  const apiKey = requireApiKey(options.apiKey)
  const wire: Wire = {
    root: `${requireBaseUrl(options.baseUrl)}/api/v1`,
    apiKey,
    // Looked up at each call and called on its own object, as browsers require.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
  const attempt = async (request: Request, deadline: Deadline): Promise<Reply> => {
    const { status, headers, text } = await exchange(wire, request, deadline.signal)
    if (status === 304) return { status, headers, body: null }
    if (status < 200 || status > 299) throw refusal(status, headers, text.replaceAll(apiKey, '[removed]'))
    const body = parsed(text)
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
function waitAfter(error: unknown, { method, headers }: Request): number | null {
  if (!(error instanceof NarthexError) || (error.status !== 429 && error.status !== 503)) return null
  const safe = method === 'GET' || headers?.['idempotency-key'] !== undefined
  return safe && error.retryAfterSeconds !== null ? error.retryAfterSeconds * 1000 : null
}

interface Wire {
  readonly root: string
  readonly apiKey: string
  readonly fetch: typeof globalThis.fetch
}

/** One request and its whole answer. */
async function exchange({ root, apiKey, fetch }: Wire, request: Request, signal: AbortSignal) {
  const { method, path, query, body } = request
  const headers = { ...sendable(request.headers), ...(body !== undefined && { 'content-type': 'application/json' }) }
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  signal.throwIfAborted()
  try {
    const response = await fetch(root + path + queryText(query), {
      method,
      headers: { ...headers, authorization: apiKey },
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

/** Several values repeat their key. */
function queryText(query: object = {}): string {
  const pairs = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) pairs.append(key, String(item))
  }
  const text = pairs.toString()
  return text === '' ? '' : `?${text}`
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

function requireApiKey(apiKey: string): string {
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]{1,1024}$/.test(apiKey)) {
    throw new TypeError('apiKey must be 1 to 1024 visible ASCII characters')
  }
  return apiKey
}

function requireTimeout(ms: number): number {
  if (!(ms > 0 && ms <= timeoutMsMax)) throw new TypeError(`timeoutMs must be above 0 and at most ${timeoutMsMax}`)
  return ms
}

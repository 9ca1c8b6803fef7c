// One bounded request: time, size, no redirects.

export interface Requests {
  readonly fetch: typeof globalThis.fetch
  readonly apiKey: string | undefined
  /** Aborted when the verifier is closed. */
  readonly closing: AbortSignal
}

export interface Fetched {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const timeoutMs = 10_000
/** Twice the largest statement. */
const charactersMax = 16_777_216

/** Throws what `fetch` throws, and for an answer that is neither a success nor "not modified". */
export async function fetchText(
  requests: Requests,
  url: string,
  headers: Record<string, string> = {},
): Promise<Fetched> {
  const timed = new AbortController()
  const stop = () => timed.abort(requests.closing.reason)
  requests.closing.addEventListener('abort', stop)
  const timer = setTimeout(() => timed.abort(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs)
  try {
    requests.closing.throwIfAborted()
    // A redirect could hand the API key to somebody else.
    const { fetch } = requests
    const reply = await fetch(url, { headers, signal: timed.signal, redirect: 'error', cache: 'no-store' })
    const text = await reply.text()
    if (reply.status !== 200 && reply.status !== 304) throw new Error(`${url} answered ${reply.status}`)
    if (text.length > charactersMax) throw new Error(`${url} answered more than ${charactersMax} characters`)
    return { status: reply.status, headers: reply.headers, text }
  } finally {
    clearTimeout(timer)
    requests.closing.removeEventListener('abort', stop)
  }
}

/** Without a key nothing: then `fetch` itself adds what is needed. */
export function credential({ apiKey }: Requests): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
}

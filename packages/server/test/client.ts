// A bare HTTP client: what any integrator's curl would send, and everything that came back.
import { basePaths } from '@narthex/contract'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; the text where it is none. */
  readonly body: any // eslint-disable-line -- tests assert the shape
}

export interface RequestOptions {
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Client {
  readonly address: string
  readonly key: string
  /** The same with another credential. */
  as(key: string): Client
  /** `path` is below /api/v1 unless it begins with `//`, which stands for the root; `referral:/…` is below the Referral API. */
  send(method: string, path: string, options?: RequestOptions): Promise<Reply>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  delete(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>
}

/** Told of every answer, so that a suite can show what it has seen of the contract. */
export type OnReply = (method: string, url: string, reply: Reply) => void

export function createClient(address: string, key: string, onReply: OnReply = () => {}): Client {
  const send: Client['send'] = async (method, path, options = {}) => {
    const url = address + belowRoot(path)
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    const response = await fetch(url, {
      method,
      headers: {
        ...(key !== '' && { authorization: key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      redirect: 'manual',
      ...(body !== undefined && { body: body as string }),
    })
    const reply = { status: response.status, headers: response.headers, body: parsed(await textOf(response)) }
    onReply(method, url, reply)
    return reply
  }
  return {
    address,
    key,
    as: (other) => createClient(address, other, onReply),
    send,
    get: (path, headers) => send('GET', path, { ...(headers && { headers }) }),
    post: (path, body, headers) => send('POST', path, { body, ...(headers && { headers }) }),
    patch: (path, body, headers) => send('PATCH', path, { body, ...(headers && { headers }) }),
    delete: (path, headers) => send('DELETE', path, { ...(headers && { headers }) }),
  }
}

function belowRoot(path: string): string {
  if (path.startsWith('//')) return path.slice(1)
  if (path.startsWith('referral:')) return basePaths.referral + path.slice('referral:'.length)
  return basePaths.workspace + path
}

/** Of an answer that goes on only the first part. */
async function textOf(response: Response): Promise<string> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  const reader = response.body.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

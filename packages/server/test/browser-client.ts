// What a browser does on the sign-in page: it keeps cookies and says where its page comes from.
import { createClient, type Client, type Reply } from './client.ts'

export interface BrowserClient {
  /** `path` is from the root. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>
  post(path: string, body?: unknown): Promise<Reply>
  put(path: string, body: unknown): Promise<Reply>
  delete(path: string, body?: unknown): Promise<Reply>
  /** By name, without attributes. */
  readonly cookies: Map<string, string>
  /** The last `Set-Cookie` as it was sent. */
  lastCookie(): string | null
  /** The same cookies at another node. */
  at(address: string): BrowserClient
  /** With this page's origin instead of the service's own; null: a request that tells none. */
  from(origin: string | null): BrowserClient
}

export function createBrowserClient(
  address: string,
  origin: string | null = 'https://id.example.com',
  cookies: Map<string, string> = new Map(),
): BrowserClient {
  const client: Client = createClient(address, '')
  let lastCookie: string | null = null
  const send = async (method: string, path: string, body?: unknown, headers = {}): Promise<Reply> => {
    const reply = await client.send(method, `/${path}`, {
      ...(body !== undefined && { body }),
      headers: {
        ...(origin !== null && { origin }),
        ...headers,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) as unknown as [string, string, string]
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
      lastCookie = line
    }
    return reply
  }
  return {
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    delete: (path, body) => send('DELETE', path, body),
    cookies,
    lastCookie: () => lastCookie,
    at: (other) => createBrowserClient(other, origin, cookies),
    from: (other) => createBrowserClient(address, other, cookies),
  }
}

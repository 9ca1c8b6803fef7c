// The kinds of calls that resources are made of: from a reply to the result that callers see.
import type {
  CallOptions,
  ChangeOptions,
  CreateOptions,
  GetOptions,
  Got,
  NotModified,
  Page,
  Result,
  Versioned,
} from './results.ts'
import type { Reply, Request, Send } from './transport.ts'

/** The largest page: a walk asks as seldom as it can. */
const walkPageSize = 100

export type Calls = ReturnType<typeof createCalls>

export function createCalls(send: Send) {
  const list = async <T>(path: string, query: object, options: CallOptions = {}): Promise<Page<T>> => {
    const reply = await send({ method: 'GET', path, query, signal: options.signal })
    const total = reply.headers.get('total-count')
    return {
      ...result<T[]>(reply),
      nextCursor: nextCursor(reply.headers),
      total: total === null ? null : Number(total),
    }
  }
  return {
    list,

    /** Fetches a page when the one before is used up. */
    async *listAll<T>(path: string, query: object, options: CallOptions = {}): AsyncGenerator<T, void, undefined> {
      const filters = { pageSize: walkPageSize, ...withoutAbsent(query) }
      let page = await list<T>(path, filters, options)
      yield* page.data
      while (page.nextCursor !== null) {
        page = await list<T>(path, { ...filters, cursor: page.nextCursor }, options)
        yield* page.data
      }
    },

    async get<T, O extends GetOptions>(path: string, options?: O, more: GetMore = {}): Promise<Got<T, O>> {
      const headers = { 'if-none-match': options?.ifNoneMatch }
      return got<T>(await send({ ...more, method: 'GET', path, headers, signal: options?.signal })) as Got<T, O>
    },

    /** What has no versions. */
    async read<T>(path: string, more: ReadMore = {}, options: CallOptions = {}): Promise<Result<T>> {
      return result(await send({ ...more, method: 'GET', path, signal: options.signal }))
    },

    async create<T>(path: string, body: object, options: CreateOptions = {}): Promise<Versioned<T>> {
      const headers = { 'idempotency-key': options.idempotencyKey ?? randomKey() }
      return versioned(await send({ method: 'POST', path, body, headers, signal: options.signal }))
    },

    /** A creation of what has no versions. */
    async make<T>(path: string, body: object, options: CreateOptions = {}): Promise<Result<T>> {
      const headers = { 'idempotency-key': options.idempotencyKey ?? randomKey() }
      return result(await send({ method: 'POST', path, body, headers, signal: options.signal }))
    },

    async update<T>(path: string, body: object, options: ChangeOptions = {}): Promise<Versioned<T>> {
      const headers = { 'if-match': options.ifMatch }
      return versioned(await send({ method: 'PATCH', path, body, headers, signal: options.signal }))
    },

    async delete<T>(path: string, options: ChangeOptions = {}): Promise<Result<T>> {
      const headers = { 'if-match': options.ifMatch }
      return result(await send({ method: 'DELETE', path, headers, signal: options.signal }))
    },

    /** A POST that is no creation: never repeated by itself. */
    async act<T>(path: string, body: object | undefined, options: CallOptions = {}): Promise<Result<T>> {
      return result(await send({ method: 'POST', path, body, signal: options.signal }))
    },

    async actOn<T>(path: string, body: object | undefined, options: CallOptions = {}): Promise<Versioned<T>> {
      return versioned(await send({ method: 'POST', path, body, signal: options.signal }))
    },

    /** A form to an OAuth endpoint, with the API key as Bearer token. */
    async submit<T>(path: string, { form, ...more }: Submission, options: CallOptions = {}): Promise<Result<T>> {
      return result(await send({ ...more, method: 'POST', path, form, bearer: true, signal: options.signal }))
    },
  }
}

type ReadMore = Pick<Request, 'query' | 'bearer'>
type GetMore = Pick<Request, 'query' | 'answer'>
type Submission = Pick<Request, 'answer' | 'repeatable'> & { readonly form: object }

/** The address of one resource. An id that would change the address is the caller's mistake, not the service's to answer. */
export function at(collection: string, id: string, verb?: string): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..')
    throw new TypeError('id must be the id of a resource')
  return `${collection}/${encodeURIComponent(id)}${verb ? `/${verb}` : ''}`
}

/** A resource, or that the caller has it already. */
export function got<T>(reply: Reply): Versioned<T> | NotModified {
  return reply.status === 304 ? { ...result<null>(reply), notModified: true, etag: etagOf(reply) } : versioned<T>(reply)
}

function result<T>({ body, headers }: Reply): Result<T> {
  return { data: body as T, requestId: headers.get('x-request-id') ?? '' }
}

function versioned<T>(reply: Reply): Versioned<T> {
  return { ...result<T>(reply), notModified: false, etag: etagOf(reply) }
}

function etagOf({ headers }: Reply): string {
  return headers.get('etag') ?? ''
}

/** Only the cursor is taken from the address: the key goes to `baseUrl` and nowhere else. */
function nextCursor(headers: Headers): string | null {
  const [, address] = /<([^>]*)>\s*;\s*rel="next"/.exec(headers.get('link') ?? '') ?? []
  return address !== undefined && URL.canParse(address) ? new URL(address).searchParams.get('cursor') : null
}

function withoutAbsent(query: object): object {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
}

/** 128 random bits. `crypto.randomUUID` is missing in pages that were not loaded over https. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

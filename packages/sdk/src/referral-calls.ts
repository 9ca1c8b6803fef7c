// The kinds of calls on the Referral API: numbered pages, filters as JSON, and changes that name the version they are meant for.
import { createCalls, got, type Calls } from './calls.ts'
import type { CallOptions, GetOptions, NotModified, Result, Versioned } from './results.ts'
import type { Send } from './transport.ts'
import type { ReferralPage } from './types.ts'

/** The largest page: a walk asks as seldom as it can. */
const walkPageSize = 100

/** A page by its number, with how many there are. */
export interface NumberedPage<T> extends Versioned<T[]> {
  readonly page: ReferralPage
}

/** `NotModified` is possible only for a call that gave `ifNoneMatch`. */
export type GotPage<T, O extends GetOptions> = 'ifNoneMatch' extends keyof O
  ? NumberedPage<T> | NotModified
  : NumberedPage<T>

/** What a change of a referral takes: the version that the caller has seen. */
export interface GuardedOptions extends CallOptions {
  /** The `etag`, or `meta.version` in quotes. When it is no longer the current one, nothing changes and the call fails with 412. */
  readonly ifMatch: string
}

/** The query of a walk: its filters, and with `size` how many are fetched at a time (default 100). */
export type NumberedWalk<Q> = Omit<Q, 'number'>

type ListBody<T> = { readonly [list: string]: T[] } & { readonly meta: { readonly page: ReferralPage } }

interface ListQuery {
  readonly filter?: object | undefined
  readonly sort?: readonly string[] | undefined
}

export interface ReferralCalls extends Omit<Calls, 'list' | 'listAll'> {
  /** `list` is the name of the list in the answer. */
  page<T, O extends GetOptions>(list: string, path: string, query: ListQuery, options?: O): Promise<GotPage<T, O>>
  pageAll<T>(list: string, path: string, query: ListQuery, options?: CallOptions): AsyncGenerator<T, void, undefined>
  refer<T>(path: string, body: object, options?: CallOptions): Promise<Versioned<T>>
  withdraw(path: string, options: GuardedOptions): Promise<Result<null>>
}

export function createReferralCalls(anywhere: Send): ReferralCalls {
  const send: Send = (request) => anywhere({ ...request, surface: 'referral' })
  const { list: _, listAll: __, ...calls } = createCalls(send)
  const page = paging(send)
  return {
    ...calls,
    page,

    async *pageAll<T>(list: string, path: string, query: ListQuery, options: CallOptions = {}) {
      const filters = { size: walkPageSize, ...query }
      for (let number = 0, pages = 1; number < pages; number += 1) {
        const { data, page: where } = await page<T, CallOptions>(
          list,
          path,
          { ...filters, number } as ListQuery,
          options,
        )
        yield* data
        pages = where.totalPages
      }
    },

    refer: (path, body, options) => calls.actOn(path, body, options),

    async withdraw(path, options) {
      const headers = { 'if-match': options.ifMatch }
      const { headers: told } = await send({
        method: 'DELETE',
        path,
        headers,
        answer: 'nothing',
        signal: options.signal,
      })
      return { data: null, requestId: told.get('x-request-id') ?? '' }
    },
  }
}

function paging(send: Send): ReferralCalls['page'] {
  return async <T, O extends GetOptions>(list: string, path: string, query: ListQuery, options?: O) => {
    const headers = { 'if-none-match': options?.ifNoneMatch }
    const reply = await send({ method: 'GET', path, query: written(query), headers, signal: options?.signal })
    const whole = got<ListBody<T>>(reply)
    const shown = whole.notModified ? whole : { ...whole, data: whole.data[list], page: whole.data.meta.page }
    // Whether 304 may come is told by the options' type, which no value can show.
    return shown as unknown as GotPage<T, O>
  }
}

function written({ filter, sort, ...query }: ListQuery): object {
  return {
    ...query,
    ...(filter && { filter: JSON.stringify(filter) }),
    ...(sort && sort.length > 0 && { sort: sort.join(',') }),
  }
}

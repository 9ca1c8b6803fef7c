// Lists of the Referral API: from the parameters that they all take to a page, and from its elements to an answer.
import {
  pageSizeMax,
  parseFilter,
  parseSort,
  type Condition,
  type FilterFields,
  type ListMeta,
  type SortKey,
} from '@narthex/contract'
import { ApiError } from '../lib/api-error.ts'
import { sha256 } from '../lib/encryption.ts'

interface ListQuery {
  readonly number: number
  readonly size: number
  readonly filter?: string
  readonly sort?: string
}

export interface ListPage {
  readonly number: number
  readonly size: number
  readonly offset: number
  readonly condition: Condition
  readonly keys: readonly SortKey[]
}

/** `sort` is what holds when the caller names none. Throws `invalid_request` with the place in the filter or the order. */
export function readListPage(query: ListQuery, fields: FilterFields, sort: string): ListPage {
  const filter = parseFilter(query.filter ?? '{}', fields)
  if ('issue' in filter) throw new ApiError('invalid_request', { issues: [filter.issue] })
  const order = parseSort(query.sort ?? sort, fields)
  if ('issue' in order) throw new ApiError('invalid_request', { issues: [order.issue] })
  const size = Math.min(query.size, pageSizeMax)
  return { number: query.number, size, offset: query.number * size, ...filter, ...order }
}

/** The list under its name, with its place among all pages. The entity tag is a digest of all that is shown. */
export function listAnswer<N extends string, T>(
  name: N,
  elements: readonly T[],
  { number, size }: ListPage,
  totalElements: number,
) {
  const totalPages = Math.ceil(totalElements / size)
  const meta: ListMeta = { page: { totalPages, number, size, elements: elements.length, totalElements } }
  const body = { [name]: elements, meta } as { [K in N]: T[] } & { meta: ListMeta }
  return { body, tag: sha256(JSON.stringify(body)).slice(0, 22) }
}

// Calls on tiers: service levels.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type { CreateTier, ListTiersQuery, Message, Tier, UpdateTier } from './types.ts'

const path = '/tiers'

export type Tiers = ReturnType<typeof tiers>

export function tiers(calls: Calls) {
  return {
    /** One page of those that match all given filters, newest first. */
    list: (query: ListTiersQuery = {}, options?: CallOptions) => calls.list<Tier>(path, query, options),

    /** Every tier that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListTiersQuery> = {}, options?: CallOptions) => calls.listAll<Tier>(path, query, options),

    /** At most 20 limits, and 4 KiB of metadata. Errors: `invalid_request`. */
    create: (body: CreateTier, options?: CreateOptions) => calls.create<Tier>(path, body, options),

    /** Errors: `tier_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<Tier, O>(at(path, id), options),

    /**
     * Changes the given fields; `limits` and `metadata` are replaced as a whole. Errors: `tier_not_found`,
     * `precondition_failed`.
     */
    update: (id: string, body: UpdateTier, options?: ChangeOptions) => calls.update<Tier>(at(path, id), body, options),

    /** Errors: `tier_in_use` (the message says by how many), `tier_not_found`, `precondition_failed`. */
    delete: (id: string, options?: ChangeOptions) => calls.delete<Message>(at(path, id), options),
  }
}

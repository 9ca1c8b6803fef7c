// Calls on blocks: refusing an account, a person or an identifier.
import { at, type Calls } from './calls.ts'
import type { CallOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type { Block, CreateBlock, LiftBlock, ListBlocksQuery } from './types.ts'

const path = '/blocks'

export type Blocks = ReturnType<typeof blocks>

export function blocks(calls: Calls) {
  return {
    /**
     * From now on nobody whom it reaches gets in, and their access tokens are dead. Give the subject that `reach` names and no
     * other. Errors: `external_user_not_found`, `super_identity_not_found`, `channel_not_found`.
     */
    create: (body: CreateBlock, options?: CreateOptions) => calls.create<Block>(path, body, options),

    /** One page of those that match all given filters, newest first, those that are over included. */
    list: (query: ListBlocksQuery = {}, options?: CallOptions) => calls.list<Block>(path, query, options),

    /** Every block that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListBlocksQuery> = {}, options?: CallOptions) => calls.listAll<Block>(path, query, options),

    /** Errors: `block_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<Block, O>(at(path, id), options),

    /** Tokens that it ended stay dead. Lifting again changes nothing. Errors: `block_not_found`. */
    lift: (id: string, body: LiftBlock = {}, options?: CallOptions) =>
      calls.actOn<Block>(at(path, id, 'lift'), body, options),
  }
}

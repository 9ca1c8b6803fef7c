// Calls on channels: where external users come in.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type { Channel, CreateChannel, ListChannelsQuery, Message, UpdateChannel } from './types.ts'

const path = '/channels'

export type Channels = ReturnType<typeof channels>

export function channels(calls: Calls) {
  return {
    /** One page of those that match all given filters, newest first, archived ones included. */
    list: (query: ListChannelsQuery = {}, options?: CallOptions) => calls.list<Channel>(path, query, options),

    /** Every channel that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListChannelsQuery> = {}, options?: CallOptions) =>
      calls.listAll<Channel>(path, query, options),

    /** Errors: `tier_not_found`, `external_user_group_not_found`. */
    create: (body: CreateChannel, options?: CreateOptions) => calls.create<Channel>(path, body, options),

    /** Errors: `channel_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<Channel, O>(at(path, id), options),

    /**
     * Changes the given fields; null clears one. Errors: `channel_not_found`, `tier_not_found`,
     * `external_user_group_not_found`, `identifier_kind_fixed`, `precondition_failed`; `scope_missing` when `admission` turns
     * to `open` without the scope `channels:admission`.
     */
    update: (id: string, body: UpdateChannel, options?: ChangeOptions) =>
      calls.update<Channel>(at(path, id), body, options),

    /** Nobody comes in by it any more and the access tokens it issued end. Errors: `channel_not_found`. */
    archive: (id: string, options?: CallOptions) => calls.actOn<Channel>(at(path, id, 'archive'), undefined, options),

    /** Takes it back into use. Errors: `channel_not_found`. */
    unarchive: (id: string, options?: CallOptions) =>
      calls.actOn<Channel>(at(path, id, 'unarchive'), undefined, options),

    /** Errors: `channel_in_use` once anybody came in by it, `channel_not_found`, `precondition_failed`. */
    delete: (id: string, options?: ChangeOptions) => calls.delete<Message>(at(path, id), options),
  }
}

// Calls on super identities: the persons above the external users.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, GetOptions, Walk } from './results.ts'
import type { ListSuperIdentitiesQuery, Message, SuperIdentity, UpdateSuperIdentity } from './types.ts'

const path = '/super-identities'

export type SuperIdentities = ReturnType<typeof superIdentities>

export function superIdentities(calls: Calls) {
  return {
    /** One page of those that match all given filters, newest first. */
    list: (query: ListSuperIdentitiesQuery = {}, options?: CallOptions) =>
      calls.list<SuperIdentity>(path, query, options),

    /** Every person that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListSuperIdentitiesQuery> = {}, options?: CallOptions) =>
      calls.listAll<SuperIdentity>(path, query, options),

    /** Errors: `super_identity_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) =>
      calls.get<SuperIdentity, O>(at(path, id), options),

    /**
     * Changes the names; null clears one. Errors: `super_identity_not_found`, `super_identity_erased`,
     * `precondition_failed`.
     */
    update: (id: string, body: UpdateSuperIdentity, options?: ChangeOptions) =>
      calls.update<SuperIdentity>(at(path, id), body, options),

    /**
     * Forgets somebody who was referred and never came in; a person with external users is erased with the last of them.
     * Errors: `super_identity_not_found`, `super_identity_in_use`.
     */
    erase: (id: string, options?: CallOptions) => calls.act<Message>(at(path, id, 'erase'), undefined, options),

    /** Ends the person's access tokens on every channel. Errors: `super_identity_not_found`. */
    revokeTokens: (id: string, options?: CallOptions) =>
      calls.act<Message>(at(path, id, 'revoke-tokens'), undefined, options),
  }
}

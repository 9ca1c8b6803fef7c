// Calls on API keys. A secret is in the result of `create` and `rotate`, this once.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type {
  ApiKey,
  ApiKeyWithSecret,
  CreateApiKey,
  ListApiKeysQuery,
  RevokeApiKey,
  RotateApiKey,
  UpdateApiKey,
} from './types.ts'

const path = '/api-keys'

export type ApiKeys = ReturnType<typeof apiKeys>

export function apiKeys(calls: Calls) {
  return {
    /** The secret is `data.apiKey`. Errors: `scope_exceeded` for scopes that the calling key does not hold itself. */
    create: (body: CreateApiKey, options?: CreateOptions) => calls.create<ApiKeyWithSecret>(path, body, options),

    /** One page, newest first, revoked ones included. */
    list: (query: ListApiKeysQuery = {}, options?: CallOptions) => calls.list<ApiKey>(path, query, options),

    /** Every API key, newest first, fetched page by page. */
    listAll: (query: Walk<ListApiKeysQuery> = {}, options?: CallOptions) => calls.listAll<ApiKey>(path, query, options),

    /** Errors: `api_key_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<ApiKey, O>(at(path, id), options),

    /** Name and end only. Errors: `api_key_not_found`, `api_key_revoked`, `scope_exceeded`, `precondition_failed`. */
    update: (id: string, body: UpdateApiKey, options?: ChangeOptions) =>
      calls.update<ApiKey>(at(path, id), body, options),

    /**
     * A new secret, `data.apiKey`; the current one goes on for `overlapSeconds` (default one hour, at most a week). Errors:
     * `api_key_not_found`, `api_key_revoked`, `scope_exceeded`.
     */
    rotate: (id: string, body: RotateApiKey = {}, options?: CreateOptions) =>
      calls.create<ApiKeyWithSecret>(at(path, id, 'rotate'), body, options),

    /** For good; `tokens: true` also ends the access tokens it issued. Errors: `api_key_not_found`, `scope_exceeded`. */
    revoke: (id: string, body: RevokeApiKey = {}, options?: CallOptions) =>
      calls.actOn<ApiKey>(at(path, id, 'revoke'), body, options),
  }
}

// Calls on trusted issuers: identity providers whose tokens may be exchanged for access tokens.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type {
  CreateTrustedIssuer,
  ListTrustedIssuersQuery,
  Message,
  TrustedIssuer,
  UpdateTrustedIssuer,
} from './types.ts'

const path = '/trusted-issuers'

export type TrustedIssuers = ReturnType<typeof trustedIssuers>

export function trustedIssuers(calls: Calls) {
  return {
    /** Its keys come from `jwksUri` or are given as `jwks`: exactly one. Errors: `channel_not_found`, `issuer_taken`. */
    create: (body: CreateTrustedIssuer, options?: CreateOptions) => calls.create<TrustedIssuer>(path, body, options),

    /** One page, newest first. */
    list: (query: ListTrustedIssuersQuery = {}, options?: CallOptions) =>
      calls.list<TrustedIssuer>(path, query, options),

    /** Every trusted issuer, newest first, fetched page by page. */
    listAll: (query: Walk<ListTrustedIssuersQuery> = {}, options?: CallOptions) =>
      calls.listAll<TrustedIssuer>(path, query, options),

    /** Errors: `trusted_issuer_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) =>
      calls.get<TrustedIssuer, O>(at(path, id), options),

    /**
     * Changes the given fields; `mapping` is replaced as a whole. Errors: `trusted_issuer_not_found`, `channel_not_found`,
     * `precondition_failed`.
     */
    update: (id: string, body: UpdateTrustedIssuer, options?: ChangeOptions) =>
      calls.update<TrustedIssuer>(at(path, id), body, options),

    /** Tokens that were exchanged already live on. Errors: `trusted_issuer_not_found`, `precondition_failed`. */
    delete: (id: string, options?: ChangeOptions) => calls.delete<Message>(at(path, id), options),
  }
}

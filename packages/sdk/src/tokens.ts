// Calls on single access tokens, through the OAuth endpoints; fields and codes are those of the RFCs.
import type { Calls } from './calls.ts'
import type { CallOptions } from './results.ts'
import type { ExchangedToken, TokenExchangeForm, TokenState } from './types.ts'

/** What `tokens.exchange` takes. */
export interface ExchangeToken extends Pick<
  TokenExchangeForm,
  'subject_token' | 'requested_token_type' | 'audience' | 'resource'
> {
  /** Default: `urn:ietf:params:oauth:token-type:jwt`, which is right for every token of a trusted issuer. */
  subject_token_type?: TokenExchangeForm['subject_token_type'] | undefined
}

const defaults: Pick<TokenExchangeForm, 'grant_type' | 'subject_token_type'> = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
}

export type Tokens = ReturnType<typeof tokens>

export function tokens(calls: Calls) {
  return {
    /** Whether it is alive now, with its claims when it is; a token of another workspace is not. */
    introspect: (token: string, options?: CallOptions) =>
      calls.submit<TokenState>('/introspect', { form: { token }, repeatable: true }, options),

    /** Ends this one token. An unknown or dead one, or one of another workspace, changes nothing. */
    revoke: (token: string, options?: CallOptions) =>
      calls.submit<null>('/revoke', { form: { token }, repeatable: true, answer: 'nothing' }, options),

    /**
     * A trusted issuer's token becomes an access token. Never repeated by itself. Errors: `invalid_request` for a token that
     * is not good, `invalid_grant` for a person who is not let in, `invalid_target`.
     */
    exchange: ({ subject_token_type = defaults.subject_token_type, ...form }: ExchangeToken, options?: CallOptions) =>
      calls.submit<ExchangedToken>('/token', { form: { ...defaults, ...form, subject_token_type } }, options),
  }
}

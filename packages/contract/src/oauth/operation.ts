// What an OAuth operation is: forms in, JSON out, errors in the words of the RFCs.
import type { Static, TSchema } from 'typebox'
import Type from 'typebox'
import type { EventType } from '../events.ts'
import type { Scope } from '../scopes.ts'
import type { OAuthErrorCode } from './errors.ts'

export interface OAuthOperation {
  /** The OpenAPI operation id. */
  readonly id: string
  readonly method: 'GET' | 'POST'
  /** From the root of the public URL. */
  readonly path: string
  /** The scope the API key needs; null: anybody may ask. */
  readonly scope: Scope | null
  readonly summary: string
  readonly description?: string
  /** The body, `application/x-www-form-urlencoded`. Parameters it does not name are ignored (RFC 6749 section 3.2). */
  readonly form?: TSchema
  /** null: the body of the answer is empty. */
  readonly output: TSchema | null
  /** Besides those every operation with a form may answer. */
  readonly errors: readonly OAuthErrorCode[]
  readonly events?: readonly EventType[]
}

export function oauthOperation<const O extends OAuthOperation>(o: O): O {
  return o
}

export type OAuthForm<O extends OAuthOperation> = O['form'] extends TSchema ? Static<O['form']> : undefined
export type OAuthOutput<O extends OAuthOperation> = O['output'] extends TSchema ? Static<O['output']> : null

/** How a client that does not use an Authorization header says who it is (RFC 6749 section 2.3.1). */
export const clientFields = {
  client_id: Type.Optional(Type.String({ description: 'The id of the API key.' })),
  client_secret: Type.Optional(
    Type.String({ description: 'The API key. Only where no Authorization header carries it.' }),
  ),
}

/** Every error an operation may answer. */
export function oauthErrorsOf(o: OAuthOperation): readonly OAuthErrorCode[] {
  if (o.scope === null) return o.errors
  const everywhere = [
    'invalid_request',
    'invalid_client',
    'unauthorized_client',
    'insufficient_scope',
    'temporarily_unavailable',
  ] as const
  return [...new Set([...everywhere, ...o.errors])]
}

// What an operation of the sign-in page is: JSON in and out, a cookie as the credential, errors in the Workspace API's body.
import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from '../errors.ts'
import type { EventType } from '../events.ts'

export interface ConsoleOperation {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** From the root of the public URL. */
  readonly path: string
  /** Whether the caller must be signed in. */
  readonly signedIn: boolean
  readonly summary: string
  readonly query?: TSchema
  readonly body?: TSchema
  /** null: the browser is sent to another address. */
  readonly output: TSchema | null
  /** Besides those that `consoleErrorsOf` derives. */
  readonly errors: readonly ErrorCode[]
  /** Those it may append, one a change in each workspace that the login opens. */
  readonly events?: readonly EventType[]
}

export function consoleOperation<const O extends ConsoleOperation>(o: O): O {
  return o
}

type StaticOf<T> = T extends TSchema ? Static<T> : undefined

export type ConsoleBody<O extends ConsoleOperation> = StaticOf<O['body']>
export type ConsoleQuery<O extends ConsoleOperation> = StaticOf<O['query']>
export type ConsoleOutput<O extends ConsoleOperation> = O['output'] extends TSchema ? Static<O['output']> : null

const everywhere = ['invalid_request', 'uri_too_long', 'overloaded', 'database_unavailable', 'shutting_down'] as const

/** Every error an operation may answer. */
export function consoleErrorsOf(o: ConsoleOperation): readonly ErrorCode[] {
  const derived: ErrorCode[] = [...everywhere]
  if (o.method !== 'GET') derived.push('cross_site', 'payload_too_large', 'unsupported_media_type')
  if (o.signedIn) derived.push('unauthorized')
  return [...new Set([...derived, ...o.errors])]
}

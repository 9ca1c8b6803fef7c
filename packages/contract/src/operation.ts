// What an operation is: everything about one method on one path that a server, a client or a reader must know.
import type { Static, TSchema } from 'typebox'
import type { ErrorCode } from './errors.ts'
import type { EventType } from './events.ts'
import type { Role } from './roles.ts'
import type { Scope } from './scopes.ts'

/** A published API with its own base path, credentials and error body. */
export type Surface = 'workspace' | 'referral'

export const basePaths: Readonly<Record<Surface, string>> = {
  workspace: '/api/v1',
  referral: '/api/referral/v1',
}

export interface Operation {
  /** `resource.verb`; the OpenAPI operation id and the name of its SDK method. */
  readonly id: string
  readonly surface: Surface
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the surface's base path; the only path parameter is `{id}`. */
  readonly path: string
  /** The scope an API key needs, and a member by its role; null only where the credential is no API key. */
  readonly scope: Scope | null
  /** What the caller shows; an API key or a member's credential unless said otherwise. */
  readonly credential?: 'access-token' | 'member'
  /** The members who may ask, where only members may; every role without it. */
  readonly roles?: readonly Role[]
  /** Of the success; 200 unless said otherwise, and never otherwise on the workspace surface. */
  readonly status?: 201 | 204
  readonly summary: string
  readonly description?: string
  readonly query?: TSchema
  readonly body?: TSchema
  readonly output: TSchema
  /** The answer's media type where it is not JSON; `output` then describes its text. */
  readonly media?: 'application/jwt' | 'text/event-stream'
  /** Refusals besides those that `errorsOf` derives from the operation's shape. */
  readonly errors: readonly ErrorCode[]
  /** The events it may append, exactly one a change; absent when it changes nothing. */
  readonly events?: readonly EventType[]
  /** A POST that creates: it takes `Idempotency-Key`. */
  readonly creates?: true
  /** The answer is a list with `Link` and, on request, `Total-Count`. */
  readonly list?: true
  /** The answer has an `ETag`; PATCH and DELETE of the resource take `If-Match`. */
  readonly versioned?: true
  /** `If-Match` is required. */
  readonly guarded?: true
  /** The answer carries a secret: `Cache-Control: no-store`. */
  readonly secret?: true
}

/** Keeps the literal types of an operation, so that inputs and outputs are inferred from it. */
export function operation<const O extends Operation>(o: O): O {
  return o
}

type StaticOf<T> = T extends TSchema ? Static<T> : undefined

/** What a handler receives from the wire, after validation. */
export interface Input<O extends Operation> {
  readonly id: O['path'] extends `${string}{id}${string}` ? string : undefined
  readonly query: StaticOf<O['query']>
  readonly body: StaticOf<O['body']>
}

/** What a handler answers. */
export type Output<O extends Operation> = Static<O['output']>

/** The media types that a body may come in. On the Referral API a PATCH may call itself what it is: RFC 7396. */
export function bodyTypesOf({ surface, method }: Operation): readonly string[] {
  const patches = surface === 'referral' && method === 'PATCH'
  return ['application/json', ...(patches ? ['application/merge-patch+json'] : [])]
}

/** An unknown query parameter is refused by operations that take none too, hence `invalid_request`. */
const everywhere = [
  'invalid_request',
  'unauthorized',
  'uri_too_long',
  'rate_limited',
  'overloaded',
  'database_unavailable',
  'shutting_down',
] as const

/** Every code an operation may answer: its own and those that follow from its shape. Faults (500) are not declared. */
export function errorsOf(o: Operation): readonly ErrorCode[] {
  const derived: ErrorCode[] = [...everywhere]
  if (o.scope !== null) derived.push('scope_missing')
  if (o.credential === 'member') derived.push('member_required')
  if (o.roles) derived.push('role_insufficient')
  // A member may name another of its workspaces.
  if (o.surface === 'workspace' && o.credential !== 'access-token') derived.push('workspace_not_found')
  // A body that a DELETE brings is read as well, and refused for what it holds.
  if (o.method !== 'GET') derived.push('payload_too_large', 'unsupported_media_type')
  if (o.versioned && (o.method === 'PATCH' || o.method === 'DELETE')) derived.push('precondition_failed')
  if (o.guarded) derived.push('precondition_required')
  if (o.creates) derived.push('idempotency_in_progress', 'idempotency_key_reused')
  return [...new Set([...derived, ...o.errors])]
}

// Binds the contract's operations to handlers: credential, rate, scope, input, answer, in this order, for every operation alike.
import { basePaths, operations, type Operation, type OperationId } from '@narthex/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeyPrincipal, Context, Instance, MemberPrincipal, Principal } from '../context.ts'
import type { Database } from '../db/database.ts'
import { momentOf, type Clock } from '../lib/clock.ts'
import type { Logger } from 'pino'
import { ApiError, invalid } from '../lib/api-error.ts'
import { isUuid } from '../lib/uuid.ts'
import type { Answer, Handler, Handlers, RequestInput } from './answer.ts'
import {
  actingAnywhere,
  actingIn,
  digestOfRequest,
  requireCaller,
  secretOf,
  type Caller,
  type Credentials,
  type Digest,
} from './authenticate.ts'
import { AskedLists, freeTexts } from './asked-lists.ts'
import type { Cursors } from './cursor.ts'
import type { EventStream } from './event-stream.ts'
import { idempotencyKeyOf, once } from './idempotency.ts'
import type { RateLimits } from './limits.ts'
import type { OpenStreams, StreamPlace } from './open-streams.ts'
import { parseQuery } from './parse-query.ts'
import { lowerCaseIds } from './lower-case-ids.ts'
import { entityTag, noneMatch, parseIfMatch } from './preconditions.ts'
import { bodyOf, requireReadable } from './request-body.ts'
import { validator } from './validate.ts'

/** What every request draws on. */
export interface Bindings {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly instance: Instance
  readonly credentials: Credentials
  /** Finds the external user behind its own access token; null when the token opens nothing. */
  externalUser(token: string): Promise<Principal | null>
  readonly rates: RateLimits
  readonly cursors: Cursors
  readonly streams: OpenStreams
  /** Tests check every answer against the contract; a running service trusts its presenters. */
  readonly checkAnswers: boolean
}

/** The nil UUID (RFC 9562): it is never given to anything. */
const nobody = '00000000-0000-0000-0000-000000000000'

type AnyHandler = (ctx: Context, input: RequestInput<Operation>) => Promise<Answer<unknown>>

interface Admitted {
  readonly principal: Principal
  /** Of the secret that opened the door; null for an access token. */
  readonly digest: Digest | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the handler of an operation is called. A map beside the requests would grow among what lives long. */
    admitted: Admitted | null
  }
}

export function bindOperations(app: FastifyInstance, bindings: Bindings, handlers: Handlers): void {
  app.decorateRequest('admitted', null)
  const binding = { ...bindings, lists: new AskedLists(bindings.cursors) }
  for (const id of Object.keys(operations) as OperationId[]) {
    bindOperation(app, binding, operations[id], handlers[id] as Handler<never> as unknown as AnyHandler)
  }
}

interface Binding extends Bindings {
  readonly lists: AskedLists
}

function bindOperation(app: FastifyInstance, bindings: Binding, operation: Operation, handle: AnyHandler): void {
  const read = inputReader(bindings, operation)
  const checkAnswer = bindings.checkAnswers ? validator(operation.output) : null
  app.route({
    method: operation.method,
    url: basePaths[operation.surface] + operation.path.replace('{id}', ':id'),
    config: { operation: operation.id },
    onRequest: async (request) => {
      request.admitted = await admit(bindings, operation, request)
    },
    handler: async (request, reply) => {
      const principal =
        request.body === undefined
          ? (request.admitted as Admitted).principal
          : await stillAllowed(bindings, operation, request)
      const input = read(request, principal)
      const { db, log, instance } = bindings
      const clock = momentOf(bindings.clock)
      const ctx: Context = { db, clock, log, instance, principal, requestId: request.id }
      if (operation.media === 'text/event-stream') {
        return follow(reply, request, { bindings, operation, principal, input }, () => handle(ctx, input))
      }
      const key = operation.creates ? idempotencyKeyOf(header(request, 'idempotency-key')) : null
      const answer =
        key === null
          ? await handle(ctx, input)
          : await once(ctx, { operation: operation.id, id: input.id, key, body: input.body }, (c) => handle(c, input))
      if (checkAnswer) requireAnswer(checkAnswer, answer, operation)
      return send(reply, request, { bindings, operation, principal, input }, answer)
    },
  })
}

/** Credential, rate, scope and the body's coding; the body is not read before. */
async function admit(bindings: Bindings, operation: Operation, request: FastifyRequest): Promise<Admitted> {
  if (operation.credential === 'access-token')
    return { principal: await admitExternalUser(bindings, request), digest: null }
  const { credentials, rates, instance } = bindings
  const digest = digestOfRequest(credentials, request, instance.publicUrl)
  const caller = await requireCaller(credentials, digest, () => rates.takeForAddress(request.ip))
  await rates.takeForCredential(caller.id)
  const principal = allowedPrincipal(operation, caller, request)
  requireReadable(operation, request.headers)
  return { principal, digest }
}

/** The caller in the workspace that it means; throws when scope or role do not allow the operation. */
function allowedPrincipal(
  operation: Operation,
  caller: Caller,
  request: FastifyRequest,
): ApiKeyPrincipal | MemberPrincipal {
  const { surface, scope, credential, roles } = operation
  const principal =
    surface === 'workspace' ? actingIn(caller, header(request, 'x-workspace-id')) : actingAnywhere(caller)
  if (credential === 'member' && principal.kind !== 'member') throw new ApiError('member_required')
  if (roles && principal.kind === 'member' && !roles.includes(principal.role)) throw new ApiError('role_insufficient')
  if (scope === null || principal.scopes.has(scope)) return principal
  const holder = principal.kind === 'member' ? `The role ${principal.role}` : 'The API key'
  throw new ApiError('scope_missing', { message: `${holder} lacks the scope ${scope}.` })
}

/** A body may take its time to arrive; whoever lost the right meanwhile may not use it any more. */
async function stillAllowed(bindings: Bindings, operation: Operation, request: FastifyRequest): Promise<Principal> {
  const { digest } = request.admitted as Admitted
  const known = digest === null ? null : bindings.credentials.known(digest)
  const caller = known === undefined ? await bindings.credentials.find(digest as Digest) : known
  if (!caller) throw new ApiError('unauthorized')
  return allowedPrincipal(operation, caller, request)
}

/** An address pays for tokens that open nothing, since each may cost a signature check; people behind one proxy do not. */
async function admitExternalUser({ externalUser, rates }: Bindings, request: FastifyRequest): Promise<Principal> {
  await rates.requireAddressLeft(request.ip)
  const token = secretOf(request.headers.authorization)
  const principal = token === null ? null : await externalUser(token)
  if (!principal) {
    await rates.takeForAddress(request.ip)
    throw new ApiError('unauthorized', { message: 'A live access token is required in the Authorization header.' })
  }
  await rates.takeForCredential(principal.id as string)
  return principal
}

function inputReader({ lists }: Binding, operation: Operation) {
  const none = validator({ type: 'object', additionalProperties: false })
  const checkQuery = operation.query ? validator(operation.query) : none
  const checkBody = operation.body ? validator(operation.body) : none
  const lowerQuery = lowerCaseIds(operation.query)
  const lowerBody = lowerCaseIds(operation.body)
  const querySchema = operation.query ?? { properties: {} }
  const personal = freeTexts(querySchema)
  const readQuery = (url: string) => {
    const query = parseQuery(querySchema, url)
    checkQuery(query)
    lowerQuery(query)
    return query
  }
  return (request: FastifyRequest, principal: Principal): RequestInput<Operation> => {
    const url = request.raw.url as string
    const binding = `${principal.workspaceId}\0${operation.id}`
    const list = operation.list ? lists.find({ binding, url, personal }, () => readQuery(url)) : undefined
    const query = list ? list.query : readQuery(url)
    const body =
      request.method === 'GET' || request.method === 'HEAD'
        ? undefined
        : bodyOf(request.body as Buffer | undefined, operation)
    if (body !== undefined) checkBody(body)
    lowerBody(body)
    return {
      id: idOf(request),
      query,
      body,
      page: list?.page,
      list,
      ifMatch: parseIfMatch(header(request, 'if-match')),
      lastEventId: operation.media === 'text/event-stream' ? lastEventIdOf(request) : null,
    } as unknown as RequestInput<Operation>
  }
}

/** What is no UUID names nobody; it may hold what a database refuses even to compare, so it does not go further. */
function idOf(request: FastifyRequest): string | undefined {
  const { id } = request.params as { id?: string }
  return id === undefined || isUuid(id) ? id?.toLowerCase() : nobody
}

/** A header that was sent twice arrives as one text, joined as RFC 9110 section 5.3 says. */
function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Absent or empty while nothing was received yet. */
function lastEventIdOf(request: FastifyRequest): number | null {
  const id = header(request, 'last-event-id')
  if (!id) return null
  if (!/^\d{1,15}$/.test(id)) throw invalid('headers.last-event-id', 'must be the id of an event of this stream')
  return Number(id)
}

function requireAnswer(check: (value: unknown) => void, answer: Answer<unknown>, operation: Operation): void {
  try {
    check(answer.body)
  } catch (cause) {
    const details = JSON.stringify((cause as ApiError).details)
    throw new Error(`The answer of ${operation.id} does not match the contract: ${details}`, { cause })
  }
}

interface Sending {
  readonly bindings: Binding
  readonly operation: Operation
  readonly principal: Principal
  readonly input: RequestInput<Operation>
}

async function send(reply: FastifyReply, request: FastifyRequest, sending: Sending, answer: Answer<unknown>) {
  const { operation, bindings, input } = sending
  const tag = tagOf(answer)
  const isHeld = tag !== null && operation.method === 'GET' && !noneMatch(header(request, 'if-none-match'), tag)
  // Before any header is set: one that fails is answered like every failure.
  const body = answer.json ?? (isHeld || !answer.text ? answer.body : await answer.text())
  if (operation.secret) reply.header('cache-control', 'no-store')
  if (answer.location) reply.header('location', bindings.instance.publicUrl + answer.location)
  if (answer.total !== undefined && answer.total !== null) reply.header('total-count', String(answer.total))
  if (answer.next) reply.header('link', bindings.lists.next(input.list, answer.next, bindings.instance.publicUrl))
  if (tag !== null) reply.header('etag', tag)
  if (isHeld) return reply.code(304).send()
  if (operation.status === 204) return reply.code(204).send()
  if (operation.media) return reply.code(200).type(operation.media).send(body)
  return reply
    .code(operation.status ?? 200)
    .type('application/json; charset=utf-8')
    .send(answer.json ?? JSON.stringify(body))
}

function tagOf({ tag, version, shown }: Answer<unknown>): string | null {
  if (tag !== undefined) return `"${tag}"`
  return version === undefined ? null : entityTag(version, shown)
}

/** An answer that goes on: it takes a place, and lasts as long as its consumer, its credential and this process do. */
async function follow(
  reply: FastifyReply,
  request: FastifyRequest,
  sending: Sending,
  handle: () => Promise<Answer<unknown>>,
) {
  const { operation, bindings, principal } = sending
  // Nothing may keep or hold back events; the connection is of no use to other requests once the stream has ended.
  reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
  reply.code(200).type(operation.media as string)
  if (request.method === 'HEAD') return reply.send()
  const place: StreamPlace = bindings.streams.reserve(principal.id as string)
  try {
    const stream = (await handle()).stream as EventStream
    place.hold(stream, () => isStillAllowed(bindings, operation, request))
    reply.raw.once('close', () => stream.destroy())
    if (reply.raw.destroyed) stream.destroy()
    return reply.send(stream)
  } catch (error) {
    place.release()
    throw error
  }
}

/** Whether the secret that opened the stream would still open it. */
async function isStillAllowed(bindings: Bindings, operation: Operation, request: FastifyRequest): Promise<boolean> {
  try {
    await stillAllowed(bindings, operation, request)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

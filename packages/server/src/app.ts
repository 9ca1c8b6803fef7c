// The HTTP application: every feature mounted in one visible list. It does not listen.
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { basePaths, consoleOperations, oauthOperations, operations } from '@narthex/contract'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { accessRoutes } from './features/access/routes.ts'
import { accessTokenRoutes } from './features/access-tokens/routes.ts'
import { apiKeyRoutes } from './features/api-keys/routes.ts'
import { blockRoutes } from './features/blocks/routes.ts'
import { channelRoutes } from './features/channels/routes.ts'
import { externalUserGroupRoutes } from './features/external-user-groups/routes.ts'
import { externalUserRoutes } from './features/external-users/routes.ts'
import { memberRoutes } from './features/members/routes.ts'
import { referralRoutes } from './features/referrals/routes.ts'
import { consoleRoutes } from './features/sign-in/routes.ts'
import { signingKeyRoutes } from './features/signing-keys/routes.ts'
import { revocationRoutes } from './features/revocations/routes.ts'
import { createRevocationFeed, type RevocationFeed } from './features/revocations/stream.ts'
import { organizationRoutes } from './features/organizations/routes.ts'
import { userRoutes } from './features/users/routes.ts'
import { oauthRoutes } from './features/oauth/routes.ts'
import { superIdentityRoutes } from './features/super-identities/routes.ts'
import { tierRoutes } from './features/tiers/routes.ts'
import { trustedIssuerRoutes } from './features/trusted-issuers/routes.ts'
import { workspaceRoutes } from './features/workspaces/routes.ts'
import type { Handlers } from './http/answer.ts'
import { bindConsole } from './http/bind-console.ts'
import { bindOAuth } from './http/bind-oauth.ts'
import { Admission, isApi, whenOver } from './http/admission.ts'
import { bindOperations, type Bindings } from './http/bind.ts'
import { cautiousHeaders, requestId } from './http/every-answer.ts'
import { errorHandler, refuse, workspaceError } from './http/error-handler.ts'
import { limits as published, type Limits } from './http/limits.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { mistypedKeys } from './http/mistyped-keys.ts'
import { createOpenStreams, type OpenStreams } from './http/open-streams.ts'
import { mountPages, type Pages } from './http/pages.ts'
import { endOfTurn } from './lib/turn.ts'
import { ApiError, invalid } from './lib/api-error.ts'

const handlers: Omit<Handlers, keyof ReturnType<typeof revocationRoutes>> = {
  ...accessRoutes,
  ...accessTokenRoutes,
  ...apiKeyRoutes,
  ...blockRoutes,
  ...channelRoutes,
  ...externalUserGroupRoutes,
  ...externalUserRoutes,
  ...memberRoutes,
  ...organizationRoutes,
  ...referralRoutes,
  ...signingKeyRoutes,
  ...superIdentityRoutes,
  ...tierRoutes,
  ...trustedIssuerRoutes,
  ...userRoutes,
  ...workspaceRoutes,
}

/** With the identity provider that the operator connected. */
export interface AppOptions extends Omit<Bindings, 'streams'>, Pick<Parameters<typeof consoleRoutes>[0], 'oidc'> {
  readonly publishedKeys: () => object
  /** Other bounds than the published ones. */
  readonly limits?: Partial<Limits>
}

export interface App {
  readonly http: FastifyInstance
  /**
   * From here on new requests are told to go elsewhere and their connections end; streams end at once, running requests
   * normally. Resolves when no more come in, so that closing cuts off nobody who is just sending, or after
   * `drainQuietMaxMs`.
   */
  drain(): Promise<void>
  /** Requests being answered, streams included. */
  running(): number
}

/** What any request may be refused for before anybody looks at it. */
interface Gate {
  inFlight: number
  lastRequestAt: number
  draining: boolean
}

export function createApp(options: AppOptions): App {
  const limits = { ...published, ...options.limits }
  const gate: Gate = { inFlight: 0, lastRequestAt: -Infinity, draining: false }
  const http = bareApp(limits)
  const onError = errorHandler(options.log)
  http.setErrorHandler(onError)
  const streams = recheckedOnNews(options, limits)
  // Streams have a bound of their own: one that goes on for days must not take the place of a request.
  const inFlight = () => gate.inFlight - streams.count
  const waiting = () => admission.line.length
  const metrics = createMetrics({ db: options.db, inFlight, streams: () => streams.count, waiting })
  const busy = () => options.db.busy || inFlight() >= limits.requestsInFlightMax
  const turnsAway = mistypedKeys({ ...options, refused: metrics.refused })
  const admission = new Admission(http.server, { limits, busy, waited: metrics.waited, turnsAway, gate })
  const feed = followRevocations(options, limits.streamHeartbeatMs, metrics)
  const running = () => gate.inFlight + waiting()
  const over = () => {
    gate.inFlight -= 1
    admission.line.resume()
  }
  http.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, ...cautiousHeaders })
    note(gate)
    // Not when it is answered: a caller that goes away before is never answered, and its place must be free again.
    whenOver(request.raw, reply.raw, over)
    if (gate.draining) reply.header('connection', 'close')
    requireHost(request, reply)
    if (!isApi(request.raw.url as string)) return done()
    if (gate.draining && !admission.cameBeforeDrain(request.raw)) throw new ApiError('shutting_down')
    if (inFlight() > limits.requestsInFlightMax) throw new ApiError('overloaded')
    if (Buffer.byteLength(request.raw.url as string) > limits.urlBytesMax) throw new ApiError('uri_too_long')
    done()
  })
  http.addHook('preHandler', endOfTurn)
  http.addHook('onResponse', observed(metrics))
  http.setNotFoundHandler((request, reply) => onError(notFound(request, reply), request, reply))
  bindOperations(http, { ...options, streams }, { ...handlers, ...revocationRoutes(feed) })
  bindOAuth(http, options, oauthRoutes)
  bindConsole(http, options, consoleRoutes({ ...options, limits, worked: passwordsObserved(metrics) }))
  mountPages(http, pagesOf(options, metrics, gate))
  return {
    http,
    async drain() {
      feed.close()
      streams.endAll()
      await quiet(gate, limits, running)
    },
    running,
  }
}

function note(gate: Gate): void {
  gate.inFlight += 1
  gate.lastRequestAt = performance.now()
}

function observed(metrics: Metrics) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    metrics.observe(operationOf(request), reply.statusCode, reply.elapsedTime / 1000)
  }
}

function pagesOf({ db, instance, publishedKeys }: AppOptions, metrics: Metrics, gate: Gate): Pages {
  return { db, metrics, publishedKeys, publicUrl: () => instance.publicUrl, draining: () => gate.draining }
}

/** A moment later: whoever remembers credentials hears the same news and must have forgotten them. */
function recheckedOnNews({ db, log }: AppOptions, limits: Limits): OpenStreams {
  const streams = createOpenStreams({ log, everyMs: limits.streamHeartbeatMs })
  for (const topic of ['api-keys', 'members'] as const) db.subscribe(topic, () => queueMicrotask(streams.recheck))
  return streams
}

function passwordsObserved(metrics: Metrics): (seconds: number) => void {
  const help = 'Hashing a password, right or wrong, or for an address that nobody has; without the time it waited.'
  return metrics.duration('narthex_password_hash_seconds', help, [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5])
}

function followRevocations(
  { db, clock, instance, log }: AppOptions,
  heartbeatMs: number,
  metrics: Metrics,
): RevocationFeed {
  const published = metrics.duration(
    'narthex_block_publication_seconds',
    'From the start of the change that ends tokens until connected followers were handed it.',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  )
  return createRevocationFeed({ db, clock, instance, log, heartbeatMs, published })
}

async function quiet(gate: Gate, limits: Limits, running: () => number): Promise<void> {
  gate.draining = true
  // Not every request comes as far as being noted.
  gate.lastRequestAt = performance.now()
  const end = performance.now() + limits.drainQuietMaxMs
  const busy = () => running() > 0 || performance.now() - gate.lastRequestAt < limits.drainQuietMs
  while (busy() && performance.now() < end) await sleep(10)
}

function noSchemas(): never {
  throw new Error('No route has a schema of the framework')
}

function bareApp(limits: Limits): FastifyInstance {
  const http = fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Requests that come while it closes are answered by the gate, in the contract's words.
    return503OnClosing: false,
    // What is read and sent is checked against the contract, so the framework need not load its own ways of doing so.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
      // The gate refuses those without one, in the contract's words.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: limits.urlBytesMax, querystringParser: () => ({}) },
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // An address that cannot even be decoded names nothing.
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      refuse(new ApiError('route_not_found'), request, reply.header('x-request-id', request.id))
    },
    clientErrorHandler: refuseMalformed,
  })
  http.server.maxConnections = limits.connectionsMax
  // Left alone, the parser would answer an unknown expectation with an empty 417 and end a tunnel without a word.
  http.server.on('checkExpectation', (request, response) => http.server.emit('request', request, response))
  http.server.on('connect', (_request, socket) => refuseOnSocket(socket, '400 Bad Request', 'invalid_request'))
  // Bodies are kept as bytes: who may not come in is told so before anything is parsed.
  http.removeAllContentTypeParsers()
  http.addContentTypeParser(
    /^application\/(merge-patch\+)?json(\s*;\s*charset="?utf-8"?)?\s*$/i,
    { parseAs: 'buffer' },
    (_r, body, done) => done(null, body),
  )
  return http
}

/** HTTP that could not even be parsed is answered on the bare socket. */
function refuseMalformed(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy(error)
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    refuseOnSocket(socket, '431 Request Header Fields Too Large', 'header_fields_too_large')
  } else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') refuseOnSocket(socket, '408 Request Timeout', 'invalid_request')
  else refuseOnSocket(socket, '400 Bad Request', 'invalid_request')
}

function refuseOnSocket(socket: Duplex, status: string, code: 'invalid_request' | 'header_fields_too_large'): void {
  const id = randomUUID()
  const body = JSON.stringify(workspaceError(new ApiError(code), id))
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nX-Request-Id: ${id}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Its id in the contract, or a fixed name. */
function operationOf({ routeOptions }: FastifyRequest): string {
  return (routeOptions.config as { operation?: string }).operation ?? 'other'
}

/** RFC 9112 section 3.2. */
function requireHost({ headers, raw }: FastifyRequest, reply: FastifyReply): void {
  if (headers.host !== undefined || raw.httpVersion !== '1.1') return
  reply.header('connection', 'close')
  throw invalid('headers.host', 'is required')
}

const paths = [
  ...Object.values(operations).map(({ method, surface, path }) => ({ method, path: basePaths[surface] + path })),
  ...Object.values(oauthOperations),
  ...Object.values(consoleOperations),
].map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace('{id}', '[^/?]+')}$`) }))

/** The methods that the contract knows at an address. */
function methodsAt(url: string): string[] {
  const path = url.split('?', 1)[0] as string
  return [...new Set(paths.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].toSorted()
}

function notFound(request: FastifyRequest, reply: FastifyReply): ApiError {
  const methods = methodsAt(request.raw.url as string)
  if (methods.length === 0) return new ApiError('route_not_found')
  reply.header('allow', methods.join(', '))
  return new ApiError('method_not_allowed')
}

// Stands before the framework: requests for the API begin in their turn, and those refused cost as little as possible.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { ApiError } from '../lib/api-error.ts'
import { cautiousHeaders, requestId } from './every-answer.ts'
import { dressed, surfaceOf, waitOf } from './error-handler.ts'
import type { Limits } from './limits.ts'
import { WaitingLine, type Waiter, type WaitingLineOptions } from './waiting-line.ts'

export interface AdmissionOptions extends Pick<WaitingLineOptions, 'limits' | 'busy'> {
  /** Told of each request that could not begin at once, and whether it did in the end. */
  readonly waited: (seconds: number, begun: boolean) => void
  /** Whether it answers a request that need not begin at all. */
  readonly turnsAway: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Once it is draining nobody is let in who has not come before. */
  readonly gate: { readonly draining: boolean }
}

/**
 * Pages, probes and metrics do not wait: they are how people see what happens. The router understands an address with a host
 * or with letters as percent-encodings too, so whatever is not plainly the address of a page counts as the API's.
 */
export function isApi(url: string): boolean {
  return !/^\/(?!(?:api|oauth2|console)\/)[\w./-]*(?:\?|$)/.test(url)
}

/** Takes the place of the framework at a server, and hands it what may begin. */
export class Admission {
  readonly line: WaitingLine
  readonly #options: AdmissionOptions
  readonly #handle: RequestListener
  readonly #cameBeforeDrain = new WeakSet<IncomingMessage>()

  constructor(server: Server, options: AdmissionOptions) {
    const [handle] = server.listeners('request') as [RequestListener]
    this.#options = options
    this.#handle = handle
    this.line = new WaitingLine(options)
    server.off('request', handle)
    server.on('request', (request, response) => this.#came(request, response))
    server.on('connection', () => this.line.connected())
  }

  /** Whether it waited already when the service began to end: then it is answered like those who had begun. */
  cameBeforeDrain(request: IncomingMessage): boolean {
    return this.#cameBeforeDrain.has(request)
  }

  #came(request: IncomingMessage, response: ServerResponse): void {
    const { gate, turnsAway } = this.#options
    if (gate.draining || !isApi(request.url as string)) this.#handle(request, response)
    else if (!turnsAway(request, response)) this.line.enter(new Arrival(this, request, response))
  }

  begin(request: IncomingMessage, response: ServerResponse, waitedMs: number): void {
    const { gate, waited } = this.#options
    if (waitedMs > 0) waited(waitedMs / 1000, true)
    if (gate.draining) this.#cameBeforeDrain.add(request)
    this.#handle(request, response)
  }

  refuse(request: IncomingMessage, response: ServerResponse, waitedMs: number): void {
    this.#options.waited(waitedMs / 1000, false)
    refuse(request, response, overloaded)
  }

  bytesOf(request: IncomingMessage): number {
    return bytesOf(request, this.#options.limits)
  }
}

/** A class, because every request has one: functions and a getter made for each would cost a fifth of a get, most of it collecting them. */
class Arrival implements Waiter {
  readonly #admission: Admission
  readonly #request: IncomingMessage
  readonly #response: ServerResponse

  constructor(admission: Admission, request: IncomingMessage, response: ServerResponse) {
    this.#admission = admission
    this.#request = request
    this.#response = response
  }

  get bytes(): number {
    return this.#admission.bytesOf(this.#request)
  }

  get gone(): boolean {
    return this.#request.destroyed
  }

  begin(waitedMs: number): void {
    this.#admission.begin(this.#request, this.#response, waitedMs)
  }

  refuse(waitedMs: number): void {
    this.#admission.refuse(this.#request, this.#response, waitedMs)
  }
}

/** A request, its answer and their parser. */
const bytesOfOne = 8_192

/** What it may hold at most; one that does not tell its length may hold as much as any. */
function bytesOf({ headers }: IncomingMessage, { bodyBytesMax }: Limits): number {
  if (headers['transfer-encoding'] !== undefined) return bytesOfOne + bodyBytesMax
  return bytesOfOne + Math.min(Number(headers['content-length'] ?? 0), bodyBytesMax)
}

/**
 * Calls `over` once, whether it was answered or not. Of several requests sent at once on one connection only the first has
 * an answer that hears when that connection breaks.
 */
export function whenOver({ socket }: IncomingMessage, response: ServerResponse, over: () => void): void {
  if (response.socket !== null) return void response.once('close', over)
  // As many as there are requests, and each of them goes again.
  socket.setMaxListeners(0)
  const end = () => {
    response.off('close', end)
    socket.off('close', end)
    over()
  }
  response.once('close', end)
  socket.once('close', end)
}

const overloaded = new ApiError('overloaded')

/**
 * Answers as the error handler would, without the framework; the body is not looked at. What it writes is kept as long as the
 * refusal is: callers that refuse often hand over one that is made once.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: ApiError): void {
  const id = requestId(request.headers['x-request-id'])
  const { status, aroundId, headers } = written(request, refusal)
  const body = aroundId.join(id)
  response.writeHead(status, ['x-request-id', id, 'content-length', String(body.length), ...headers])
  response.end(body)
}

/** An answer without the request's id. Ids and our sentences are ASCII: characters are bytes. */
interface Written {
  readonly status: number
  /** The body's text, cut where the id stands. */
  readonly aroundId: readonly string[]
  readonly headers: readonly string[]
}

/** Of each refusal that is made once for all: by the surface it is dressed for. */
const kept = new WeakMap<ApiError, Map<string, Written>>()

function written(request: IncomingMessage, refusal: ApiError): Written {
  const surface = surfaceOf(request.url as string)
  const bySurface = kept.get(refusal) ?? new Map<string, Written>()
  let one = bySurface.get(surface)
  if (!one) {
    one = write(request, refusal)
    kept.set(refusal, bySurface.set(surface, one))
  }
  return one
}

function write(request: IncomingMessage, refusal: ApiError): Written {
  // No id contains it, and JSON writes it as it is.
  const id = '<id>'
  const { status, body, headers } = dressed(refusal, { id, method: request.method as string, raw: request })
  const wait = waitOf(refusal)
  const all = {
    ...cautiousHeaders,
    ...headers,
    ...(wait !== undefined && { 'retry-after': String(wait) }),
    'content-type': 'application/json; charset=utf-8',
  }
  return { status, aroundId: JSON.stringify(body).split(id), headers: Object.entries(all).flat() }
}

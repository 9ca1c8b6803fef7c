// Stands before the framework: requests for the API begin in their turn, and those refused cost as little as possible.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { ApiError } from '../lib/api-error.ts'
import { cautiousHeaders, requestId } from './every-answer.ts'
import { dressed, waitOf } from './error-handler.ts'
import { WaitingLine, type WaitingLineOptions } from './waiting-line.ts'

export interface AdmissionOptions extends Pick<WaitingLineOptions, 'limits' | 'busy'> {
  /** Told of each request that could not begin at once, and whether it did in the end. */
  readonly waited: (seconds: number, begun: boolean) => void
}

/**
 * Pages, probes and metrics do not wait: they are how people see what happens. The router understands an address with a host
 * or with letters as percent-encodings too, so whatever is not plainly the address of a page counts as the API's.
 */
export function isApi(url: string): boolean {
  return !/^\/(?!(?:api|oauth2|console)\/)[\w./-]*(?:\?|$)/.test(url)
}

export function admitInTurn(server: Server, { limits, busy, waited }: AdmissionOptions): WaitingLine {
  const [handle] = server.listeners('request') as [RequestListener]
  const line = new WaitingLine({
    limits,
    busy,
    begin(request, response, waitedMs) {
      if (waitedMs > 0) waited(waitedMs / 1000, true)
      handle(request, response)
    },
    refuse(request, response, waitedMs) {
      waited(waitedMs / 1000, false)
      refuse(request, response)
    },
  })
  server.off('request', handle)
  server.on('request', (request, response) => {
    if (isApi(request.url as string)) line.enter(request, response)
    else handle(request, response)
  })
  server.on('connection', () => line.connected())
  return line
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

/** As the error handler would, without the framework; neither credential nor body are looked at. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  const id = requestId(request.headers['x-request-id'])
  const { status, body, headers } = dressed(overloaded, { id, method: request.method as string, raw: request })
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'x-request-id': id,
    ...cautiousHeaders,
    ...headers,
    'retry-after': String(waitOf(overloaded)),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

// Requests that the service itself makes. Where they go is decided in the connection: no internal address in any spelling.
import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { hostName, isNamed, mayReach, parseAllowEntry, type AllowEntry } from './addresses.ts'

/** From the look-up to the last byte. Whoever waits for the answer is a caller of ours, waiting too. */
const wholeRequestMs = 5_000
const headerBytesMax = 16_384
/** A key set of 20 keys with certificate chains is 100 KiB. */
const bodyBytesMax = 262_144
/** Sockets to one host; callers share what they ask for, so few are ever needed. */
const connectionsMax = 4

/** Every address of a host; `dns.lookup` unless a test plays the name server. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>

export interface OutgoingOptions {
  /** Names and ranges that may be reached although they are not public; checked when the configuration is read. */
  readonly allow: readonly string[]
  readonly resolve?: Resolve
}

/** Why there is no answer. Callers of the API are never told: it would tell them about the network inside. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
}

export interface Outgoing {
  /** The JSON behind an address. Throws `OutgoingError` for everything but a whole 200. */
  getJson(url: string): Promise<unknown>
  /** For libraries that make requests themselves. A redirect is handed out and not followed; throws `OutgoingError`. */
  fetch(url: string, options: OutgoingRequest): Promise<Response>
  /** Whether the host of an address is named by the operator, who then also answers for plain http. */
  isNamed(url: URL): boolean
  close(): Promise<void>
}

export interface OutgoingRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export function createOutgoing({ allow, resolve = resolveBySystem }: OutgoingOptions): Outgoing {
  const entries = allow.map((text) => parseAllowEntry(text)).filter((entry) => entry !== null)
  // The environment's proxy is not asked: behind one, nobody could say where a request goes.
  let agent: Promise<Agent> | undefined
  return {
    isNamed: (url) => isNamed(entries, url.hostname),
    close: async () => (await agent)?.destroy(),
    async getJson(text) {
      const { status, headers, bytes } = await send(text, { method: 'GET', headers: { accept: jsonTypes } })
      // A redirect is a failure too: it would be somebody else's choice of where to go.
      if (status !== 200 || headers['content-encoding'] !== undefined)
        throw new OutgoingError(`The answer was ${status}`)
      return parsed(bytes)
    },
    async fetch(text, options) {
      const { status, headers, bytes } = await send(text, options)
      const entries = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]))
      const body = [204, 205, 304].includes(status) ? null : new Uint8Array(bytes)
      return new Response(body, { status, headers: entries as [string, string][] })
    },
  }

  async function send(text: string, options: OutgoingRequest): Promise<Received> {
    const url = URL.canParse(text) ? new URL(text) : null
    if (!url || !['http:', 'https:'].includes(url.protocol))
      throw new OutgoingError('The address is not one of the web')
    // Any port will do: the address behind it is public, or the operator's choice.
    if (url.protocol === 'http:' && !isNamed(entries, url.hostname)) throw new OutgoingError('The address is not https')
    try {
      return await receive(url, options, await (agent ??= openAgent(entries, resolve)))
    } catch (cause) {
      throw cause instanceof OutgoingError ? cause : new OutgoingError('The request failed', { cause })
    }
  }
}

/** The library is loaded with the first request: most processes make none, and a start need not wait for it. */
async function openAgent(allow: readonly AllowEntry[], resolve: Resolve): Promise<Agent> {
  const { Agent, buildConnector } = await import('undici')
  return new Agent({
    connect: checkedConnector(buildConnector, allow, resolve),
    connections: connectionsMax,
    maxHeaderSize: headerBytesMax,
    maxResponseSize: bodyBytesMax,
    headersTimeout: wholeRequestMs,
    bodyTimeout: wholeRequestMs,
  })
}

const jsonTypes = 'application/json, application/jwk-set+json'

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Uint8Array
}

async function receive(
  url: URL,
  { method, headers, body: sent }: OutgoingRequest,
  dispatcher: Agent,
): Promise<Received> {
  const { request } = await import('undici')
  const {
    statusCode,
    headers: received,
    body,
  } = await request(url, {
    dispatcher,
    method: method as Dispatcher.HttpMethod,
    headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'narthex' },
    signal: AbortSignal.timeout(wholeRequestMs),
    ...(sent !== undefined && { body: sent }),
  })
  // Without a listener the end of a body that nobody reads any more would end the process.
  body.on('error', () => {})
  return { status: statusCode, headers: received, bytes: await body.bytes() }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new OutgoingError('The answer is not JSON', { cause })
  }
}

/** A host that is an address never meets the look-up, so it is checked here; a name is checked by what it resolves to. */
function checkedConnector(
  build: typeof buildConnector,
  allow: readonly AllowEntry[],
  resolve: Resolve,
): buildConnector.connector {
  const connect = build({
    lookup: checkedLookup(allow, resolve),
    timeout: wholeRequestMs,
    rejectUnauthorized: true,
    maxCachedSessions: 0,
  } as buildConnector.BuildOptions)
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1')
    if (isIP(host) !== 0 && !mayReach(allow, host)) return callback(refused(), null)
    connect({ ...options, hostname: host }, callback)
  }
}

/** The connection goes to the very addresses that were checked. */
function checkedLookup(allow: readonly AllowEntry[], resolve: Resolve): LookupFunction {
  const look = callbackify((hostname: string) => checkedAddresses(allow, hostname, resolve))
  return (hostname, { family, all }, callback) => {
    look(hostname, (error, addresses) => {
      const wanted = error ? [] : addresses.filter((address) => !family || address.family === familyOf(family))
      const [first] = wanted
      if (!first) callback(error ?? refused(), '', 0)
      else if (all) callback(null, wanted)
      else callback(null, first.address, first.family)
    })
  }
}

/** One address that is refused spoils them all. */
async function checkedAddresses(
  allow: readonly AllowEntry[],
  hostname: string,
  resolve: Resolve,
): Promise<LookupAddress[]> {
  const addresses = await resolve(hostname)
  if (!isNamed(allow, hostname) && !addresses.every(({ address }) => mayReach(allow, address))) throw refused()
  return [...addresses]
}

function familyOf(family: number | 'IPv4' | 'IPv6'): number {
  return typeof family === 'number' ? family : family === 'IPv4' ? 4 : 6
}

function refused(): OutgoingError {
  return new OutgoingError('The address is not public and not named in NARTHEX_OUTGOING_ALLOW')
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostName(hostname), { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })
}

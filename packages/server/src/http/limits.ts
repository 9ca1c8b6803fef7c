// How much of everything: one visible list of numbers with their reasons, and the counters that enforce rates.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiError } from '../lib/api-error.ts'

export const limits = {
  /** Far above the largest sensible body (a tier with 20 limits and 4 KiB of metadata). */
  bodyBytesMax: 65_536,
  /** Five filters of 100 UUIDs each, with their names, are 28 KiB. */
  urlBytesMax: 32_768,
  /** The address and 16 KiB of header fields. */
  headerBytesMax: 49_152,
  /** A body of 64 KiB takes seconds on the slowest line; whoever needs longer is not sending one. */
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  /** Timeouts are looked at this often, so they are late by this at most. */
  timeoutCheckMs: 5_000,
  /** Longer than the 60 s of common proxies, so that they close first and no request meets a closing socket. */
  keepAliveTimeoutMs: 72_000,
  /** Each may hold a body; 2,000 of them are 128 MiB at the very most. What comes beyond them waits. */
  requestsInFlightMax: 2_000,
  /** Some milliseconds of work; then answers of databases, timers and probes get their turn. More in one turn is no faster. */
  requestsBegunInTurnMax: 64,
  /** The system accepts one connection a turn: so short, some thousand a second get through even when every turn is full. */
  requestsBegunConnectingMax: 4,
  /** Whose turn would come later than this is refused at once: another try, or another node, is sooner than we are. */
  requestWaitExpectedMaxMs: 1_000,
  /** So few may wait however slow it goes: they cost next to nothing, and most have their turn within the second. */
  requestsWaitingAlways: 256,
  /** Nobody knows how long a turn is; who has waited in vain is refused after this. */
  requestWaitMaxMs: 1_000,
  /** Whether somebody has waited for too long is looked at this often when nothing else happens. */
  requestWaitLookMs: 50,
  /** A refusal costs a ninth of an authentication, so answers keep most of the time, however many ask. The rest is told later. */
  requestsRefusedForEachBegun: 1,
  /** Of requests that wait: 16,000 without a body, more than there may be connections, or 1,800 with the largest. */
  waitingBytesMax: 134_217_728,
  /** Beyond these a client is broken or hostile; each costs a descriptor. */
  connectionsMax: 10_000,
  /** Not accepted yet. The system may have a lower bound of its own (`net.core.somaxconn`). */
  connectionsWaitingMax: 4_096,
  /** Whoever keeps a connection busy sends the next request well within this, and is told to go. */
  drainQuietMs: 50,
  /** By then load balancers have noticed, and the rest would never be quiet. */
  drainQuietMaxMs: 2_000,
  /** Answers that go on: a fifth of the connections, so that they never take those of requests. */
  streamsMax: 2_000,
  /** One a process of an integrator; a hundred processes share a key before somebody forgets to close. */
  streamsPerCredentialMax: 100,
  /**
   * Streams show this often that they are alive and are asked for their credential; proxies that close silent connections
   * wait 30 s at least. A consumer that takes nothing during two of these is cut off.
   */
  streamHeartbeatMs: 15_000,
  /** Logarithm of scrypt's N: 128 MiB and a third of a second for each password. */
  passwordCostLog2: 17,
  /** Two of the four threads that everything else waits for, too. */
  passwordsAtOnceMax: 2,
  /** The last of them waits 10 s, which people do. */
  passwordsWaitingMax: 60,
  /** For one address of a person, right or wrong, until one succeeds: a password of 12 characters is not guessed at this rate. */
  signInTriesPerLoginMax: 10,
  /** For one address of the network; behind a proxy or a company's router many people share one. */
  signInTriesPerAddressMax: 100,
  /** How long tries count. */
  signInTriesWindowMs: 900_000,
  /** Running requests end within the request timeout; orchestrators give up on a process after 30 s. */
  drainTimeoutMs: 20_000,
} as const

export type Limits = Readonly<Record<keyof typeof limits, number>>

/** Requests per second and credential; strangers' addresses share a tenth. Counted in this process. */
export class RateLimits {
  readonly #credentials: RateLimiterMemory | null
  readonly #addresses: RateLimiterMemory | null

  constructor(perSecond: number | null) {
    const limiter = (points: number) => new RateLimiterMemory({ points: Math.max(1, Math.ceil(points)), duration: 1 })
    this.#credentials = perSecond === null ? null : limiter(perSecond)
    this.#addresses = perSecond === null ? null : limiter(perSecond / 10)
  }

  /** Throws `rate_limited` when the credential has used up its second. */
  async takeForCredential(id: string): Promise<void> {
    await take(this.#credentials, id)
  }

  /** Throws `rate_limited` when the address, without a good credential, has used up its second. */
  async takeForAddress(address: string): Promise<void> {
    await take(this.#addresses, address)
  }

  /** The same for an address that has used up its second already; takes nothing. */
  async requireAddressLeft(address: string): Promise<void> {
    const used = await this.#addresses?.get(address)
    if (used && used.remainingPoints <= 0) throw rateLimited(used)
  }
}

async function take(limiter: RateLimiterMemory | null, key: string): Promise<void> {
  try {
    await limiter?.consume(key)
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    throw rateLimited(refused)
  }
}

function rateLimited({ msBeforeNext }: RateLimiterRes): ApiError {
  return new ApiError('rate_limited', { retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) })
}

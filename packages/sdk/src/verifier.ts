// Verifying access tokens without asking for each: signature and claims, and whether the token was ended before its time.
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts'
import { readJws, verifyJws, type Jws } from './jose.ts'
import { RevocationKeeper } from './revocation-keeper.ts'
import { VerifierError } from './verifier-error.ts'

export interface VerifierOptions {
  /** The public URL of the Narthex instance, as tokens name it in `iss`. */
  readonly issuer: string
  /** The `tokenAudience` of your workspace. */
  readonly audience: string
  /** Where to reach the instance, when not at the issuer's URL. */
  readonly baseUrl?: string
  /** A key with the scope `tokens:introspect`. Leave it out when `fetch` adds the credential itself. */
  readonly apiKey?: string
  /** `stream` (the default) hears of a block within a second; `poll` within `pollIntervalMs` and a second. */
  readonly mode?: 'stream' | 'poll'
  /** Default 30 000; 240 000 at the most, for the list is signed for ten minutes only. */
  readonly pollIntervalMs?: number
  /**
   * How long ago the instance may last have said that the list is complete. Default 60 000, or three polling intervals
   * when that is more. A list whose signature has run out (ten minutes) is stale whatever stands here.
   */
  readonly maxStalenessMs?: number
  /**
   * What becomes of a good token while the list is stale or missing: `refuse` it with the code `stale` (the default), or
   * `accept` it by what is known. A token that the list names is refused either way.
   */
  readonly onStale?: 'refuse' | 'accept'
  /** By how much clocks may differ in `exp`, `iat` and `nbf`. Default 5 000. */
  readonly clockToleranceMs?: number
  /** A stream that is silent this long is opened again. Default 40 000; the instance is never silent for 15 000. */
  readonly silenceMs?: number
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  readonly clock?: { now(): number }
}

/** The claims of a Narthex access token (RFC 9068). Times are seconds since 1970. */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string
  /** The external user. */
  readonly sub: string
  /** The API key that asked for the token. */
  readonly client_id: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly workspace_id: string
  readonly channel_id: string
  /** The person behind the external user. */
  readonly super_identity_id: string
  readonly tier_id: string | null
  readonly external_user_group_id: string | null
  /** The admission behind the token: a referral. null on open channels, and with provisional access. */
  readonly admission_id: string | null
  /** The person was let in while its first referral waited for the decision. */
  readonly provisional?: true
  readonly name: string | null
  /** The highest cut-off that had reached the external user at issue. */
  readonly cut_off: number
}

export interface VerifierStatus {
  /** Whether the list is complete and young enough: while it is not, `onStale` decides. */
  readonly fresh: boolean
  /** The stream is open, or the last poll succeeded. */
  readonly connected: boolean
  /** The number up to which the list is complete; null before the first. */
  readonly cursor: number | null
  readonly entries: number
  /** Since the instance last said that nothing is missing; null before the first time. */
  readonly ageMs: number | null
  /** Why the list could not be brought up to date the last time. */
  readonly lastError: unknown
}

export interface Verifier {
  /** Answers the claims of a good token and throws a `VerifierError` for any other. Never asks the instance about it. */
  verify(token: string): Promise<AccessTokenClaims>
  /** Resolves when there is a first list; throws `stale` when there is none after `timeoutMs` (default 30 000). */
  ready(timeoutMs?: number): Promise<void>
  readonly status: VerifierStatus
  /** Ends stream and polling; until then an open stream keeps the process running. */
  close(): void
}

/** Starts at once to fetch keys and list. For Node 20 or later, browsers and edge runtimes. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, apiKey, onStale = 'refuse', pollIntervalMs = 30_000 } = options
  if (!(pollIntervalMs > 0 && pollIntervalMs <= 240_000)) throw new RangeError('pollIntervalMs must be at most 240000')
  const maxStalenessMs = options.maxStalenessMs ?? Math.max(60_000, 3 * pollIntervalMs)
  const now = () => (options.clock ?? Date).now()
  const closing = new AbortController()
  const baseUrl = (options.baseUrl ?? issuer).replace(/\/+$/, '')
  // Called without an object: a browser's own function refuses any other.
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const requests = { fetch, apiKey, closing: closing.signal }
  const keys = createIssuerKeys({ ...requests, url: `${baseUrl}/.well-known/jwks.json`, now })
  const keeper = new RevocationKeeper({
    ...requests,
    issuer,
    audience,
    keys,
    now,
    pollIntervalMs,
    url: `${baseUrl}/api/v1/revocations`,
    mode: options.mode ?? 'stream',
    silenceMs: options.silenceMs ?? 40_000,
  })
  const age = () => Math.abs(now() - keeper.heardAt)
  const isFresh = () => keeper.list !== null && age() <= maxStalenessMs && keeper.list.expiresAt * 1000 > now()
  const tolerance = (options.clockToleranceMs ?? 5_000) / 1000

  return {
    async verify(token) {
      if (closing.signal.aborted) throw new VerifierError('closed', 'The verifier is closed.')
      const jws = await readGenuine(token, keys)
      const claims = readClaims(jws, { issuer, audience, at: now() / 1000, tolerance })
      if (keeper.list && keeper.list.workspaceId !== claims.workspace_id) {
        throw new VerifierError('wrong_audience', 'The token is of another workspace.')
      }
      if (keeper.list?.ends(claims)) throw new VerifierError('revoked', 'The token was ended before its time.')
      if (onStale === 'refuse' && !isFresh()) {
        throw new VerifierError('stale', 'The revocation list is too old to tell.', { cause: keeper.lastError })
      }
      return claims
    },

    ready: (timeoutMs = 30_000) => firstOf(keeper, closing.signal, timeoutMs),

    get status() {
      return statusOf(keeper, isFresh(), age())
    },

    close: () => closing.abort(new VerifierError('closed', 'The verifier was closed.')),
  }
}

function statusOf({ list, connected, lastError }: RevocationKeeper, fresh: boolean, age: number): VerifierStatus {
  const ageMs = age === Infinity ? null : age
  return { fresh, connected, cursor: list?.cursor ?? null, entries: list?.size ?? 0, ageMs, lastError }
}

/** Tokens have about 1,000 characters; longer ones are not worth decoding. */
const tokenLengthMax = 8_192

async function readGenuine(token: string, keys: IssuerKeys): Promise<Jws> {
  const jws = typeof token === 'string' && token.length <= tokenLengthMax ? readJws(token, 'at+jwt') : null
  if (!jws) throw new VerifierError('malformed', 'This is no access token of Narthex.')
  const key = await keys.find(jws.kid)
  if (!key || !(await verifyJws(key, jws))) throw new VerifierError('bad_signature', 'The issuer did not sign this.')
  return jws
}

const textClaims = ['sub', 'client_id', 'jti', 'workspace_id', 'channel_id', 'super_identity_id'] as const
const numberClaims = ['exp', 'iat', 'cut_off'] as const

interface Wanted {
  readonly issuer: string
  readonly audience: string
  /** Seconds since 1970. */
  readonly at: number
  readonly tolerance: number
}

function readClaims({ payload }: Jws, { issuer, audience, at, tolerance }: Wanted): AccessTokenClaims {
  if (payload['iss'] !== issuer) throw new VerifierError('wrong_issuer', 'The token is of another issuer.')
  if (payload['aud'] !== audience) throw new VerifierError('wrong_audience', 'The token is for another audience.')
  const complete =
    textClaims.every((name) => typeof payload[name] === 'string') &&
    numberClaims.every((name) => Number.isFinite(payload[name]))
  if (!complete) throw new VerifierError('malformed', 'The token lacks claims that every token of Narthex has.')
  // `complete` has looked at each of them.
  const claims = payload as unknown as AccessTokenClaims & { nbf?: unknown }
  const from = Math.max(claims.iat, typeof claims.nbf === 'number' ? claims.nbf : 0)
  if (claims.exp + tolerance <= at) throw new VerifierError('expired', 'The token has expired.')
  if (from - tolerance > at) throw new VerifierError('not_yet_valid', 'The token is of the future: see the clocks.')
  return claims
}

function firstOf(keeper: RevocationKeeper, closing: AbortSignal, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new VerifierError('stale', `No revocation list within ${timeoutMs} ms.`, { cause: keeper.lastError }))
    const closed = () => reject(new VerifierError('closed', 'The verifier was closed.'))
    const timer = setTimeout(late, timeoutMs)
    closing.addEventListener('abort', closed)
    if (closing.aborted) closed()
    void keeper.first.then(resolve).finally(() => {
      clearTimeout(timer)
      closing.removeEventListener('abort', closed)
    })
  })
}

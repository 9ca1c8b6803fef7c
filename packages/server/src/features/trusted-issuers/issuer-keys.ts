// The keys of trusted issuers, held for a while: fetched when a token needs them, never more often than that is worth.
import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { IssuerKeys, KeySource } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { OutgoingError, type Outgoing } from '../../lib/outgoing.ts'
import { whyNotVerifiable, type PublicKeyJwk } from './key-rules.ts'

/** A key that its issuer withdrew is believed no longer than this. */
const keptMs = 10 * 60_000
/** A token with an unknown key asks the issuer again, but a stream of such tokens does not. */
const askAgainMs = 30_000
/** An issuer that does not answer is left alone for a moment: callers are told at once instead of waiting in turn. */
const afterFailureMs = 5_000
/** Of all workspaces together, the least used go first. A set is at most 256 KiB, and usually 2 KiB. */
const setsMax = 1_000
/** Of one set: more are no rotation any more. */
const keysMax = 100

type Find = (header: JWSHeaderParameters) => Promise<CryptoKey>

interface HeldSet {
  find: Find | null
  /** When these keys came. */
  loadedAt: number
  /** When the issuer was last asked, with whatever result. */
  askedAt: number
  asking: Promise<void> | null
}

interface Parts {
  readonly outgoing: Outgoing
  readonly clock: Clock
  readonly log: Logger
}

export function createIssuerKeys(parts: Parts): IssuerKeys {
  const sets = new LRUCache<string, HeldSet>({ max: setsMax })
  return {
    async find(source, header) {
      const name = `${source.workspaceId} ${source.id} ${source.version}`
      const set = sets.get(name) ?? { find: null, loadedAt: -Infinity, askedAt: -Infinity, asking: null }
      sets.set(name, set)
      try {
        return await (
          await current(parts, set, source)
        )(header)
      } catch (error) {
        const isUnknown = error instanceof errors.JWKSNoMatchingKey
        if (!isUnknown || source.jwks !== null || isWithin(parts, set.askedAt, askAgainMs)) throw error
      }
      await ask(parts, set, source)
      return (await current(parts, set, source))(header)
    },
  }
}

async function current(parts: Parts, set: HeldSet, source: KeySource): Promise<Find> {
  const isFresh = () => set.find !== null && (source.jwks !== null || isWithin(parts, set.loadedAt, keptMs))
  const isLeftAlone = set.asking === null && isWithin(parts, set.askedAt, afterFailureMs)
  if (!isFresh() && !isLeftAlone) await ask(parts, set, source)
  if (!isFresh()) throw new ApiError('issuer_unavailable')
  return set.find as Find
}

/** Callers that come while the issuer is being asked wait for the same answer. A failure leaves the held keys as they are. */
function ask(parts: Parts, set: HeldSet, source: KeySource): Promise<void> {
  return (set.asking ??= load(parts, set, source).finally(() => {
    set.askedAt = parts.clock.now()
    set.asking = null
  }))
}

async function load({ outgoing, clock, log }: Parts, set: HeldSet, { id, jwksUri, jwks }: KeySource): Promise<void> {
  try {
    set.find = await keySet(jwks ?? (await outgoing.getJson(jwksUri as string)))
    set.loadedAt = clock.now()
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    log.warn({ err: error, trustedIssuerId: id }, 'the keys of a trusted issuer could not be fetched')
  }
}

/** A clock that was set back makes nothing younger. */
function isWithin({ clock }: Parts, moment: number, ms: number): boolean {
  const age = clock.now() - moment
  return age >= 0 && age < ms
}

/** Of what an issuer publishes, only keys that may vouch: it may publish keys for encryption too. */
async function keySet(published: unknown): Promise<Find> {
  const keys = (published as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys)) throw new OutgoingError('The answer is no key set')
  const good: PublicKeyJwk[] = []
  for (const key of keys.slice(0, keysMax) as (PublicKeyJwk | null)[]) {
    if (key !== null && typeof key === 'object' && (await whyNotVerifiable(key)) === null) good.push(key)
  }
  return createLocalJWKSet({ keys: good } as JSONWebKeySet) as Find
}

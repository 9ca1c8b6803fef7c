// Credentials of one kind, remembered: who holds a secret is asked of the database once, until somebody says that it changed.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../lib/clock.ts'
import { hashSecret, isWellFormedSecret, type SecretKind } from '../lib/secret.ts'
import type { Caller, Credentials } from './authenticate.ts'

/** Integrations have tens of keys; a stranger's guesses may fill the rest without pushing memory up. */
const secretsMax = 10_000
const lastUsedEveryMs = 60_000

/** Whoever a secret stands for. */
export interface Holder<C extends Caller> {
  readonly caller: C
  /** From then on the secret opens nothing; null: never. */
  readonly endsAt: number | null
  readonly lastUsedAt: number
}

export interface RingOptions<C extends Caller> {
  readonly kind: SecretKind
  readonly clock: Clock
  /** False while changes made elsewhere would go unheard: then nothing is remembered. */
  readonly listening: () => boolean
  /** A secret that was not used for this long opens nothing any more; without it use does not matter. */
  readonly idleMs?: number
  /** Registers for the news that any secret of this kind changed. */
  readonly onChange: (forget: () => void) => void
  readonly find: (secretHash: string) => Promise<Holder<C> | null>
  /** Told at most once a minute; the request does not wait for it. */
  readonly noteUse: (caller: C, now: number, unless: number) => void
}

export function createCredentialRing<C extends Caller>(options: RingOptions<C>): Credentials {
  const { kind, clock, listening, idleMs = Infinity, find, noteUse } = options
  const cache = new LRUCache<string, { holder: Holder<C>; notedAt: number } | 'unknown'>({ max: secretsMax })
  // A look-up that began before a change must not put its stale result back after the change was heard.
  let generation = 0
  options.onChange(() => {
    generation += 1
    cache.clear()
  })

  const isIdle = ({ notedAt }: { notedAt: number }) => notedAt + idleMs <= clock.now()
  const use = (entry: { holder: Holder<C>; notedAt: number }): C | null => {
    const now = clock.now()
    const { caller, endsAt } = entry.holder
    if ((endsAt !== null && endsAt <= now) || isIdle(entry)) return null
    if (now - entry.notedAt >= lastUsedEveryMs) {
      entry.notedAt = now
      noteUse(caller, now, now - lastUsedEveryMs)
    }
    return caller
  }

  return {
    digest: (secret) => (isWellFormedSecret(kind, secret) ? { kind, hash: hashSecret(secret) } : null),

    known({ hash }) {
      const entry = listening() ? cache.get(hash) : undefined
      // It may have been used elsewhere meanwhile, which only the database can tell.
      if (entry === undefined || (entry !== 'unknown' && isIdle(entry))) return undefined
      return entry === 'unknown' ? null : use(entry)
    },

    async find({ hash }) {
      const begun = generation
      const holder = await find(hash)
      const entry = holder ? { holder, notedAt: holder.lastUsedAt } : 'unknown'
      if (begun === generation && listening()) cache.set(hash, entry)
      return entry === 'unknown' ? null : use(entry)
    },
  }
}

/** Several kinds, told apart by the first characters of a secret. */
export function credentialsByKind(rings: Readonly<Partial<Record<SecretKind, Credentials>>>): Credentials {
  const none: Credentials = { digest: () => null, known: () => null, find: async () => null }
  // What stands before the underscore is the caller's: `constructor` is no kind, though every object has one.
  const ringOf = (kind: SecretKind) => (Object.hasOwn(rings, kind) && rings[kind]) || none
  return {
    digest: (secret) => ringOf(secret.slice(0, secret.indexOf('_')) as SecretKind).digest(secret),
    known: (digest) => ringOf(digest.kind).known(digest),
    find: (digest) => ringOf(digest.kind).find(digest),
  }
}

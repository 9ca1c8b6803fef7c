// The issuer's published keys, held and fetched again when they are old or a signature names an unknown one.
import { fetchText, type Requests } from './fetch-text.ts'
import { importKey } from './jose.ts'
import { VerifierError } from './verifier-error.ts'

export interface IssuerKeys {
  /** Null when the issuer publishes no such key. Throws `keys_unavailable` while there are none at all. */
  find(kid: string, from?: 'stranger' | 'issuer'): Promise<CryptoKey | null>
}

export interface IssuerKeysOptions extends Requests {
  readonly url: string
  readonly now: () => number
}

/** What the issuer allows (`max-age`): a key that was taken back is believed no longer than twice this. */
const freshMs = 300_000
/** Strangers' tokens name any `kid` they like: that must not become a request each. A statement comes from the issuer itself. */
const cooldownMs = { stranger: 10_000, issuer: 500 }
/** An issuer has two or three. */
const keysMax = 100

export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  let keys = new Map<string, CryptoKey>()
  let fetchedAt = -Infinity
  let triedAt = -Infinity
  let failure: unknown
  let running: Promise<void> | null = null

  const fetchNow = async () => {
    try {
      const { text } = await fetchText(options, options.url, { accept: 'application/json' })
      const { keys: published } = JSON.parse(text) as { keys?: unknown }
      if (!Array.isArray(published)) throw new Error(`${options.url} is not a JWK set`)
      const imported = await Promise.all(published.slice(0, keysMax).map(importKey))
      keys = new Map(imported.filter((each) => each !== null).map(({ kid, key }) => [kid, key]))
      fetchedAt = options.now()
      failure = undefined
    } catch (error) {
      failure = error
    }
  }
  /** Joins a fetch in progress; none at all within the cooldown. */
  const refresh = async (from: 'stranger' | 'issuer') => {
    // A clock that was set back makes everything look new: then it is all asked for again.
    if (!running && Math.abs(options.now() - triedAt) < cooldownMs[from]) return
    triedAt = options.now()
    await (running ??= fetchNow().finally(() => (running = null)))
  }

  return {
    async find(kid, from = 'stranger') {
      const age = Math.abs(options.now() - fetchedAt)
      if (age > 2 * freshMs) await refresh(from)
      else if (age > freshMs) void refresh(from)
      if (!keys.has(kid)) await refresh(from)
      if (keys.size === 0)
        throw new VerifierError('keys_unavailable', "The issuer's keys could not be fetched.", { cause: failure })
      return keys.get(kid) ?? null
    },
  }
}

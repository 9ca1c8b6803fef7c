// Who is behind a secret: answered from memory while the news of changes arrives, from the database otherwise.
import type { Scope } from '@narthex/contract'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { ApiKeyPrincipal } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import type { Credentials } from '../../http/authenticate.ts'
import type { Clock } from '../../lib/clock.ts'
import { hashSecret, isWellFormedSecret } from '../../lib/secret.ts'
import { findKeyBySecret, updateLastUsed } from './queries.ts'

/** Integrations have tens of keys; a stranger's guesses may fill the rest without pushing memory up. */
const keysMax = 10_000
const lastUsedEveryMs = 60_000

interface KnownKey {
  readonly principal: ApiKeyPrincipal
  /** The key's end or the secret's, whichever is first; null: none. */
  readonly endsAt: number | null
  lastUsedWrittenAt: number
}

export function createKeyRing({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Credentials {
  const cache = new LRUCache<string, KnownKey | 'unknown'>({ max: keysMax })
  // A look-up that began before a change must not put its stale result back after the change was heard.
  let generation = 0
  db.subscribe('api-keys', () => {
    generation += 1
    cache.clear()
  })

  const use = (key: KnownKey): ApiKeyPrincipal | null => {
    const now = clock.now()
    if (key.endsAt !== null && key.endsAt <= now) return null
    if (now - key.lastUsedWrittenAt >= lastUsedEveryMs) {
      key.lastUsedWrittenAt = now
      db.write((tx) => updateLastUsed(tx, key.principal, now, now - lastUsedEveryMs)).catch((error: unknown) => {
        log.warn({ err: error }, 'the last use of an API key was not recorded')
      })
    }
    return key.principal
  }

  return {
    known(secret) {
      if (!isWellFormedSecret('nxk', secret)) return null
      const key = db.listening ? cache.get(hashSecret(secret)) : undefined
      if (key === undefined) return undefined
      return key === 'unknown' ? null : use(key)
    },

    async find(secret) {
      const hash = hashSecret(secret)
      const begun = generation
      const row = await findKeyBySecret(db.read, hash)
      const key = row && row.revoked_at === null ? knownKey(row) : 'unknown'
      if (begun === generation && db.listening) cache.set(hash, key)
      return key === 'unknown' ? null : use(key)
    },
  }
}

function knownKey(row: NonNullable<Awaited<ReturnType<typeof findKeyBySecret>>>): KnownKey {
  const ends = [row.expires_at, row.secret_expires_at].filter((end) => end !== null)
  return {
    principal: {
      kind: 'api_key',
      workspaceId: row.workspace_id,
      id: row.id,
      scopes: new Set(JSON.parse(row.scopes) as Scope[]),
    },
    endsAt: ends.length > 0 ? Math.min(...ends) : null,
    lastUsedWrittenAt: row.last_used_at ?? 0,
  }
}

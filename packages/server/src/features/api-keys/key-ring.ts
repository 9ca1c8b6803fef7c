// API keys, remembered: the ring that the request pipeline asks who is calling.
import type { Scope } from '@narthex/contract'
import type { Logger } from 'pino'
import type { ApiKeyPrincipal } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import type { Credentials } from '../../http/authenticate.ts'
import { createCredentialRing, type Holder } from '../../http/credential-ring.ts'
import type { Clock } from '../../lib/clock.ts'
import { findKeyBySecret, updateLastUsed } from './queries.ts'

export function createKeyRing({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Credentials {
  return createCredentialRing<ApiKeyPrincipal>({
    kind: 'nxk',
    clock,
    listening: () => db.listening,
    onChange: (forget) => db.subscribe('api-keys', forget),
    async find(hash) {
      const row = await findKeyBySecret(db.read, hash)
      return row && row.revoked_at === null ? holderOf(row) : null
    },
    noteUse(key, now, unless) {
      db.write((tx) => updateLastUsed(tx, key, now, unless)).catch((error: unknown) => {
        log.warn({ err: error }, 'the last use of an API key was not recorded')
      })
    },
  })
}

function holderOf(row: NonNullable<Awaited<ReturnType<typeof findKeyBySecret>>>): Holder<ApiKeyPrincipal> {
  const ends = [row.expires_at, row.secret_expires_at].filter((end) => end !== null)
  return {
    caller: {
      kind: 'api_key',
      workspaceId: row.workspace_id,
      id: row.id,
      scopes: new Set(JSON.parse(row.scopes) as Scope[]),
    },
    endsAt: ends.length > 0 ? Math.min(...ends) : null,
    lastUsedAt: row.last_used_at ?? 0,
  }
}

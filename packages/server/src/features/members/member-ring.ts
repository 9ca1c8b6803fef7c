// Member tokens, remembered: the ring that the request pipeline asks who is calling.
import type { Logger } from 'pino'
import type { Database } from '../../db/database.ts'
import type { Credentials, MemberCaller } from '../../http/authenticate.ts'
import { createCredentialRing } from '../../http/credential-ring.ts'
import type { Clock } from '../../lib/clock.ts'
import { membershipOf } from './logins.ts'
import { findTokenBySecret, listMembershipsOf, updateTokenLastUsed } from './queries.ts'

export function createMemberRing({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Credentials {
  return createCredentialRing<MemberCaller>({
    kind: 'nxm',
    clock,
    listening: () => db.listening,
    onChange: (forget) => db.subscribe('members', forget),
    async find(hash) {
      const token = await findTokenBySecret(db.read, hash)
      if (!token || token.revoked_at !== null) return null
      const memberships = await listMembershipsOf(db.read, token.login_id)
      if (memberships.length === 0) return null
      const caller = {
        kind: 'member',
        id: token.id,
        loginId: token.login_id,
        memberships: memberships.map(membershipOf),
        homeWorkspaceId: token.workspace_id,
      } as const
      return { caller, endsAt: token.expires_at, lastUsedAt: token.last_used_at ?? 0 }
    },
    noteUse({ id }, now, unless) {
      db.write((tx) => updateTokenLastUsed(tx, id, now, unless)).catch((error: unknown) => {
        log.warn({ err: error }, 'the last use of a member token was not recorded')
      })
    },
  })
}

// Sign-ins, remembered: the ring that the request pipeline asks who is calling.
import type { Logger } from 'pino'
import type { Database } from '../../db/database.ts'
import type { Credentials, MemberCaller } from '../../http/authenticate.ts'
import { createCredentialRing } from '../../http/credential-ring.ts'
import type { Clock } from '../../lib/clock.ts'
import { membershipOf } from '../members/logins.ts'
import { listMembershipsOf } from '../members/queries.ts'
import { signInIdleMs } from './lifetimes.ts'
import { findSessionBySecret, updateSessionLastUsed } from './queries.ts'

export function createSessionRing({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): Credentials {
  return createCredentialRing<MemberCaller>({
    kind: 'nxs',
    clock,
    idleMs: signInIdleMs,
    listening: () => db.listening,
    onChange: (forget) => db.subscribe('members', forget),
    async find(hash) {
      const session = await findSessionBySecret(db.read, hash)
      if (!session) return null
      const memberships = await listMembershipsOf(db.read, session.login_id)
      if (memberships.length === 0) return null
      const caller = {
        kind: 'member',
        id: session.id,
        loginId: session.login_id,
        memberships: memberships.map(membershipOf),
        homeWorkspaceId: null,
      } as const
      return { caller, endsAt: session.expires_at, lastUsedAt: session.last_used_at }
    },
    noteUse({ id }, now, unless) {
      db.write((tx) => updateSessionLastUsed(tx, id, now, unless)).catch((error: unknown) => {
        log.warn({ err: error }, 'the last use of a sign-in was not recorded')
      })
    },
  })
}

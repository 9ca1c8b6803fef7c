// Who is signed in, as the page shows it.
import type { Session } from '@narthex/contract'
import type { ConsoleContext } from '../../context.ts'
import { iso } from '../../lib/clock.ts'
import { listMembershipsOf } from '../members/queries.ts'
import { findWorkspaces } from '../workspaces/queries.ts'
import { findLogin, findSession } from './queries.ts'

export async function describeSession(
  { db }: ConsoleContext,
  signedIn: { readonly id: string } | null,
  singleSignOn: boolean,
): Promise<Session> {
  const session = signedIn && (await findSession(db.read, signedIn.id))
  const login = session && (await findLogin(db.read, session.login_id))
  if (!session || !login) return { signedIn: null, singleSignOn }
  const places = await listMembershipsOf(db.read, login.id)
  const workspaces = await findWorkspaces(
    db.read,
    places.map((place) => place.workspace_id),
  )
  const names = new Map(workspaces.map(({ id, name }) => [id, name]))
  const memberships = places.map((place) => ({
    workspaceId: place.workspace_id,
    workspaceName: names.get(place.workspace_id) as string,
    memberId: place.id,
    firstname: place.firstname,
    lastname: place.lastname,
    role: place.role,
  }))
  return {
    singleSignOn,
    signedIn: {
      email: login.email,
      hasPassword: login.password_hash !== null,
      hasSecondFactor: login.totp_confirmed_at !== null,
      expiresAt: iso(session.expires_at),
      memberships,
    },
  }
}

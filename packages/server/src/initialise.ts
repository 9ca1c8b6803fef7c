// The first start: one workspace, its owner, one API key with every scope, one signing key, in one transaction.
import { scopes, type Scope } from '@narthex/contract'
import type { Logger } from 'pino'
import type { Context } from './context.ts'
import type { Database, Tx } from './db/database.ts'
import { UniqueViolation } from './db/errors.ts'
import { hasTable } from './db/has-table.ts'
import { insertApiKey } from './features/api-keys/service.ts'
import { findOrCreateVerifiedLogin } from './features/members/logins.ts'
import { insertMember, type NewMember } from './features/members/service.ts'
import { issueMemberToken } from './features/members/tokens.ts'
import { createSigningKey } from './features/signing-keys/service.ts'
import { findFirstWorkspaceId, findWorkspace, insertInstance } from './features/workspaces/queries.ts'
import { createWorkspace, newWorkspaceId, type NewWorkspace } from './features/workspaces/service.ts'
import type { Clock } from './lib/clock.ts'
import { deriveKey } from './lib/encryption.ts'
import { createOutgoing } from './lib/outgoing.ts'

export interface FirstCredentials {
  readonly workspaceId: string
  /** The secret; stored only as a digest. */
  readonly apiKey: string
}

/** Those of a new instance: its owner's as well. */
export interface OwnerCredentials extends FirstCredentials, MemberCredentials {
  readonly ownerEmail: string
}

export interface MemberCredentials {
  readonly memberId: string
  /** The secret; stored only as a digest. */
  readonly memberToken: string
}

/** An address that no mail reaches (RFC 2606): the owner who gives none signs in with the member token. */
const ownerEmailDefault = 'owner@narthex.invalid'

export interface Operator {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly secret: string
  readonly publicUrl: string
}

/** Whether the database was initialised; it need not even have a schema. */
export async function isSetUp(db: Database): Promise<boolean> {
  return (await hasTable(db.read, 'instance')) && (await findFirstWorkspaceId(db.read)) !== undefined
}

export interface FirstWorkspace {
  readonly name?: string
  readonly ownerEmail?: string | undefined
}

/** null when the database was initialised before, also by another process this moment. */
export async function initialiseIfEmpty(
  operator: Operator,
  { name = 'My workspace', ownerEmail = ownerEmailDefault }: FirstWorkspace = {},
): Promise<OwnerCredentials | null> {
  if (await findFirstWorkspaceId(operator.db.read)) return null
  try {
    return await operator.db.write(async (tx) => {
      const first = await insertWorkspaceWithKey(tx, operator, { name, parentId: null })
      const owner = { email: ownerEmail, firstname: 'First', lastname: 'Owner', role: 'owner' } as const
      const credentials = await insertJoinedMember(tx, systemContext(operator, first.workspaceId), owner)
      await insertInstance(tx, first.workspaceId, operator.clock.now())
      await createSigningKey(tx, operator)
      return { ...first, ...credentials, ownerEmail }
    })
  } catch (error) {
    if (error instanceof UniqueViolation && error.table === 'instance') return null
    throw error
  }
}

/** Another workspace with its first API key; null when the parent does not exist. */
export async function addWorkspace(operator: Operator, workspace: NewWorkspace): Promise<FirstCredentials | null> {
  return operator.db.write(async (tx) => {
    if (workspace.parentId !== null && !(await findWorkspace(tx, workspace.parentId))) return null
    return insertWorkspaceWithKey(tx, operator, workspace)
  })
}

/** An API key made at the command line; null when the workspace does not exist. */
export async function addApiKey(
  operator: Operator,
  workspaceId: string,
  key: { name: string; scopes: readonly Scope[]; expiresAt?: string | undefined },
): Promise<{ keyId: string; apiKey: string } | null> {
  return operator.db.write(async (tx) => {
    if (!(await findWorkspace(tx, workspaceId))) return null
    const { row, secret } = await insertApiKey(tx, systemContext(operator, workspaceId), key)
    return { keyId: row.id, apiKey: secret }
  })
}

/** A member made at the command line, and a token for it; null when the workspace does not exist. */
export async function addMember(
  operator: Operator,
  workspaceId: string,
  member: NewMember,
): Promise<MemberCredentials | null> {
  return operator.db.write(async (tx) => {
    if (!(await findWorkspace(tx, workspaceId))) return null
    return insertJoinedMember(tx, systemContext(operator, workspaceId), member)
  })
}

/** The operator's word is enough for who an address belongs to: the member needs no invitation. */
async function insertJoinedMember(tx: Tx, ctx: Context, member: NewMember): Promise<MemberCredentials> {
  const login = await findOrCreateVerifiedLogin(tx, ctx, member.email)
  const row = await insertMember(tx, ctx, member, login.id)
  const { secret } = await issueMemberToken(tx, ctx, row, { name: 'First token', expiresAt: null })
  return { memberId: row.id, memberToken: secret }
}

async function insertWorkspaceWithKey(tx: Tx, operator: Operator, workspace: NewWorkspace): Promise<FirstCredentials> {
  const workspaceId = newWorkspaceId()
  const ctx = systemContext(operator, workspaceId)
  await createWorkspace(tx, ctx, workspace)
  const { secret } = await insertApiKey(tx, ctx, { name: 'First key', scopes })
  return { workspaceId, apiKey: secret }
}

/** The operator acts as the system, outside any request. A serving process seals the events. */
export function systemContext({ db, clock, log, secret, publicUrl }: Operator, workspaceId: string): Context {
  const noKey = () => new Error('The system itself issues no tokens')
  const signer = {
    sign: () => Promise.reject(noKey()),
    keyInForce() {
      throw noKey()
    },
  }
  const principal = { kind: 'system', workspaceId, id: null } as const
  const fingerprintKey = deriveKey(secret, 'fingerprints')
  const outgoing = createOutgoing({ allow: [] })
  const issuerKeys = { find: () => Promise.reject(new Error('The system itself accepts no tokens')) }
  const silent = { publicKey: () => null, wakeSealer() {} }
  const instance = { publicUrl, secret, signer, fingerprintKey, outgoing, issuerKeys, ...silent }
  return { db, clock, log, principal, requestId: null, instance }
}

// From what a request shows to who is calling.
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { scopesOfRole, type Role } from '@narthex/contract'
import type { ApiKeyPrincipal, MemberPrincipal, Membership } from '../context.ts'
import { ApiError, invalid } from '../lib/api-error.ts'
import type { SecretKind } from '../lib/secret.ts'
import { sessionSecretOf } from './session-cookie.ts'

/** A member's token or sign-in, before it is known for which of its workspaces it is used. */
export interface MemberCaller {
  readonly kind: 'member'
  /** The token or the session. */
  readonly id: string
  readonly loginId: string
  /** Never empty: who was removed everywhere is nobody. */
  readonly memberships: readonly Membership[]
  /** Where a token was made: meant unless the request names another one. null for a sign-in. */
  readonly homeWorkspaceId: string | null
}

export type Caller = ApiKeyPrincipal | MemberCaller

/** Finds the caller behind a secret, or null. The features bring it; http knows none of them. */
export interface Credentials {
  /** null for what cannot be a secret at all. */
  digest(secret: string): Digest | null
  /** Answered from memory: undefined when only the database can tell. */
  known(digest: Digest): Caller | null | undefined
  find(digest: Digest): Promise<Caller | null>
}

/** What a secret is known by behind the door: it is read once a request. */
export interface Digest {
  readonly kind: SecretKind
  readonly hash: string
}

/** The bare key, or `Bearer <key>` with the scheme in any case (RFC 9110 section 11.1). */
export function secretOf(authorization: string | undefined): string | null {
  if (!authorization) return null
  const [, bearer] = /^bearer +(.+)$/i.exec(authorization) ?? []
  return (bearer ?? authorization).trim() || null
}

/** Of the request that was looked at last: who stands before the framework and who stands behind it look in the same moment. */
let looked: { readonly request: IncomingMessage; readonly digest: Digest | null } | undefined

/** What the header of a request shows. */
export function digestOfHeader(credentials: Pick<Credentials, 'digest'>, request: IncomingMessage): Digest | null {
  if (looked?.request !== request) {
    const secret = secretOf(request.headers.authorization)
    looked = { request, digest: secret === null ? null : credentials.digest(secret) }
  }
  return looked.digest
}

/** What a request shows: in the header, or else in the cookie of a sign-in. */
export function digestOfRequest(credentials: Credentials, request: FastifyRequest, publicUrl: string): Digest | null {
  if (request.headers.authorization !== undefined) return digestOfHeader(credentials, request.raw)
  const secret = sessionSecretOf(request, publicUrl)
  return secret === null ? null : credentials.digest(secret)
}

/** Throws `unauthorized` unless the secret is good now. */
export async function requireCaller(
  credentials: Credentials,
  digest: Digest | null,
  guard: () => Promise<void>,
): Promise<Caller> {
  const found = await findCaller(credentials, digest, guard)
  if (!found) throw new ApiError('unauthorized')
  return found
}

/** Whose digest it is; null when it is not good now. `guard` runs before a look-up costs anything. */
export async function findCaller(
  credentials: Credentials,
  digest: Digest | null,
  guard: () => Promise<void>,
): Promise<Caller | null> {
  const known = digest === null ? null : credentials.known(digest)
  if (known) return known
  await guard()
  return digest === null || known === null ? null : credentials.find(digest)
}

/** The caller as it acts on the Workspace API: in the workspace of its key, or in the one that a member names. */
export function actingIn(caller: Caller, workspaceId: string | undefined): ApiKeyPrincipal | MemberPrincipal {
  if (caller.kind === 'api_key') return caller
  const { memberships, homeWorkspaceId } = caller
  const named = workspaceId?.toLowerCase() ?? homeWorkspaceId
  const membership =
    memberships.find((one) => one.workspaceId === named) ?? (workspaceId ? undefined : only(memberships))
  if (!membership) throw new ApiError('workspace_not_found')
  return asMember(caller, membership)
}

function only(memberships: readonly Membership[]): Membership {
  if (memberships.length > 1)
    throw invalid('headers.x-workspace-id', 'is required: you are a member of several workspaces')
  return memberships[0] as Membership
}

/** The caller on the Referral API, where each request names organizations itself. */
export function actingAnywhere(caller: Caller): ApiKeyPrincipal | MemberPrincipal {
  if (caller.kind === 'api_key') return caller
  const { memberships, homeWorkspaceId } = caller
  const home = memberships.find((one) => one.workspaceId === homeWorkspaceId) ?? memberships[0]
  return asMember(caller, home as Membership)
}

const scopeSets = new Map<Role, ReadonlySet<string>>()

function asMember({ id, loginId, memberships }: MemberCaller, membership: Membership): MemberPrincipal {
  const { role } = membership
  const scopes = scopeSets.get(role) ?? new Set(scopesOfRole[role])
  scopeSets.set(role, scopes)
  return {
    ...membership,
    kind: 'member',
    credentialId: id,
    loginId,
    memberships,
    scopes: scopes as MemberPrincipal['scopes'],
  }
}

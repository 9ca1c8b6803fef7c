// Our own access tokens, read back: is the token genuine, and does it still open anything?
import { verify as verifyBytes, type KeyObject } from 'node:crypto'
import type { ExternalUserPrincipal, Instance } from '../../context.ts'
import type { Database, Db } from '../../db/database.ts'
import type { Clock } from '../../lib/clock.ts'
import { readCompactJws } from '../../lib/compact-jws.ts'
import { isCanonicalSignature } from '../../lib/jose-signature.ts'
import { eligibilityOf } from './service.ts'
import { findAccess, findRevokedToken, type Access } from './queries.ts'

/** The claims this service puts into a token (RFC 9068 section 2.2 and its own). */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly client_id: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly workspace_id: string
  readonly channel_id: string
  readonly super_identity_id: string
  readonly tier_id: string | null
  readonly external_user_group_id: string | null
  readonly admission_id: string | null
  readonly provisional?: true
  readonly name: string | null
  readonly cut_off: number
}

/** What is needed to tell a genuine token. */
type TokenVerifier = Pick<Instance, 'publicUrl' | 'publicKey'>

/** Ours have about 1,000 characters; longer ones are not worth decoding. */
const tokenLengthMax = 8_192
const headerKeys = ['alg', 'kid', 'typ']

/**
 * The claims of a token that this instance signed and that has not expired; null for anything else. A token has exactly
 * one spelling: other encodings of the same bytes, other header members and the other value of s are refused.
 */
export function readAccessToken(verifier: TokenVerifier, token: string, now: number): AccessTokenClaims | null {
  const jws = token.length <= tokenLengthMax ? readCompactJws(token) : null
  if (!jws) return null
  const key = keyOf(verifier, jws.header)
  if (!key || !isCanonicalSignature(jws.signature)) return null
  if (!verifyBytes('sha256', Buffer.from(jws.signingInput), { key, dsaEncoding: 'ieee-p1363' }, jws.signature))
    return null
  const claims = JSON.parse(jws.payload.toString('utf8')) as AccessTokenClaims
  return claims.iss === verifier.publicUrl && claims.exp * 1000 > now ? claims : null
}

function keyOf(verifier: TokenVerifier, header: Record<string, unknown>): KeyObject | null {
  const ours =
    Object.keys(header).toSorted().join() === headerKeys.join() &&
    header['alg'] === 'ES256' &&
    header['typ'] === 'at+jwt'
  return ours && typeof header['kid'] === 'string' ? verifier.publicKey(header['kid']) : null
}

/** The external user that a genuine token still lets in; null when the token, the account, its person or its channel is dead. */
export async function findLiveAccess(db: Db, claims: AccessTokenClaims, now: number): Promise<Access | null> {
  const selector = { channelId: claims.channel_id, column: 'id' as const, value: claims.sub }
  const access = await findAccess(db, claims.workspace_id, selector, claims.client_id)
  if (!access || access.cut_off > claims.cut_off) return null
  if (!eligibilityOf(access, now).allowed) return null
  return (await findRevokedToken(db, claims.workspace_id, claims.jti)) ? null : access
}

/** The principal of a request that shows an access token; null unless the token is genuine and alive. */
export async function externalUserOf(
  { db, clock, instance }: { db: Database; clock: Clock; instance: Instance },
  token: string,
): Promise<ExternalUserPrincipal | null> {
  const claims = readAccessToken(instance, token, clock.now())
  if (!claims || !(await findLiveAccess(db.read, claims, clock.now()))) return null
  const { workspace_id: workspaceId, sub: id, channel_id: channelId, client_id: clientId } = claims
  return { kind: 'external_user', workspaceId, id, channelId, clientId }
}

// Our own access tokens, read back: is the token genuine, and does it still open anything?
import { verify as verifyBytes, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ExternalUserPrincipal, Instance } from '../../context.ts'
import type { Database, Db } from '../../db/database.ts'
import type { Clock } from '../../lib/clock.ts'
import { readCompactJws } from '../../lib/compact-jws.ts'
import { sha256 } from '../../lib/encryption.ts'
import { isCanonicalSignature } from '../../lib/jose-signature.ts'
import { eligibilityOf } from './service.ts'
import { findTokenStanding } from './queries.ts'

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

export interface AccessToken {
  readonly claims: AccessTokenClaims
  /** The claims as they were signed: one JSON object. */
  readonly json: string
}

/**
 * A token that this instance signed and that has not expired; null for anything else. A token has exactly one spelling:
 * other encodings of the same bytes, other header members and the other value of s are refused.
 */
export function readAccessToken(verifier: TokenVerifier, token: string, now: number): AccessToken | null {
  if (token.length > tokenLengthMax) return null
  const digest = sha256(token)
  const seen = genuine.get(digest)
  // A key that is no longer published, or another one under its name, makes none of its tokens genuine any more.
  const still = seen && verifier.publicKey(seen.kid) === seen.key ? seen : readGenuine(verifier, token)
  if (!still) return null
  if (still !== seen) genuine.set(digest, still)
  const { claims } = still
  return claims.iss === verifier.publicUrl && claims.exp * 1000 > now ? still : null
}

interface Genuine extends AccessToken {
  readonly kid: string
  readonly key: KeyObject
}

/**
 * Signatures that were checked, by the digest of the token: checking one costs more than all the rest of a request. Only
 * that a token is ours is remembered; whether it still opens anything is asked every time. Some 20 MB when full.
 */
const genuine = new LRUCache<string, Genuine>({ max: 10_000 })

function readGenuine(verifier: TokenVerifier, token: string): Genuine | null {
  const jws = readCompactJws(token)
  const kid = jws && kidOf(jws.header)
  const key = kid ? verifier.publicKey(kid) : null
  if (!jws || !kid || !key || !isCanonicalSignature(jws.signature)) return null
  if (!verifyBytes('sha256', Buffer.from(jws.signingInput), { key, dsaEncoding: 'ieee-p1363' }, jws.signature))
    return null
  const json = jws.payload.toString('utf8')
  return { kid, key, json, claims: JSON.parse(json) as AccessTokenClaims }
}

function kidOf(header: Record<string, unknown>): string | null {
  const ours =
    Object.keys(header).toSorted().join() === headerKeys.join() &&
    header['alg'] === 'ES256' &&
    header['typ'] === 'at+jwt'
  return ours && typeof header['kid'] === 'string' ? header['kid'] : null
}

/** Whether a genuine token still lets in: not when it, the account, its person or its channel is dead. */
export async function isAlive(db: Db, claims: AccessTokenClaims, now: number): Promise<boolean> {
  const { workspace_id: workspaceId, channel_id: channelId, client_id: clientId, sub: id, jti } = claims
  const found = await findTokenStanding(db, { workspaceId, channelId, id, clientId, jti })
  if (!found || found.token_revoked === 1 || found.cut_off > claims.cut_off) return false
  return eligibilityOf(found, now).allowed
}

/** The principal of a request that shows an access token; null unless the token is genuine and alive. */
export async function externalUserOf(
  { db, clock, instance }: { db: Database; clock: Clock; instance: Instance },
  token: string,
): Promise<ExternalUserPrincipal | null> {
  const claims = readAccessToken(instance, token, clock.now())?.claims
  if (!claims || !(await isAlive(db.read, claims, clock.now()))) return null
  const { workspace_id: workspaceId, sub: id, channel_id: channelId, client_id: clientId } = claims
  return { kind: 'external_user', workspaceId, id, channelId, clientId }
}

// How signing keys come to be: ES256 (RFC 7518 section 3.4), the private part encrypted under the instance secret.
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { iso } from '../../lib/clock.ts'
import { decrypt, deriveKey, encrypt } from '../../lib/encryption.ts'
import { Refused } from '../../lib/refused.ts'
import { appendEvent } from '../events/service.ts'
import { lockInstance } from '../workspaces/queries.ts'
import { findLatestSignsFrom, insertSigningKey, retireSigningKeys, type SigningKeyRow } from './queries.ts'

/** A public key as it is published. */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: string
  readonly use: 'sig'
}

/** Verifiers keep the published keys for 300 s; twice that, so that a slow one has seen the new key before it signs. */
const publishedBeforeMs = 10 * 60_000
/** The longest life of a token, and a margin for a node that heard of the new key late. */
const publishedAfterMs = (24 * 60 + 15) * 60_000
/** Often enough that a stolen key is not of use for long, seldom enough that nobody notices. */
const rotateEveryMs = 90 * 24 * 60 * 60_000

export interface Rotation {
  readonly kid: string
  readonly signsFrom: number
}

/** Publishes a new key, which signs ten minutes later or, with `force`, at once. Refused while one is waiting to sign. */
export async function rotateSigningKey(ctx: Context, force: boolean): Promise<Rotation> {
  return ctx.db.write(async (tx) => {
    await lockInstance(tx)
    const now = ctx.clock.now()
    if (((await findLatestSignsFrom(tx)) ?? 0) > now) throw new ApiError('rotation_in_progress')
    const signsFrom = force ? now : now + publishedBeforeMs
    await retireSigningKeys(tx, signsFrom + publishedAfterMs)
    const kid = await createSigningKey(tx, { clock: ctx.clock, secret: ctx.instance.secret, signsFrom })
    const after = { kid, signsFrom: iso(signsFrom), force }
    await appendEvent(tx, ctx, { type: 'signing_key.rotated', subject: { id: kid, version: 1 }, after })
    publish(tx, 'signing-keys', kid)
    return { kid, signsFrom }
  })
}

/** Rotates when the key in force is old; null when it is not due. */
export async function rotateSigningKeyOnSchedule(ctx: Context): Promise<Rotation | null> {
  const latest = await findLatestSignsFrom(ctx.db.read)
  if (latest === null || latest > ctx.clock.now() - rotateEveryMs) return null
  return rotateSigningKey(ctx, false)
}

export interface NewSigningKey {
  readonly clock: Context['clock']
  readonly secret: string
  /** Now, when absent: for the first key of an instance, which no verifier can have missed. */
  readonly signsFrom?: number
}

/** Makes a key pair and answers its `kid`, the RFC 7638 thumbprint. */
export async function createSigningKey(tx: Tx, { clock, secret, signsFrom }: NewSigningKey): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' }) as Record<'kty' | 'crv' | 'x' | 'y', string>
  const kid = thumbprint({ kty, crv, x, y })
  const jwk: PublicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const now = clock.now()
  await insertSigningKey(tx, {
    kid,
    algorithm: 'ES256',
    public_jwk: JSON.stringify(jwk),
    private_encrypted: encrypt(deriveKey(secret, 'signing-keys', kid), pem),
    created_at: now,
    signs_from: signsFrom ?? now,
    published_until: null,
  })
  return kid
}

/** RFC 7638: the members in lexicographic order, without white space. */
function thumbprint({ kty, crv, x, y }: Record<'kty' | 'crv' | 'x' | 'y', string>): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

/** Throws `Refused` when the instance secret is not the one the key was encrypted under. */
export function openPrivateKey(row: SigningKeyRow, secret: string): KeyObject {
  try {
    return createPrivateKey(decrypt(deriveKey(secret, 'signing-keys', row.kid), row.private_encrypted))
  } catch {
    throw new Refused(
      'The instance secret (NARTHEX_SECRET, or the file named secret in the data folder) is not the one this database was set up with',
    )
  }
}

// How signing keys come to be: ES256 (RFC 7518 section 3.4), the private part encrypted under the instance secret.
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { decrypt, deriveKey, encrypt } from '../../lib/encryption.ts'
import { Refused } from '../../lib/refused.ts'
import { insertSigningKey, type SigningKeyRow } from './queries.ts'

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

/** Makes a key that signs at once; for the first one of an instance, which no verifier can have missed. */
export async function createSigningKey(tx: Tx, ctx: Pick<Context, 'clock'> & { secret: string }): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' }) as Record<'kty' | 'crv' | 'x' | 'y', string>
  const kid = thumbprint({ kty, crv, x, y })
  const jwk: PublicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const now = ctx.clock.now()
  await insertSigningKey(tx, {
    kid,
    algorithm: 'ES256',
    public_jwk: JSON.stringify(jwk),
    private_encrypted: encrypt(deriveKey(ctx.secret, 'signing-keys', kid), pem),
    created_at: now,
    signs_from: now,
    published_until: null,
  })
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

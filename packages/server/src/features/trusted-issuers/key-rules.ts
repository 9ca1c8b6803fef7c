// Which keys may vouch for a token: public halves of asymmetric signature keys, and the algorithms they sign with.
import { importJWK, type JWK } from 'jose'

export type PublicKeyJwk = JWK & Record<string, unknown>

/** No `none` and no HMAC: with those whoever can read the published key could sign with it. */
export const signatureAlgorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

/** NIST SP 800-131A; the library that verifies refuses shorter ones too. */
const rsaBitsMin = 2048
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
const curveAlgorithms: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/** What keeps a key from verifying signatures, in words; null when nothing does. */
export async function whyNotVerifiable(key: PublicKeyJwk): Promise<string | null> {
  if (privateMembers.some((member) => key[member] !== undefined))
    return 'must be a public key: this one has private members'
  const algorithm = algorithmOf(key)
  if (algorithm === null) return 'must be a public RSA key, one on P-256, P-384 or P-521, or Ed25519'
  if (key.alg !== undefined && !signatureAlgorithms.includes(key.alg)) {
    return `must have one of the algorithms ${signatureAlgorithms.join(', ')}`
  }
  if (key.use !== undefined && key.use !== 'sig') return 'must be for signatures'
  try {
    const imported = await importJWK(key, key.alg ?? algorithm)
    const bits = (imported as { algorithm?: { modulusLength?: number } }).algorithm?.modulusLength ?? rsaBitsMin
    return bits < rsaBitsMin ? `must be an RSA key of at least ${rsaBitsMin} bits` : null
  } catch {
    return 'must be a key after RFC 7517'
  }
}

function algorithmOf({ kty, crv }: PublicKeyJwk): string | null {
  if (kty === 'RSA') return 'RS256'
  const algorithm = kty === 'EC' || kty === 'OKP' ? curveAlgorithms[String(crv)] : undefined
  return algorithm && (kty === 'OKP') === (algorithm === 'EdDSA') ? algorithm : null
}

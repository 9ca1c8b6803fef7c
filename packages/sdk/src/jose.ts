// Compact JWS (RFC 7515) signed with ES256, as Narthex signs: read strictly, verified by WebCrypto. No other form is known here.

export interface Jws {
  /** Which of the issuer's keys signed. */
  readonly kid: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly signed: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
}

/** Half of the order of P-256 (FIPS 186-5), in hexadecimal. */
const halfOrder = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8'
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Null unless the text is the one spelling of a JWS with this `typ`: exactly the header members `alg`, `kid` and `typ`,
 * canonical base64url, and the lower of the two values of s that verify.
 */
export function readJws(text: string, typ: string): Jws | null {
  const segments = text.split('.')
  const [header, payload, signature] = segments.map(decodeBase64url)
  if (segments.length !== 3 || !header || !payload || signature?.length !== 64) return null
  const members = jsonObject(header)
  const claims = jsonObject(payload)
  if (!members || !claims || Object.keys(members).toSorted().join() !== 'alg,kid,typ') return null
  const { alg, kid } = members
  if (alg !== 'ES256' || members['typ'] !== typ || typeof kid !== 'string') return null
  if (hex(signature.subarray(32)) > halfOrder) return null
  return { kid, payload: claims, signed: encoder.encode(text.slice(0, text.lastIndexOf('.'))), signature }
}

export function verifyJws(key: CryptoKey, { signed, signature }: Jws): Promise<boolean> {
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, signed)
}

/** Null for a key that Narthex does not sign with. */
export async function importKey(jwk: unknown): Promise<{ kid: string; key: CryptoKey } | null> {
  if (typeof jwk !== 'object' || jwk === null) return null
  const { kty, crv, x, y, kid, alg = 'ES256', use = 'sig' } = jwk as Record<string, unknown>
  if (kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || use !== 'sig') return null
  if (typeof kid !== 'string' || typeof x !== 'string' || typeof y !== 'string') return null
  try {
    const key = await crypto.subtle.importKey(
      'jwk',
      { kty, crv, x, y },
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['verify'],
    )
    return { kid, key }
  } catch {
    // Not a point of the curve.
    return null
  }
}

/** Null for another alphabet, padding, or bits that the encoding leaves unused (RFC 4648 section 3.5). */
function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null
  try {
    const standard = text.replaceAll('-', '+').replaceAll('_', '/')
    const binary = atob(standard)
    if (btoa(binary).replace(/=+$/, '') !== standard) return null
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

function jsonObject(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// ECDSA signatures as JOSE wants them (RFC 7518 section 3.4): r and s, 32 bytes each, instead of DER.
// Node can convert, but its `dsaEncoding` option makes signing twice as dear on some versions.

const bytesEach = 32
/** The order of P-256 (FIPS 186-5). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const half = order / 2n

/** Of the two values of s that verify, the lower one is given, so that a token has one spelling. */
export function joseSignature(der: Buffer): Buffer {
  const joined = Buffer.alloc(2 * bytesEach)
  // SEQUENCE, its length in one byte (P-256 never needs two), then two INTEGERs.
  let at = 2
  for (const end of [bytesEach, 2 * bytesEach]) {
    const length = der[at + 1] as number
    const integer = der.subarray(at + 2, at + 2 + length)
    // An INTEGER has a leading zero when its top bit is set and lacks leading zeros otherwise.
    const digits = integer.subarray(Math.max(0, length - bytesEach))
    digits.copy(joined, end - digits.length)
    at += 2 + length
  }
  const s = upperHalf(joined)
  if (s !== null) joined.write((order - s).toString(16).padStart(2 * bytesEach, '0'), bytesEach, 'hex')
  return joined
}

/** Whether a signature is the one spelling that `joseSignature` gives. */
export function isCanonicalSignature(signature: Buffer): boolean {
  return signature.length === 2 * bytesEach && upperHalf(signature) === null
}

/** s when it is in the upper half; null when it is where it belongs. Most are told by their first byte. */
function upperHalf(joined: Buffer): bigint | null {
  if ((joined[bytesEach] as number) < 0x7f) return null
  const s = BigInt(`0x${joined.toString('hex', bytesEach)}`)
  return s > half ? s : null
}

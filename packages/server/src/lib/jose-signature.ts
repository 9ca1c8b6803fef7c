// ECDSA signatures as JOSE wants them (RFC 7518 section 3.4): r and s, 32 bytes each, instead of DER.
// Node can convert, but its `dsaEncoding` option makes signing twice as dear on some versions.

const bytesEach = 32

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
  return joined
}

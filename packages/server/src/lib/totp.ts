// Time-based one-time passwords (RFC 6238) as authenticator apps make them: SHA-1, six digits, 30 seconds.
import { createHmac, timingSafeEqual } from 'node:crypto'

const stepMs = 30_000
/** Steps around now that count too: clocks differ, and people type. */
const stepsAround = 1
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code of one time step (RFC 4226 section 5.3). */
export function totpCode(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac.at(-1) as number) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0')
}

export function totpStep(now: number): number {
  return Math.floor(now / stepMs)
}

/** The step that the code belongs to; null when it belongs to none, or to one that is not after `lastStep`. */
export function matchingTotpStep(
  key: Buffer,
  code: string,
  { now, lastStep }: { readonly now: number; readonly lastStep: number | null },
): number | null {
  const given = Buffer.from(code)
  let match: number | null = null
  for (let around = -stepsAround; around <= stepsAround; around += 1) {
    const step = totpStep(now) + around
    const expected = Buffer.from(totpCode(key, step))
    const fits = given.length === expected.length && timingSafeEqual(given, expected)
    if (fits && step > (lastStep ?? -1)) match = step
  }
  return match
}

/** RFC 4648 section 6, without padding: what apps take when somebody types the secret. */
export function base32(bytes: Buffer): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** What authenticator apps read: the Key URI Format. */
export function otpauthUrl(key: Buffer, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(key)}&issuer=${encodeURIComponent(issuer)}`
}

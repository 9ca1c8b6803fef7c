// Secrets that are shown once: how they look, and what is stored of them.
import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What a secret opens (API key, member token, invitation, session), readable from its first characters, so that a leaked one can be recognised. */
export type SecretKind = 'nxk' | 'nxm' | 'nxi' | 'nxs'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^43 exceeds 2^256. */
const bodyLength = 43
/** 62^6 exceeds 2^32. */
const checksumLength = 6

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = alphabet[Number(rest % 62n)] + text
  return text
}

/** Every request shows a key, so this one counts in plain numbers. */
function checksum(text: string): string {
  let digits = ''
  for (let rest = crc32(text); digits.length < checksumLength; rest = Math.floor(rest / 62)) {
    digits = alphabet.charAt(rest % 62) + digits
  }
  return digits
}

/** For example `nxk_` + 256 random bits + checksum, in letters and digits only: a double click selects it whole. */
export function makeSecret(kind: SecretKind): string {
  const text = `${kind}_${base62(BigInt(`0x${randomBytes(32).toString('hex')}`), bodyLength)}`
  return text + checksum(text)
}

/** Whether a text can be a secret of this kind at all; decided without a look-up, so that guesses cost nothing. */
export function isWellFormedSecret(kind: SecretKind, text: string): boolean {
  if (text.length !== kind.length + 1 + bodyLength + checksumLength || !text.startsWith(`${kind}_`)) return false
  const body = text.slice(0, -checksumLength)
  return /^\w+$/.test(body) && checksum(body) === text.slice(-checksumLength)
}

/** What is stored: with 256 random bits behind it a plain digest cannot be guessed back. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

/** The part of a secret that may be shown to recognise it: 5 of its 43 random characters. */
export function secretPrefix(secret: string): string {
  return secret.slice(0, 9)
}

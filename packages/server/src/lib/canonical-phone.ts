// The canonical form of a phone number: E.164, by libphonenumber.
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Canonical } from './canonical.ts'
import { mapWidth } from './width-map.ts'

// Checked before parsing, because the library would also read extensions, "tel:" addresses and invisible characters.
const DIALLED = /^[0-9\u0660-\u0669\u06F0-\u06F9+\p{Zs}\p{Pd}\u2212()./]+$/u

/** `defaultCountry` is an ISO 3166 code for national numbers; without a known one only numbers with "+" are read. */
export function canonicalPhone(value: string, defaultCountry: string | null): Canonical {
  const dialled = mapWidth(value.trim())
  if (!DIALLED.test(dialled)) {
    return { refused: 'may hold digits, one leading "+", spaces, dashes, dots and parentheses only' }
  }
  const country = defaultCountry !== null && isSupportedCountry(defaultCountry) ? defaultCountry : null
  if (country === null && !dialled.startsWith('+')) {
    return { refused: 'must begin with "+" and the country code, because the channel has no default country' }
  }
  const options = country === null ? { extract: false } : { extract: false, defaultCountry: country }
  const phone = parsePhoneNumberFromString(dialled, options)
  // Possible, not valid: number plans change faster than releases, and a length check cannot lock a subscriber out.
  if (!phone?.isPossible()) return { refused: 'must be a possible phone number in its country' }
  return { canonical: phone.number }
}

// The one form of an identifier that uniqueness, look-up and the denylist compare; the stored spelling stays as typed.
import { canonicalEmail } from './canonical-email.ts'
import { canonicalPhone } from './canonical-phone.ts'
import type { Canonical } from './canonical.ts'
import { precisUsername } from './precis-username.ts'

export type IdentifierKind = 'email' | 'phone' | 'username' | 'opaque'

const CODE_POINTS_MAX = 320
const PASSES_MAX = 4
const LONE_SURROGATE = /\p{Cs}/u
// U+2028 and U+2029 are not of category Cc, but they end a line in logs and exports just as the control characters do.
const CONTROL = /[\p{Cc}\u2028\u2029]/u

/**
 * The answer is a fixed point: the canonical form of a canonical form is itself, so it can be compared, stored and
 * given back. `defaultCountry` matters to phone numbers only.
 */
export function canonicalIdentifier(kind: IdentifierKind, value: string, defaultCountry: string | null): Canonical {
  if (LONE_SURROGATE.test(value) || value.includes('\0')) {
    return { refused: 'must be well-formed Unicode text without the NUL character' }
  }
  // RFC 8264 section 7: repeat until nothing changes, at most four times, else refuse.
  let text = value.normalize('NFC')
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    if (text.length > CODE_POINTS_MAX && Array.from(text).length > CODE_POINTS_MAX) {
      return { refused: `may have at most ${CODE_POINTS_MAX} characters` }
    }
    const answer = prepare(kind, text, defaultCountry)
    if ('refused' in answer || answer.canonical === text) return answer
    text = answer.canonical
  }
  return { refused: 'must have one stable canonical form' }
}

function prepare(kind: IdentifierKind, text: string, defaultCountry: string | null): Canonical {
  switch (kind) {
    case 'email':
      return canonicalEmail(text)
    case 'phone':
      return canonicalPhone(text, defaultCountry)
    case 'username':
      return precisUsername(text)
    case 'opaque':
      return canonicalOpaque(text)
  }
}

function canonicalOpaque(text: string): Canonical {
  if (text === '') return { refused: 'may not be empty' }
  if (CONTROL.test(text)) return { refused: 'may not hold control characters or line separators' }
  return { canonical: text }
}

// The canonical form of an e-mail address: RFC 5321 with the UTF-8 local parts of RFC 6531, dot-atoms only.
import { canonicalDomain } from './canonical-domain.ts'
import type { Canonical } from './canonical.ts'

const LOCAL_OCTETS_MAX = 64
const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{80}-\u{10FFFF}-]+$/u
const PLAIN_LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
// Unassigned and private-use characters (in \p{C}) are refused too: their case may differ between two servers.
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u
// Input methods write these for "@" and "."; inside a local part they would make a second, look-alike address.
const AT_LOOK_ALIKE = /[\uFF20\uFE6B]/u
const DOT_LOOK_ALIKE = /[\u3002\uFF0E\uFF61]/u

/** One pass; the caller repeats it until the address is stable. */
export function canonicalEmail(value: string): Canonical {
  const [typedLocal, domain, ...rest] = value.trim().normalize('NFC').split('@')
  if (!typedLocal || !domain || rest.length > 0 || AT_LOOK_ALIKE.test(value)) {
    return { refused: 'must have exactly one "@" with text on both sides' }
  }
  const local = typedLocal.toLowerCase().normalize('NFC')
  const refused = PLAIN_LOCAL.test(local) ? null : refusalOf(local)
  if (refused) return { refused }
  if (Buffer.byteLength(local) > LOCAL_OCTETS_MAX) {
    return { refused: `may take at most ${LOCAL_OCTETS_MAX} octets before "@"` }
  }
  const converted = canonicalDomain(domain)
  return 'refused' in converted ? converted : { canonical: `${local}@${converted.canonical}` }
}

function refusalOf(local: string): string | null {
  if (INVISIBLE.test(local)) return 'may not hold spaces, control characters or invisible characters'
  const isDotAtom = !DOT_LOOK_ALIKE.test(local) && local.split('.').every((atom) => ATOM.test(atom))
  return isDotAtom ? null : 'must have unquoted words joined by single dots before "@"'
}

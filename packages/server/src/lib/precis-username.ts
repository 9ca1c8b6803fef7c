// The UsernameCaseMapped profile of RFC 8265 on the IdentifierClass of RFC 8264, one pass of it.
//
// Categories, case and normalization come from the Unicode version of the running Node (process.versions.unicode).
// What that version does not assign is refused, so a newer Node accepts more names and never reads a stored one anew.
import { satisfiesBidiRule } from './bidi-rule.ts'
import type { Canonical } from './canonical.ts'
import { isContextual, satisfiesContextRules } from './context-rules.ts'
import { mapWidth } from './width-map.ts'

const ALWAYS_VALID = /[\u0021-\u007E\u00DF\u03C2\u06FD\u06FE\u0F0B\u3007]/u
const NEVER_VALID = /[\u0640\u07FA\u302E\u302F\u3031-\u3035\u303B]/u
const OLD_HANGUL_JAMO = /[\u1100-\u11FF\uA960-\uA97C\uD7B0-\uD7C6\uD7CB-\uD7FB]/u
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u
const LETTER_OR_DIGIT = /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u

// RFC 8264 section 8, in its order: exceptions come before everything derived.
function isInIdentifierClass(character: string): boolean {
  if (NEVER_VALID.test(character)) return false
  if (ALWAYS_VALID.test(character) || isContextual(character)) return true
  if (OLD_HANGUL_JAMO.test(character) || IGNORABLE.test(character)) return false
  if (character.normalize('NFKC') !== character) return false
  return LETTER_OR_DIGIT.test(character)
}

/** Prepares and enforces once; the caller repeats until the name is stable, as RFC 8264 section 7 asks. */
export function precisUsername(value: string): Canonical {
  // NFC first, so that canonically equivalent spellings meet the same class rules (U+2126 OHM SIGN is U+03A9).
  const prepared = mapWidth(value).normalize('NFC')
  const canonical = prepared.toLowerCase().normalize('NFC')
  if (canonical === '') return { refused: 'may not be empty' }
  // Both forms are checked: U+03F4 is disallowed although its lower case is an ordinary theta.
  if (!Array.from(prepared + canonical).every(isInIdentifierClass)) {
    return { refused: 'may hold letters, digits, marks and ASCII punctuation only' }
  }
  // Context is judged in lower case, where the Catalan middle dot of a name in capitals stands between two l.
  if (!satisfiesContextRules(canonical)) {
    return { refused: 'may not hold a character beside neighbours that it is not allowed beside (RFC 5892)' }
  }
  if (!satisfiesBidiRule(canonical)) {
    return { refused: 'may not mix left-to-right and right-to-left text (RFC 5893)' }
  }
  return { canonical }
}

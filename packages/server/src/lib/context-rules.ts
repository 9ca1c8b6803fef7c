// The contextual rules of RFC 5892 appendix A: characters a PRECIS string may hold only beside certain others.
import { lettersJoin } from './joining-type.ts'

const CONTEXTUAL = /[\u00B7\u0375\u05F3\u05F4\u200C-\u200D\u30FB\u0660-\u0669\u06F0-\u06F9]/u
const MARK_OF_CLASS_8 = '\u3099'
const MARK_OF_CLASS_10 = '\u05B0'

export function isContextual(character: string): boolean {
  return CONTEXTUAL.test(character)
}

// The language has no Canonical_Combining_Class, yet normalization orders marks by it: a virama (class 9) is exactly
// the mark that stays after one of class 8 and moves before one of class 10.
function isVirama(mark: string): boolean {
  if (mark === MARK_OF_CLASS_8 || mark === MARK_OF_CLASS_10) return false
  const movesBeforeTen = (MARK_OF_CLASS_10 + mark).normalize('NFD') === mark + MARK_OF_CLASS_10
  const staysAfterEight = (mark + MARK_OF_CLASS_8).normalize('NFD') === MARK_OF_CLASS_8 + mark
  return movesBeforeTen && staysAfterEight
}

function satisfiesContext(characters: string[], index: number): boolean {
  const before = characters[index - 1] ?? ''
  const after = characters[index + 1] ?? ''
  switch (characters[index]) {
    case '\u200C':
      return isVirama(before) || lettersJoin(characters.slice(0, index).join(''), characters.slice(index + 1).join(''))
    case '\u200D':
      return isVirama(before)
    case '\u00B7':
      return before === 'l' && after === 'l'
    case '\u0375':
      return /\p{Script=Greek}/u.test(after)
    case '\u05F3':
    case '\u05F4':
      return /\p{Script=Hebrew}/u.test(before)
    case '\u30FB':
      return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(characters.join(''))
    default:
      return true
  }
}

/** True when every contextual character of the text stands where its rule allows it. */
export function satisfiesContextRules(text: string): boolean {
  if (!CONTEXTUAL.test(text)) return true
  // Rules A.8 and A.9: the two series of Arabic digits look alike in part, so one name holds only one of them.
  if (/[\u0660-\u0669]/u.test(text) && /[\u06F0-\u06F9]/u.test(text)) return false
  const characters = Array.from(text)
  return characters.every((_, index) => satisfiesContext(characters, index))
}

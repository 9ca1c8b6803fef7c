// The Bidi Rule of RFC 5893 section 2, which keeps a name from showing its characters in a misleading order.

type BidiClass = 'right' | 'arabicNumber' | 'europeanNumber' | 'mark' | 'left' | 'neutral'

// The language has no Bidi_Class. Within names, whose marks and digits are told apart first, the blocks reserved for
// right-to-left scripts decide it, and so cover scripts encoded there later.
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u
const ARABIC_NUMBER = /[\u0660-\u0669\u{10D30}-\u{10D39}]/u
const EUROPEAN_NUMBER = /[0-9\u06F0-\u06F9]/u
const MARK = /[\p{Mn}\p{Me}]/u
const NEUTRAL_LETTER = /[\u02B9\u02BA\u02C6-\u02CF\u02EC\u0374\u2E2F\uA67F\uA717-\uA71F\uA788]/u
const LEFT_TO_RIGHT = /[\p{L}\p{Nd}\p{Mc}]/u

function bidiClass(character: string): BidiClass {
  if (ARABIC_NUMBER.test(character)) return 'arabicNumber'
  if (EUROPEAN_NUMBER.test(character)) return 'europeanNumber'
  if (MARK.test(character)) return 'mark'
  if (RIGHT_TO_LEFT.test(character)) return 'right'
  if (NEUTRAL_LETTER.test(character)) return 'neutral'
  return LEFT_TO_RIGHT.test(character) ? 'left' : 'neutral'
}

/**
 * True when a label without right-to-left characters, or one that is right-to-left throughout.
 * Rules 1 and 5 together let no label that begins left-to-right hold any R, AL or AN, so rule 6 never decides.
 */
export function satisfiesBidiRule(label: string): boolean {
  const classes = Array.from(label, bidiClass)
  if (!classes.includes('right') && !classes.includes('arabicNumber')) return true
  const last = classes.findLast((one) => one !== 'mark')
  const endsWell = last === 'right' || last === 'arabicNumber' || last === 'europeanNumber'
  const mixesNumbers = classes.includes('arabicNumber') && classes.includes('europeanNumber')
  return classes[0] === 'right' && endsWell && !classes.includes('left') && !mixesNumbers
}

// The form in which names and identifiers are searched: without case, accents and width.
import { invalid } from './api-error.ts'

// Script=Inherited is what accents are: marks that sit on letters of any script. Vowel signs and viramas belong to one
// script, spell the word and stay.
const ACCENT = /(?=\p{Script=Inherited})\p{Mn}/gu

// eslint-disable-next-line no-control-regex -- all of ASCII, in which there are cases to fold and nothing else
const ASCII = /^[\0-\x7F]*$/

const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g

/**
 * Folds text for substring search; folding folded text changes nothing. Lower, upper, lower stands for Unicode full
 * case folding (ß, ẞ and SS meet in "ss") and is the same under every locale, so İ, I, ı and i all meet in "i".
 * Letters with a stroke (ø, ł, đ) are letters of their own and stay; Japanese voicing marks fall as accents do.
 */
export function foldForSearch(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  const bare = text.normalize('NFKD').replace(ACCENT, '')
  const folded = bare.toLowerCase().toUpperCase().toLowerCase()
  // Lower casing writes a final sigma at the end of a word, but the end of a query is seldom the end of a word.
  // Composing last keeps whole Hangul syllables, so that one is not found inside another.
  return folded.replaceAll('ς', 'σ').normalize('NFC')
}

/** What a row is found by: a line for each of its texts, so that no term reaches from one into the next. */
export function searchTextOf(texts: readonly (string | null | undefined)[]): string {
  return texts.map((text) => onOneLine(foldForSearch(text ?? ''))).join('\n')
}

/** What a caller searches for, as `searchTextOf` holds it. A term of which nothing is left would find everybody. */
export function searchTerm(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const term = onOneLine(foldForSearch(text))
  if (term === '') throw invalid('search', 'must hold more than accents')
  return term
}

function onOneLine(text: string): string {
  return text.replace(LINE_BREAK, ' ')
}

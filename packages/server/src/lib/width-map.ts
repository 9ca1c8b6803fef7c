// The width mapping of RFC 8264 section 5.2.1: fullwidth and halfwidth code points become their ordinary forms.

// Only these blocks carry <wide> and <narrow> decompositions; mapping more would be NFKC, which PRECIS rules out.
const WIDE_OR_NARROW = /[\u3000\uFF01-\uFFDC\uFFE0-\uFFEE]/gu

export function mapWidth(text: string): string {
  return text.replace(WIDE_OR_NARROW, (character) => character.normalize('NFKC'))
}

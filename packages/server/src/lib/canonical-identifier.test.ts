// The guarantees every kind of identifier shares, over arbitrary text, and the whole of the opaque kind.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalIdentifier, type IdentifierKind } from './canonical-identifier.ts'

const kinds: IdentifierKind[] = ['email', 'phone', 'username', 'opaque']
const countries = fc.constantFrom(null, 'DE', 'US', 'IT', 'AR', 'MX', 'BR', 'RU', 'CN', 'XX')
const utf16Garbage = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
const pieces = fc.constantFrom(
  ...'@|.|。|xn--|-|+|0|00|49|15|(| |%41|\u00AD|\u200C|\u200D|\u0345|\u0301|\u0307|·|l|Σ|ß|ẞ|İ|ı|ſ'.split('|'),
  ...'א|ب|ي|٣|۳|7|क|्|가|ᆨ|ｶ|ﾞ|・|Ａ|ー|𐐀|1'.split('|'),
)
const anyText = fc.oneof(
  utf16Garbage,
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: pieces, maxLength: 40 }),
  fc.tuple(fc.string({ unit: pieces }), fc.string({ unit: pieces })).map(([local, domain]) => `${local}@${domain}`),
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 3, maxLength: 16 }).map((digits) => `+${digits}`),
)

// Letters whose upper case, lower again, is the letter: the only ones for which case variants are one name.
const letters = fc.constantFrom(...'abzéüñçøåαβόжйїաբაბẹỗ')
const cased = fc.string({ unit: letters, minLength: 1, maxLength: 20 })

describe.each(kinds)('any text as %s', (kind) => {
  test('is answered or refused, and the canonical form is a bounded fixed point', () => {
    fc.assert(
      fc.property(anyText, countries, (text, country) => {
        const answer = canonicalIdentifier(kind, text, country)
        if ('refused' in answer) {
          expect(answer.refused).toMatch(/^(must|may) .{6,100}[^.]$/)
          return
        }
        expect(canonicalIdentifier(kind, answer.canonical, country)).toEqual(answer)
        expect(answer.canonical.normalize('NFC')).toBe(answer.canonical)
        expect(Array.from(answer.canonical).length).toBeLessThanOrEqual(320)
      }),
      { numRuns: 1000 },
    )
  })

  test('has one answer for canonically equivalent spellings', () => {
    fc.assert(
      fc.property(anyText, countries, (text, country) => {
        const answer = canonicalIdentifier(kind, text.normalize('NFC'), country)
        expect(canonicalIdentifier(kind, text.normalize('NFD'), country)).toEqual(answer)
      }),
      { numRuns: 1000 },
    )
  })

  test('is refused with a lone surrogate or a NUL, without echoing the value', () => {
    for (const value of ['secret\uD800', '\uDC00secret', 'secret\0']) {
      expect(canonicalIdentifier(kind, value, 'DE')).toEqual({ refused: expect.not.stringContaining('secret') })
    }
  })

  test('is refused beyond 320 characters', () => {
    expect(canonicalIdentifier(kind, '1'.repeat(321), 'DE')).toHaveProperty('refused')
  })
})

describe('case variants', () => {
  test('of a user name and of both halves of an address are one', () => {
    fc.assert(
      fc.property(cased, cased, (local, domain) => {
        for (const kind of ['username', 'email'] as const) {
          const [lower, upper] = [`${local}@${domain}.com`, `${local}@${domain}.com`.toUpperCase()]
          expect(canonicalIdentifier(kind, upper, null)).toEqual(canonicalIdentifier(kind, lower, null))
        }
      }),
    )
  })

  test('that grow beyond 320 characters are refused rather than cut', () => {
    expect(canonicalIdentifier('username', 'İ'.repeat(160), null)).toHaveProperty('canonical')
    expect(canonicalIdentifier('username', 'İ'.repeat(161), null)).toHaveProperty('refused')
  })
})

describe('an opaque identifier', () => {
  test.each([
    ['Straße', 'Straße'],
    [' padded ', ' padded '],
    ['007', '007'],
    ['1e3', '1e3'],
    ['e\u0301', 'é'],
    ['\u1112\u1161\u11AB', '한'],
    ['ﬁ Ａ', 'ﬁ Ａ'],
    ['👩\u200D👩\u200D👧', '👩\u200D👩\u200D👧'],
    ['x'.repeat(320), 'x'.repeat(320)],
    ['e\u0301'.repeat(320), 'é'.repeat(320)],
  ])('%j is kept as %j', (typed, canonical) => {
    expect(canonicalIdentifier('opaque', typed, null)).toEqual({ canonical })
  })

  test.each(['', 'a\nb', 'a\tb', '\u007F', '\u0085', 'a\u2028b', 'a\u2029b'])('%j is refused', (typed) => {
    expect(canonicalIdentifier('opaque', typed, null)).toHaveProperty('refused')
  })
})

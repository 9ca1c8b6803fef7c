// Which spellings a search finds, and which it keeps apart.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldForSearch } from './fold-for-search.ts'

test.each([
  ['İSTANBUL', 'istanbul'],
  ['ISTANBUL', 'ıstanbul'],
  ['Straße', 'STRASSE'],
  ['STRAẞE', 'strasse'],
  ['ΟΔΥΣΣΕΎΣ', 'οδυσσεύς'],
  ['ᾳ', 'Α'],
  ['Ｆｕｌｌ', 'full'],
  ['ﬁancée', 'FIANCEE'],
  ['Đỗ Thị', 'đo thi'],
  ['Ångström', 'angstrom'],
  ['Йод', 'иод'],
  ['ԵՒ', 'և'],
  ['ᲡᲐᲮᲔᲚᲘ', 'სახელი'],
  ['ᏣᎳᎩ', 'ꮳꮃꭹ'],
  ['مُحَمَّد', 'محمد'],
  ['ｶﾞ', 'ガ'],
  ['홍길동'.normalize('NFD'), '홍길동'],
  ['क़', 'क\u093C'],
  ['❤️', '❤'],
])('%j and %j are the same to a search', (one, other) => {
  expect(foldForSearch(one)).toBe(foldForSearch(other))
})

test.each([
  ['कि', 'क'],
  ['ที่', 'ท'],
  ['øl', 'ol'],
  ['łan', 'lan'],
])('%j and %j stay apart', (one, other) => {
  expect(foldForSearch(one)).not.toBe(foldForSearch(other))
})

test('a Hangul syllable is not found inside another', () => {
  expect(foldForSearch('각')).not.toContain(foldForSearch('가'))
})

test('a query is found in the middle of a word and at its end', () => {
  expect(foldForSearch('Οδυσσέας')).toContain(foldForSearch('ΟΔΥΣ'))
  expect(foldForSearch('Großstraße 7')).toContain(foldForSearch('STRASSE'))
})

describe('every character', () => {
  // The capital of an iota subscript is a whole letter iota, so capitals are compared without it.
  test('folds once and for all, whatever its case and normalization', () => {
    const unstable: string[] = []
    for (let codePoint = 0; codePoint < 0x20000; codePoint += 1) {
      const character = String.fromCodePoint(codePoint)
      const folded = foldForSearch(character)
      const upper = character.normalize('NFD').replaceAll('\u0345', '').toUpperCase()
      const variants = [folded, character.toLowerCase(), upper, character.normalize('NFD')]
      if (variants.some((variant) => foldForSearch(variant) !== folded)) unstable.push(codePoint.toString(16))
    }
    expect(unstable).toEqual([])
  })

  test('folds to a fixed point in any company, lone surrogates included', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((list) => String.fromCharCode(...list))
    const parts = ['a', 'Σ', 'ς', 'İ', 'ß', '\u0301', '\u0345', '\u034F', '\u05B0', '\u0323', 'ᄀ', 'ᅡ', 'ᆨ']
    const marks = fc.string({ unit: fc.constantFrom(...parts) })
    fc.assert(
      fc.property(fc.oneof(units, marks, fc.string({ unit: 'binary' })), (text) => {
        const folded = foldForSearch(text)
        expect(foldForSearch(folded)).toBe(folded)
        expect(foldForSearch(text.normalize('NFD'))).toBe(folded)
      }),
      { numRuns: 2000 },
    )
  })
})

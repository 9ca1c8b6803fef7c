// What phone numbers become, and which are refused.
import { describe, expect, test } from 'vitest'
import { canonicalIdentifier } from './canonical-identifier.ts'

describe('a phone number has one canonical form', () => {
  test.each([
    ['+49 (30) 901820', null, '+4930901820'],
    ['030 901820', 'DE', '+4930901820'],
    ['030/901-820', 'DE', '+4930901820'],
    [' 030\u00A090\u20111820\n', 'DE', '+4930901820'],
    ['0049 30 901820', 'DE', '+4930901820'],
    ['011 49 30 901820', 'US', '+4930901820'],
    ['(202) 555-0123', 'US', '+12025550123'],
    ['202.555.0123', 'CA', '+12025550123'],
    ['+44 (0)20 7946 0958', null, '+442079460958'],
    ['06 12345678', 'IT', '+390612345678'],
    ['8 495 123-45-67', 'RU', '+74951234567'],
    ['011 15-2345-6789', 'AR', '+5491123456789'],
    ['٠٣٠ ٩٠١٨٢٠', 'DE', '+4930901820'],
    ['۰۲۱ ۸۸۷۷ ۶۶۵۵', 'IR', '+982188776655'],
    ['＋４９　３０　９０１８２０', null, '+4930901820'],
    ['+800 1234 5678', null, '+80012345678'],
    ['+1 111 111 1111', null, '+11111111111'],
  ])('%j in %j is %j', (typed, country, canonical) => {
    expect(canonicalIdentifier('phone', typed, country)).toEqual({ canonical })
    expect(canonicalIdentifier('phone', canonical, country)).toEqual({ canonical })
    expect(canonicalIdentifier('phone', canonical, null)).toEqual({ canonical })
  })
})

describe('what is not a possible phone number is refused', () => {
  test.each([
    ['nothing', '', 'DE'],
    ['a plus alone', '+', null],
    ['a national number without a country', '030 901820', null],
    ['a national number with an unknown country', '030 901820', 'XX'],
    ['an international prefix without a country', '0049 30 901820', null],
    ['the international prefix of another country', '0044 20 7946 0958', 'US'],
    ['a vanity number', '1-800-FLOWERS', 'US'],
    ['an extension', '+49 30 901820 ext. 5', null],
    ['a short extension', '+49 30 901820x5', null],
    ['a dialled extension', '+49 30 901820#5', null],
    ['a tel address', 'tel:+4930901820', null],
    ['text around the number', 'call +49 30 901820', null],
    ['two plus signs', '+1+2025550123', null],
    ['an unknown country code', '+999 123456', null],
    ['an emergency number', '112', 'DE'],
    ['007', '007', 'RU'],
    ['a local number without its area', '253-0000', 'US'],
    ['too many digits', '+4930901820901820901820', null],
    ['digits the library does not read', '+४९ ३० ९०१८२०', null],
    ['a zero width space', '+49\u200B30901820', null],
    ['a direction mark', '\u202A+4930901820\u202C', null],
  ])('%s', (_, typed, country) => {
    const refused: unknown = expect.stringMatching(/^(must|may) .+[^.]$/)
    expect(canonicalIdentifier('phone', typed, country)).toEqual({ refused })
  })
})

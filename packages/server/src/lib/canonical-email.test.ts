// What e-mail addresses become, and which are refused.
import fc from 'fast-check'
import { domainToASCII, domainToUnicode } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canonicalDomain } from './canonical-domain.ts'
import { canonicalIdentifier } from './canonical-identifier.ts'

const email = (value: string) => canonicalIdentifier('email', value, null)

describe('an e-mail address has one canonical form', () => {
  test.each([
    ['anna@example.com', 'anna@example.com'],
    ['  Anna.Maria+News@EXAMPLE.Com\n', 'anna.maria+news@example.com'],
    ['\uFEFFanna@example.com', 'anna@example.com'],
    ["o'hara!#$%&*/=?^_`{|}~-@example.com", "o'hara!#$%&*/=?^_`{|}~-@example.com"],
    ['JÜRGEN@BÜCHER.example', 'jürgen@xn--bcher-kva.example'],
    ['ju\u0308rgen@bu\u0308cher.example', 'jürgen@xn--bcher-kva.example'],
    ['jürgen@XN--BCHER-kva.example', 'jürgen@xn--bcher-kva.example'],
    ['straße@faß.de', 'straße@xn--fa-hia.de'],
    ['a@FASS.de', 'a@fass.de'],
    ['ΝΊΚΟΣ@ΕΛΛΆΔΑ.gr', 'νίκος@xn--hxakic4aa.gr'],
    ['ИВАН@ПРИМЕР.РФ', 'иван@xn--e1afmkfd.xn--p1ai'],
    ['太郎@日本語。jp', '太郎@xn--wgv71a119e.jp'],
    ['太郎@日本語．jp', '太郎@xn--wgv71a119e.jp'],
    ['用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
    ['홍길동@한국.kr', '홍길동@xn--3e0b707e.kr'],
    ['משה@דוגמה.co.il', 'משה@xn--6dbbec0c.co.il'],
    ['علي@مثال.إختبار', 'علي@xn--mgbh0fb.xn--kgbechtv'],
    ['संपर्क@डाटामेल.भारत', 'संपर्क@xn--c2bd4bq1db8d.xn--h2brj9c'],
    ['सम्पर्क@क्\u200Dष.com', 'सम्पर्क@xn--11b2ezcw70k.com'],
    ['สมชาย@ไทย.com', 'สมชาย@xn--o3cw4h.com'],
    ['வணக்கம்@example.com', 'வணக்கம்@example.com'],
    ['სახელი@example.ge', 'სახელი@example.ge'],
    ['ԱՐԱՄ@example.am', 'արամ@example.am'],
    ['İ@example.com', 'i\u0307@example.com'],
    ['postmaster@localhost', 'postmaster@localhost'],
    ['a@3com.com', 'a@3com.com'],
    ['a@r3---sn.example', 'a@r3---sn.example'],
    ['007@example.com', '007@example.com'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [`a@${'b'.repeat(63)}.com`, `a@${'b'.repeat(63)}.com`],
  ])('%j is %j', (typed, canonical) => {
    expect(email(typed)).toEqual({ canonical })
    expect(email(canonical)).toEqual({ canonical })
  })
})

describe('what is not an e-mail address is refused', () => {
  test.each([
    ['nothing', ''],
    ['no @', 'anna.example.com'],
    ['two @', 'a@b@example.com'],
    ['an empty local part', '@example.com'],
    ['an empty domain', 'anna@'],
    ['a fullwidth @', 'anna＠example.com'],
    ['a small @ beside a real one', 'an﹫na@example.com'],
    ['a quoted local part', '"anna"@example.com'],
    ['a quoted @', '"a@b"@example.com'],
    ['a comment', 'anna(work)@example.com'],
    ['a display name', 'Anna <anna@example.com>'],
    ['a leading dot', '.anna@example.com'],
    ['a trailing dot', 'anna.@example.com'],
    ['a double dot', 'an..na@example.com'],
    ['an ideographic full stop in the local part', 'an。na@example.com'],
    ['a space in the local part', 'an na@example.com'],
    ['a no-break space', 'an\u00A0na@example.com'],
    ['a line break', 'anna\n@example.com'],
    ['a tab in the domain, which URL parsing drops', 'anna@exam\tple.com'],
    ['a zero width space', 'an\u200Bna@example.com'],
    ['a zero width joiner in the local part', 'an\u200Dna@example.com'],
    ['a right-to-left override', 'an\u202Ena@example.com'],
    ['a soft hyphen in the domain, which IDNA drops', 'anna@exam\u00ADple.com'],
    ['a variation selector', '\u2764\uFE0F@example.com'],
    ['a NUL', 'anna\0@example.com'],
    ['an unassigned character', 'anna\u0378@example.com'],
    ['65 octets before the @', `${'a'.repeat(65)}@example.com`],
    ['65 octets in 33 characters', `${'ж'.repeat(32)}a@example.com`],
    ['a percent sign, which URL parsing decodes', 'anna@ex%61mple.com'],
    ['a path', 'anna@example.com/x'],
    ['a query', 'anna@example.com?x'],
    ['a fragment', 'anna@example.com#x'],
    ['a port', 'anna@example.com:25'],
    ['a fullwidth solidus', 'anna@example.com／x'],
    ['a backslash', 'anna@example.com\\x'],
    ['an underscore in the domain', 'anna@exa_mple.com'],
    ['a domain literal', 'anna@[192.0.2.1]'],
    ['an IPv6 literal', 'anna@[IPv6:2001:db8::1]'],
    ['an IPv4 address', 'anna@192.0.2.1'],
    ['a short IPv4 form', 'anna@127.1'],
    ['a hexadecimal IPv4 form', 'anna@0x7f.1'],
    ['a fullwidth IPv4 form', 'anna@１２７.1'],
    ['a trailing dot of the domain', 'anna@example.com.'],
    ['a leading dot of the domain', 'anna@.example.com'],
    ['an empty label', 'anna@example..com'],
    ['a leading hyphen', 'anna@-example.com'],
    ['a trailing hyphen', 'anna@example-.com'],
    ['a label of 64 octets', `anna@${'b'.repeat(64)}.com`],
    ['a domain of 255 octets', `anna@${'b.'.repeat(127)}b`],
    ['broken Punycode', 'anna@xn--a.com'],
    ['an empty A-label', 'anna@xn--.com'],
    ['an A-label of plain letters', 'anna@xn--abc-.com'],
    ['a joiner out of context', 'anna@a\u200Db.com'],
    ['a domain label of mixed direction', 'anna@abcא.com'],
  ])('%s', (_, typed) => {
    const rule = /^(must|may) .+[^.]$/
    expect(email(typed)).toEqual({ refused: expect.stringMatching(rule) })
  })
})

test('a plain domain is taken as it is only where conversion would leave it so, there and back', () => {
  const character = fc.constantFrom(...'abcxn019--..')
  fc.assert(
    fc.property(fc.string({ unit: character, minLength: 1, maxLength: 20 }), (domain) => {
      const form = canonicalDomain(domain)
      if ('canonical' in form) expect(form.canonical).toBe(domainToASCII(domain))
      if ('canonical' in form) expect(domainToASCII(domainToUnicode(form.canonical))).toBe(form.canonical)
    }),
    { numRuns: 20_000 },
  )
})

// The canonical form of a mail domain: lower-case A-labels, by UTS #46 as browsers apply it.
import { domainToASCII, domainToUnicode } from 'node:url'
import { satisfiesBidiRule } from './bidi-rule.ts'
import type { Canonical } from './canonical.ts'

const REFUSED: Canonical = { refused: 'must have a valid host name after "@"' }
const LDH_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const NUMERIC = /^[0-9]+$/
// No label is encoded and the last one begins with a letter, so that conversion would change nothing.
const PLAIN = /^(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const DOMAIN_OCTETS_MAX = 253

// domainToASCII reads a URL's host: it decodes percent signs, cuts at "/", "?" and "#", drops tabs and invisible
// characters. Only what cannot trigger any of that reaches it; U+200C and U+200D it judges by their context.
const FIT_FOR_CONVERSION =
  /^(?:[A-Za-z0-9.\u200C-\u200D-]|(?![\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])[\u{80}-\u{10FFFF}])+$/u

export function canonicalDomain(domain: string): Canonical {
  if (domain.length <= DOMAIN_OCTETS_MAX && PLAIN.test(domain)) return { canonical: domain }
  if (!FIT_FOR_CONVERSION.test(domain)) return REFUSED
  const canonical = domainToASCII(domain)
  if (canonical === '' || canonical.length > DOMAIN_OCTETS_MAX) return REFUSED
  const labels = canonical.split('.')
  if (!labels.every((label) => LDH_LABEL.test(label))) return REFUSED
  // A host that ends in a number is an IPv4 address, which the conversion has rewritten: "127.1" became "127.0.0.1".
  if (NUMERIC.test(labels.at(-1) ?? '')) return REFUSED
  const shown = domainToUnicode(canonical)
  // An A-label that no U-label produces ("xn--abc-") would be a second name for the same letters.
  if (domainToASCII(shown) !== canonical) return REFUSED
  if (!shown.split('.').every(satisfiesBidiRule)) return REFUSED
  return { canonical }
}

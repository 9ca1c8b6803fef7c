// Phone number ranges by country, and the counter that deals each number out once.
import { weighted, type Random } from './random.ts'

interface PhoneRange {
  // The leading digits of the national significant number.
  prefix: string
  // How many free digits follow the prefix.
  digits: number
}

interface PhoneCountry {
  callingCode: string
  // Used up in this order. Ranges reserved for film and drama come first, so a small demo shows no real
  // subscriber in the countries that have such a range. Nothing in a demo is ever dialled.
  ranges: readonly PhoneRange[]
}

const range = (digits: number, ...prefixes: string[]): PhoneRange[] => prefixes.map((prefix) => ({ prefix, digits }))

// 555-0100 to 555-0199 is fictional in every area code of the North American plan.
const areaCodes =
  '202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 ' +
  '254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 ' +
  '323 325 330 334 336 337 339 347 351 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 ' +
  '423 424 425 432 434 435 440 443 469 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 ' +
  '520 530 540 541 551 559 561 562 563 567 570 571 573 574 580 585 586 601 602 603 605 606 607 608 609 610 612 614'

// Australia reserves single mobile numbers for drama.
const australianDrama =
  '491570006 491570110 491570156 491570157 491570158 491570159 491570266 491570313 491570737 491571266 491571491 ' +
  '491571804 491572549 491572665 491572983 491573087 491573770 491574118 491574632 491575254 491575789 491576398'

// 0701740605 to 0701740699, without the incomplete first ten.
const swedishDrama = '70174061 70174062 70174063 70174064 70174065 70174066 70174067 70174068 70174069'

export const phoneCountries = {
  AE: { callingCode: '971', ranges: range(6, '502', '504', '556') },
  AM: { callingCode: '374', ranges: range(5, '774', '913', '938', '944', '982', '552') },
  AT: { callingCode: '43', ranges: range(7, '664', '676') },
  AU: { callingCode: '61', ranges: [...range(0, ...australianDrama.split(' ')), ...range(6, '412', '438')] },
  BD: { callingCode: '880', ranges: range(8, '17', '18') },
  BR: { callingCode: '55', ranges: range(7, '1197', '2198', '3199') },
  CH: { callingCode: '41', ranges: range(7, '78', '79') },
  CN: { callingCode: '86', ranges: range(8, '138', '159') },
  DE: { callingCode: '49', ranges: [...range(2, '17139200', '176040690'), ...range(7, '1512', '1577')] },
  EG: { callingCode: '20', ranges: range(8, '10', '12') },
  ES: { callingCode: '34', ranges: range(6, '612', '655', '689') },
  ET: { callingCode: '251', ranges: range(7, '91', '93') },
  FR: { callingCode: '33', ranges: [...range(4, '63998'), ...range(6, '758', '766')] },
  GB: { callingCode: '44', ranges: [...range(3, '7700900'), ...range(6, '7400', '7480', '7533')] },
  GE: { callingCode: '995', ranges: range(6, '555', '599') },
  GR: { callingCode: '30', ranges: range(7, '697', '694') },
  IE: { callingCode: '353', ranges: range(7, '85', '87') },
  IL: { callingCode: '972', ranges: range(6, '520', '528', '546') },
  IN: { callingCode: '91', ranges: range(8, '98', '97', '70') },
  IT: { callingCode: '39', ranges: range(7, '347', '320') },
  JP: { callingCode: '81', ranges: range(7, '903', '804') },
  KE: { callingCode: '254', ranges: range(6, '712', '722') },
  KR: { callingCode: '82', ranges: range(7, '103', '104') },
  MA: { callingCode: '212', ranges: range(6, '661', '662') },
  MX: { callingCode: '52', ranges: range(7, '551', '554') },
  NG: { callingCode: '234', ranges: range(7, '803', '806') },
  NL: { callingCode: '31', ranges: range(7, '61', '62') },
  PL: { callingCode: '48', ranges: range(6, '512', '601', '692') },
  PT: { callingCode: '351', ranges: range(7, '91', '96') },
  RU: { callingCode: '7', ranges: range(7, '912', '921') },
  SA: { callingCode: '966', ranges: range(7, '50', '55') },
  SE: { callingCode: '46', ranges: [...range(1, ...swedishDrama.split(' ')), ...range(7, '72', '73')] },
  TH: { callingCode: '66', ranges: range(7, '81', '89') },
  TR: { callingCode: '90', ranges: range(7, '532', '542') },
  TW: { callingCode: '886', ranges: range(6, '912', '933') },
  UA: { callingCode: '380', ranges: range(7, '67', '50') },
  US: { callingCode: '1', ranges: areaCodes.split(' ').map((area) => ({ prefix: `${area}55501`, digits: 2 })) },
  VN: { callingCode: '84', ranges: range(7, '90', '91') },
} as const satisfies Record<string, PhoneCountry>

export type PhoneCountryCode = keyof typeof phoneCountries

// How a German number is written down; every other country needs its calling code on a German channel.
const germanForms = weighted<'e164' | 'national' | 'spaced'>([
  ['e164', 11],
  ['national', 7],
  ['spaced', 2],
])

// The country of every number that no longer fits into its own country's ranges.
const overflowCountry = 'IN'

// Deals out phone numbers, each E.164 number at most once.
export function createPhoneNumbers(random: Random): (country: PhoneCountryCode) => string {
  const decks = new Map<PhoneCountryCode, () => string | undefined>()
  const deal = (country: PhoneCountryCode): string | undefined => {
    let deck = decks.get(country)
    if (deck === undefined) decks.set(country, (deck = createDeck(phoneCountries[country].ranges, random.bits())))
    return deck()
  }
  return (country) => {
    const national = deal(country)
    if (national === undefined) {
      const spare = deal(overflowCountry)
      if (spare === undefined) throw new RangeError('The demo has run out of phone numbers.')
      return `+${phoneCountries[overflowCountry].callingCode}${spare}`
    }
    const form = country === 'DE' ? random.pick(germanForms) : 'e164'
    if (form === 'national') return `0${national.slice(0, 3)} ${national.slice(3)}`
    if (form === 'spaced') return `+49 ${national.slice(0, 3)} ${national.slice(3)}`
    return `+${phoneCountries[country].callingCode}${national}`
  }
}

// Walks each range once, in an order that does not look like counting.
function createDeck(ranges: readonly PhoneRange[], key: number): () => string | undefined {
  let position = 0
  let count = 0
  return () => {
    let current = ranges[position]
    if (current !== undefined && count >= 10 ** current.digits) {
      count = 0
      current = ranges[++position]
    }
    if (current === undefined) return undefined
    const size = 10 ** current.digits
    // A stride ending in 1 and not divisible by 3 shares no factor with a power of ten, so no value comes twice.
    const value = ((count++ + (key % size)) * 6180331) % size
    return current.digits === 0 ? current.prefix : current.prefix + String(value).padStart(current.digits, '0')
  }
}

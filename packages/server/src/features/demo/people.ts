// Turns the table of names into an endless line of people whose addresses never repeat.
import { cultures, type Culture, type NameSet } from './names.ts'
import { weighted, type Random } from './random.ts'

export interface DemoPerson {
  culture: Culture
  name: string
  given: string
  family: string
  // Unique among all people of one world, in lower case and without regard to what follows an `@`.
  mailbox: string
  // Unique in the same way; letters, digits and underscores, as messengers want it.
  username: string
}

interface Cursor {
  culture: Culture
  set: NameSet
  index: number
  count: number
  start: number
  stride: number
}

// Deals out every pair of names of a culture once before any pair comes again, so memory does not grow with the
// world. The number behind a repeated pair tells the repeats apart, and tells apart cultures that share a given name.
export function createPeople(random: Random): () => DemoPerson {
  const cursors = createCursors(random)
  const slots = weighted(
    cursors.flatMap((cursor) => {
      const share = Math.max(1, Math.round((cursor.culture.weight * 6) / cursor.culture.sets.length))
      return [[cursor, share] as const]
    }),
  )
  const sharers = setsByGivenName(cursors)
  return () => {
    const cursor = random.pick(slots)
    const { given: givenNames, family: familyNames } = cursor.set
    const pairs = givenNames.length * familyNames.length
    const lap = Math.floor(cursor.count / pairs)
    const pair = (cursor.start + (cursor.count++ % pairs) * cursor.stride) % pairs
    const given = givenNames[pair % givenNames.length]
    const family = familyNames[Math.floor(pair / givenNames.length)]
    if (given === undefined || family === undefined) throw new RangeError('A pair of names lies outside its set.')
    const sharing = sharers.get(given.roman) ?? []
    const number = lap * sharing.length + sharing.indexOf(cursor.index)
    return {
      culture: cursor.culture,
      name: displayName(cursor.culture, given.native, family.native, random),
      given: given.native,
      family: family.native,
      mailbox: given.roman + mailboxSeparator(number) + family.roman + suffix(number),
      username: `${given.roman}_${family.roman}${number === 0 ? '' : suffix(number + 2)}`,
    }
  }
}

function createCursors(random: Random): Cursor[] {
  const places = cultures.flatMap((culture) => culture.sets.map((set) => ({ culture, set })))
  return places.map(({ culture, set }, index) => {
    const pairs = set.given.length * set.family.length
    const start = random.integer(pairs)
    return { culture, set, index, count: 0, start, stride: coprimeStride(pairs) }
  })
}

function setsByGivenName(cursors: readonly Cursor[]): Map<string, number[]> {
  const sharers = new Map<string, number[]>()
  for (const { set, index } of cursors) {
    for (const { roman } of set.given) sharers.set(roman, [...(sharers.get(roman) ?? []), index])
  }
  return sharers
}

// The golden ratio keeps neighbours in the line far apart in the table.
function coprimeStride(size: number): number {
  let stride = Math.round(size * 0.618)
  while (greatestCommonDivisor(stride, size) !== 1) stride++
  return stride
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

const initials = 'ABCDEFGHJKLMNOPRSTW'

function displayName(culture: Culture, given: string, family: string, random: Random): string {
  if (culture.familyFirst) return family + culture.glue + given
  if (!culture.initials || !random.chance(0.15)) return given + culture.glue + family
  return `${given} ${initials[random.integer(initials.length)]}. ${family}`
}

// The first three namesakes differ by punctuation, the later ones by number.
function mailboxSeparator(number: number): string {
  if (number === 1) return '-'
  return number === 2 ? '_' : '.'
}

// Below 103 two digits in a mixed order, like a year of birth; from there on the number itself.
function suffix(number: number): string {
  if (number < 3) return ''
  return number < 103 ? String(((number - 3) * 37 + 61) % 100).padStart(2, '0') : String(number)
}

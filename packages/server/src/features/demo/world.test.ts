// What everybody who loads or reads the demo may rely on.
import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { cultures } from './names.ts'
import { phoneCountries } from './phones.ts'
import { createRandom, scramble } from './random.ts'
import { demoWorld, type DemoExternalUser } from './world.ts'

const now = Date.UTC(2026, 4, 17, 12, 30, 15, 250)
const twoYears = 730 * 86_400_000

function usersOf(size: number, options: { seed?: string; scope?: string } = {}): DemoExternalUser[] {
  return [...demoWorld({ seed: 'first', scope: 'workspace-a', size, now, ...options }).externalUsers]
}

const length = (text: string): number => [...text.normalize('NFC')].length

function canonical(user: DemoExternalUser): string | null {
  if (user.identifier === null) return null
  if (user.channel === 'whatsapp') return parsePhoneNumberFromString(user.identifier, 'DE')?.number ?? 'unreadable'
  if (user.channel === 'telegram') return user.identifier.toLowerCase()
  if (user.channel === 'web') return user.identifier
  const [mailbox = '', domain = ''] = user.identifier.split('@')
  return `${mailbox.toLowerCase()}@${domainToASCII(domain)}`
}

const many = usersOf(100_000)
const share = (test: (user: DemoExternalUser) => boolean): number => many.filter(test).length / many.length
const emails = many
  .filter(({ channel }) => channel === 'email' || channel === 'portal')
  .map((user) => user.identifier ?? '')
const phones = many.filter(({ channel }) => channel === 'whatsapp').map((user) => user.identifier ?? '')

describe('a demo world repeats', () => {
  it('gives the same world for the same seed, scope and moment', () => {
    const one = demoWorld({ seed: 'first', scope: 'workspace-a', size: 2_000, now })
    const two = demoWorld({ seed: 'first', scope: 'workspace-a', size: 2_000, now })
    expect({ ...two, externalUsers: [...two.externalUsers] }).toEqual({ ...one, externalUsers: [...one.externalUsers] })
    expect([...one.externalUsers]).toEqual([...one.externalUsers])
  })

  it('gives another world for another seed', () => {
    const others = usersOf(2_000, { seed: 'second' })
    const same = usersOf(2_000).filter(
      (user, index) => user.identifier !== null && user.identifier === others[index]?.identifier,
    )
    expect(same.map(({ name }) => name).slice(0, 5)).toContain('Grace Hopper')
    expect(same.length).toBeLessThan(20)
  })

  it('gives another scope the same people under other ids', () => {
    const strip = ({ id: _id, superIdentityId: _superIdentityId, ...rest }: DemoExternalUser): object => rest
    const here = usersOf(500)
    const there = usersOf(500, { scope: 'workspace-b' })
    expect(there.map(strip)).toEqual(here.map(strip))
    expect(new Set([...here, ...there].flatMap(({ id, superIdentityId }) => [id, superIdentityId])).size).toBe(2_000)
  })

  it('begins a large world with the small one', () => {
    expect(many.slice(0, 1_000)).toEqual(usersOf(1_000))
  })

  it.each([0, 1, 3, 10, 2_000])('holds exactly %i people', (size) => {
    expect(usersOf(size)).toHaveLength(size)
  })

  it('streams 100,000 people', () => {
    let count = 0
    for (const user of demoWorld({ seed: 'first', scope: 'a', size: 100_000, now }).externalUsers)
      count += user.id.length / 36
    expect(count).toBe(100_000)
  })

  it('starts with the people the quick start names', () => {
    const start = usersOf(6, { seed: 'anything' })
    expect(start[0]).toMatchObject({ channel: 'web', externalId: 'demo-ada', name: 'Ada Lovelace', blockedAt: null })
    expect(start[1]).toMatchObject({ channel: 'email', identifier: 'grace.hopper@example.com' })
    expect(start[2]).toMatchObject({ channel: 'whatsapp', identifier: '+49 152 28817386' })
    expect(start[5]?.blockedAt).not.toBeNull()
  })
})

describe('every value fits the contract', () => {
  it('never uses an identifier or external id twice on a channel', () => {
    const large = usersOf(400_000, { seed: 'unique' })
    const seen = new Set<string>()
    let expected = 0
    for (const user of large) {
      const identifier =
        user.channel === 'whatsapp' ? user.identifier?.replace(/^0/, '+49').replaceAll(' ', '') : canonical(user)
      for (const value of [identifier && `i ${identifier}`, user.externalId && `e ${user.externalId}`]) {
        if (!value) continue
        expected++
        seen.add(`${user.channel} ${value}`)
      }
      if (user.identifier === null && user.externalId === null)
        throw new Error('An account has nothing to be found by.')
    }
    expect(seen.size).toBe(expected)
  })

  it('keeps the lengths and the composed form', () => {
    for (const { name, identifier, externalId } of many) {
      for (const text of [name, identifier, externalId])
        if (text !== null && text !== text.normalize('NFC')) throw new Error(text)
      if (name !== null && (length(name) < 3 || length(name) > 50)) throw new Error(name)
      if (externalId !== null && (length(externalId) < 3 || length(externalId) > 250)) throw new Error(externalId)
      if (identifier !== null && (length(identifier) < 5 || length(identifier) > 320)) throw new Error(identifier)
    }
  })

  it('makes ids of UUID version 4, none twice', () => {
    const { tiers, channels, groups } = demoWorld({ seed: 'first', scope: 'workspace-a', size: 0, now })
    const ids = [...tiers, ...channels, ...groups].map(({ id }) => id)
    for (const user of many) ids.push(user.id, user.superIdentityId)
    const malformed = ids.filter(
      (id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
    )
    expect(malformed).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refers only to tiers, channels and groups that exist', () => {
    const { tiers, channels, groups } = demoWorld({ seed: 'first', scope: 'workspace-a', size: 0, now })
    const keys = new Set<string | null>([null, ...tiers.map(({ key }) => key), ...groups.map(({ key }) => key)])
    const channelKeys = new Set(channels.map(({ key }) => key))
    const references = [...groups.map(({ tier }) => tier), ...channels.map(({ defaultTier }) => defaultTier)]
    expect(
      [...references, ...many.flatMap(({ tier, group }) => [tier, group])].filter((key) => !keys.has(key)),
    ).toEqual([])
    expect(many.filter(({ channel }) => !channelKeys.has(channel))).toEqual([])
    expect(new Set(many.map(({ channel }) => channel)).size).toBe(5)
    for (const { name } of [...tiers, ...channels, ...groups])
      expect(length(name)).toSatisfy((n: number) => n >= 3 && n <= 50)
    expect(new Set(groups.map(({ externalId }) => externalId)).size).toBe(groups.length)
    expect([tiers.length, channels.length]).toEqual([4, 5])
  })

  it('lets nobody be seen or blocked before they came or after now', () => {
    const wrong = many.filter(({ createdAt, lastSeenAt, blockedAt }) =>
      [createdAt, lastSeenAt ?? createdAt, blockedAt ?? createdAt].some(
        (moment) => !Number.isInteger(moment) || moment < createdAt || moment > now || createdAt < now - twoYears,
      ),
    )
    expect(wrong).toEqual([])
  })
})

describe('the people look like the world', () => {
  it('writes names in at least twelve scripts', () => {
    const scripts = [
      'Latin',
      'Cyrillic',
      'Greek',
      'Arabic',
      'Hebrew',
      'Devanagari',
      'Bengali',
      'Tamil',
      'Telugu',
      'Thai',
      'Georgian',
      'Armenian',
      'Han',
      'Hiragana',
      'Katakana',
      'Hangul',
      'Ethiopic',
    ]
    const names = usersOf(5_000).map(({ name }) => name ?? '')
    const present = scripts.filter((script) =>
      names.some((name) => new RegExp(`\\p{Script=${script}}`, 'u').test(name)),
    )
    expect(present).toEqual(scripts)
  })

  it('deals only possible phone numbers, valid but for those kept for drama, from more than twenty countries', () => {
    const parsed = phones.map((phone) => ({ phone, number: parsePhoneNumberFromString(phone, 'DE') }))
    expect(parsed.filter(({ number }) => !number?.isPossible()).map(({ phone }) => phone)).toEqual([])
    // The French and British drama ranges belong to no operator and so count as possible, yet not as valid.
    const invalid = parsed.filter(({ phone, number }) => !number?.isValid() && !/^\+(3363998|447700900)/.test(phone))
    expect(invalid.map(({ phone }) => phone)).toEqual([])
    const codes = Object.values(phoneCountries).map(({ callingCode }) => callingCode)
    expect(new Set(parsed.map(({ number }) => number?.countryCallingCode)).size).toBe(new Set(codes).size)
    expect(new Set(codes).size).toBeGreaterThan(20)
    expect(phones.filter((phone) => phone.startsWith('0')).length).toBeGreaterThan(100)
    expect(phones.filter((phone) => /^\+\d+$/.test(phone)).length / phones.length).toBeGreaterThan(0.8)
  })

  it('sends mail to reserved domains only, some of them international', () => {
    const domains = [...new Set(emails.map((email) => email.split('@')[1] ?? ''))]
    expect(domains.filter((domain) => !/\.(example|test|invalid)$|^example\.com$/.test(domain))).toEqual([])
    expect(domains.filter((domain) => domainToASCII(domain) === '')).toEqual([])
    expect(domains).toEqual(expect.arrayContaining(['grüße.example', 'почта.example', '郵便.example', 'بريد.example']))
    expect(emails.filter((email) => !/^[A-Za-z0-9._-]+@[^@\s]+$/.test(email))).toEqual([])
  })

  it('blocks about two of a hundred and has never seen about twelve', () => {
    expect(share(({ blockedAt }) => blockedAt !== null)).toBeCloseTo(0.02, 2)
    expect(share(({ lastSeenAt }) => lastSeenAt === null)).toBeCloseTo(0.12, 2)
    expect(share(({ name }) => name === null)).toBeLessThan(0.08)
    expect(share(({ name }) => name === null)).toBeGreaterThan(0.01)
  })

  it('spells every name once within its set, in plain letters', () => {
    for (const { sets } of cultures) {
      for (const names of sets.flatMap(({ given, family }) => [given, family])) {
        expect(names.filter(({ roman, native }) => !/^[a-z]+$/.test(roman) || native === '')).toEqual([])
        expect(
          new Set(names.map(({ roman }) => roman)).size,
          names
            .map(({ roman }) => roman)
            .sort()
            .join(),
        ).toBe(names.length)
      }
    }
  })
})

describe('the random stream', () => {
  it('spreads evenly and stays in range', () => {
    const random = createRandom('even')
    const counts = Array.from({ length: 10 }, () => 0)
    for (let draw = 0; draw < 100_000; draw++) counts[random.integer(10)]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(9_500)
    expect(Math.max(...counts)).toBeLessThan(10_500)
    expect(() => random.pick([])).toThrow(RangeError)
  })

  it('scrambles indexes without a collision', () => {
    expect(new Set(Array.from({ length: 200_000 }, (_, index) => scramble(index, 12_345))).size).toBe(200_000)
  })
})

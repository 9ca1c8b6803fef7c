// The made-up world behind `narthex demo`: pure and repeatable, without a database or a clock of its own.
import { createPeople, type DemoPerson } from './people.ts'
import { createPhoneNumbers, type PhoneCountryCode } from './phones.ts'
import { createRandom, scramble, uuidAt, weighted, type Random } from './random.ts'
import { channelTemplates, groupTemplates, quickStartPeople, tierTemplates } from './templates.ts'
import type {
  DemoChannelKey,
  DemoChannelTemplate,
  DemoGroupTemplate,
  DemoTierKey,
  DemoTierTemplate,
  QuickStartPerson,
} from './templates.ts'

export interface DemoTier extends DemoTierTemplate {
  id: string
}

export interface DemoChannel extends DemoChannelTemplate {
  id: string
}

export interface DemoGroup extends DemoGroupTemplate {
  id: string
}

// All moments are milliseconds since 1970. `channel`, `tier` and `group` are the keys of the lists beside.
export interface DemoExternalUser {
  id: string
  superIdentityId: string
  // The human behind the account, counted from 0. Every account has its own until accounts can be joined.
  personKey: number
  channel: DemoChannelKey
  identifier: string | null
  externalId: string | null
  name: string | null
  group: string | null
  tier: DemoTierKey | null
  blockedAt: number | null
  lastSeenAt: number | null
  createdAt: number
}

export interface DemoWorldOptions {
  seed: string
  // Enters the ids alone, so that two workspaces can hold the same people under different ids.
  scope: string
  // How many external users. A smaller world is the beginning of a larger one.
  size: number
  now: number
}

export interface DemoWorld {
  tiers: DemoTier[]
  channels: DemoChannel[]
  groups: DemoGroup[]
  // Made while being read, in constant memory; every iteration starts again and yields the same.
  externalUsers: Iterable<DemoExternalUser>
}

export function demoWorld(options: DemoWorldOptions): DemoWorld {
  const ids = createRandom(`${options.seed}\n${options.scope}\nsettings`)
  return {
    tiers: tierTemplates.map((tier) => ({ id: ids.uuid(), ...tier })),
    channels: channelTemplates.map((channel) => ({ id: ids.uuid(), ...channel })),
    groups: groupTemplates.map((group) => ({ id: ids.uuid(), ...group })),
    externalUsers: { [Symbol.iterator]: () => generateExternalUsers(options) },
  }
}

const day = 86_400_000
/** Nothing of a world is older. */
export const worldAgeMs = 730 * day
const blockedShare = 0.02
const neverSeenShare = 0.12

const channelSlots = weighted<DemoChannelKey>([
  ['web', 38],
  ['whatsapp', 24],
  ['email', 18],
  ['telegram', 12],
  ['portal', 8],
])
const tierSlots = weighted<DemoTierKey>([
  ['free', 3],
  ['standard', 4],
  ['priority', 2],
  ['trial', 3],
])
const sharedMailDomains = ['mail.example', 'inbox.example', 'webpost.test', 'hello.example']

function* generateExternalUsers({ seed, scope, size, now }: DemoWorldOptions): Generator<DemoExternalUser> {
  const random = createRandom(`${seed}\npeople`)
  const ids = createRandom(`${seed}\n${scope}\nexternal-users`)
  const nextPerson = createPeople(random)
  const account = createAccounts(random)
  for (let index = 0; index < size; index++) {
    const known = quickStartPeople[index]
    const [ownId, personId] = [ids.uuid(), ids.uuid()]
    if (known !== undefined) {
      const keysOf = (createdAt: number) => ({
        id: uuidAt(createdAt, ownId),
        superIdentityId: uuidAt(createdAt, personId),
        personKey: index,
      })
      yield quickStartUser(known, keysOf, now)
      continue
    }
    const channel = random.pick(channelSlots)
    const person = nextPerson()
    const { identifier, externalId, named, group } = account(channel, person, index)
    const { createdAt, lastSeenAt, blockedAt } = moments(random, now)
    // Without a spread, which makes each of a million objects property by property.
    yield {
      id: uuidAt(createdAt, ownId),
      superIdentityId: uuidAt(createdAt, personId),
      personKey: index,
      channel,
      identifier,
      externalId,
      name: named ? person.name : null,
      group,
      tier: random.chance(0.06) ? random.pick(tierSlots) : null,
      blockedAt,
      lastSeenAt,
      createdAt,
    }
  }
}

type Keys = Pick<DemoExternalUser, 'id' | 'superIdentityId' | 'personKey'>

function quickStartUser(person: QuickStartPerson, keysOf: (createdAt: number) => Keys, now: number): DemoExternalUser {
  const { createdDaysAgo, seenDaysAgo, blockedDaysAgo, ...rest } = person
  const ago = (days: number | null): number | null => (days === null ? null : now - days * day)
  const createdAt = now - createdDaysAgo * day
  return { ...keysOf(createdAt), ...rest, blockedAt: ago(blockedDaysAgo), lastSeenAt: ago(seenDaysAgo), createdAt }
}

function moments(random: Random, now: number): Pick<DemoExternalUser, 'createdAt' | 'lastSeenAt' | 'blockedAt'> {
  // The square root of an even draw lets the customer base grow over the two years.
  const createdAt = now - Math.floor((1 - Math.sqrt(random.next())) * worldAgeMs)
  const between = (from: number, to: number, lean: number): number => from + Math.floor(lean * (to - from))
  const blockedAt = random.chance(blockedShare) ? between(createdAt, now, random.next()) : null
  if (random.chance(neverSeenShare)) return { createdAt, lastSeenAt: null, blockedAt }
  // Most people were here lately, and nobody after their block.
  const lastSeenAt = between(createdAt, blockedAt ?? now, 1 - random.next() ** 3)
  return { createdAt, lastSeenAt, blockedAt }
}

interface Account {
  identifier: string | null
  externalId: string | null
  named: boolean
  group: string | null
}

// Gives each person what they are recognised by on their channel. Every value holds the person's index or a part
// that is dealt out once, so no two accounts of a channel can meet.
function createAccounts(random: Random): (channel: DemoChannelKey, person: DemoPerson, index: number) => Account {
  const key = random.bits()
  const phoneNumber = createPhoneNumbers(random)
  const mark = (index: number): number => scramble(index, key)
  const crmKey = (share: number, index: number): string | null =>
    random.chance(share) ? `customer-${10_000 + index}` : null
  const makers: Record<DemoChannelKey, (person: DemoPerson, index: number) => Account> = {
    web: (person, index) => webAccount(random, person, mark(index)),
    whatsapp: (person, index) => ({
      identifier: phoneNumber(random.pick<PhoneCountryCode>(person.culture.countries)),
      externalId: crmKey(0.3, index),
      named: isNamed(random),
      group: someGroup(random, 0.15),
    }),
    email: (person, index) => ({
      identifier: emailAddress(random, person),
      externalId: crmKey(0.4, index),
      named: isNamed(random),
      group: someGroup(random, 0.12),
    }),
    telegram: (person, index) => ({
      identifier: person.username,
      externalId: random.chance(0.5) ? String(1_000_000_000 + mark(index)) : null,
      named: isNamed(random),
      group: someGroup(random, 0.05),
    }),
    portal: (person, index) => portalAccount(random, person, index),
  }
  return (channel, person, index) => makers[channel](person, index)
}

const isNamed = (random: Random): boolean => !random.chance(0.01)

function someGroup(random: Random, share: number): string | null {
  return random.chance(share) ? random.pick(groupTemplates).key : null
}

// One visitor in ten has not said who they are.
function webAccount(random: Random, person: DemoPerson, mark: number): Account {
  if (random.chance(0.1)) {
    return { identifier: `visitor-${mark.toString(16).padStart(8, '0')}`, externalId: null, named: false, group: null }
  }
  return {
    identifier: random.chance(0.25) ? person.username : null,
    externalId: `cus_${mark.toString(36).padStart(7, '0')}`,
    named: isNamed(random),
    group: someGroup(random, 0.08),
  }
}

// Partner staff write from their company's domain, and nearly all of them are in one of its groups.
function portalAccount(random: Random, person: DemoPerson, index: number): Account {
  const group = random.pick(groupTemplates)
  return {
    identifier: `${person.mailbox}@${group.domain}`,
    externalId: random.chance(0.8) ? `partner-${10_000 + index}` : null,
    named: true,
    group: random.chance(0.9) ? group.key : null,
  }
}

function emailAddress(random: Random, person: DemoPerson): string {
  const domain = random.pick(random.chance(0.3) ? sharedMailDomains : person.culture.domains)
  // People type capitals; the canonical form does not care.
  const mailbox = random.chance(0.04) ? person.mailbox.replace(/[a-z]+/g, capitalise) : person.mailbox
  return `${mailbox}@${domain}`
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

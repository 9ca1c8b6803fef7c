// The referrals of a made-up world: pure and repeatable, as its external users are.
import type { ReferralStatus } from '@narthex/contract'
import { createPeople } from './people.ts'
import { createRandom, weighted, type Random } from './random.ts'
import {
  admitComments,
  memberTemplates,
  referredDomains,
  referrerComments,
  rejectComments,
  revokeComments,
  type DemoMemberTemplate,
} from './referral-templates.ts'
import { worldAgeMs, type DemoExternalUser } from './world.ts'

export interface DemoMember extends DemoMemberTemplate {
  readonly id: string
}

/** One step of a referral. `by` is the key of a member; null for the clock. */
export interface DemoDecision {
  readonly to: Exclude<ReferralStatus, 'REFERRED'>
  readonly by: string | null
  readonly comment: string | null
  readonly admittedUntil: number | null
  readonly at: number
}

// All moments are milliseconds since 1970.
export interface DemoReferral {
  readonly id: string
  readonly superIdentityId: string
  readonly firstname: string
  readonly lastname: string
  readonly email: string
  readonly referrer: string
  readonly referrerComment: string | null
  readonly referredAt: number
  readonly decisions: readonly DemoDecision[]
}

export interface DemoReferralOptions {
  readonly seed: string
  /** Enters the ids alone. */
  readonly scope: string
  /** How many. Fewer are the beginning of more. */
  readonly size: number
  readonly now: number
  /** The external users of the same world: one referral in three is of somebody who has written from the same address. */
  readonly externalUsers: Iterable<DemoExternalUser>
}

export function demoMembers({ seed, scope }: Pick<DemoReferralOptions, 'seed' | 'scope'>): DemoMember[] {
  const ids = createRandom(`${seed}\n${scope}\nmembers`)
  return memberTemplates.map((template) => ({ id: ids.uuid(), ...template }))
}

/** What becomes of a referral, in its order of statuses. */
type Story = 'pending' | 'admitted' | 'readmitted' | 'rejected' | 'reconsidered' | 'revoked' | 'withdrawn' | 'expired'

const stories = weighted<Story>([
  ['pending', 12],
  ['admitted', 48],
  ['readmitted', 4],
  ['rejected', 12],
  ['reconsidered', 2],
  ['revoked', 9],
  ['withdrawn', 4],
  ['expired', 9],
])

const minute = 60_000
const day = 86_400_000
/** Nobody leaves anybody waiting for longer; the queue of a newcomer is of these days. */
const waitingDaysMax = 14

/** Made while being read, in constant memory. Every referral has its own randomness, so that none depends on how many there are. */
export function* demoReferrals(options: DemoReferralOptions): Generator<DemoReferral> {
  const { seed, scope, size, now } = options
  const ids = createRandom(`${seed}\n${scope}\nreferrals`)
  const nextPerson = createPeople(createRandom(`${seed}\nreferred`))
  const writers = writersOf(options.externalUsers)
  for (let index = 0; index < size; index++) {
    const random = createRandom(`${seed}\nreferral ${index}`)
    const person = nextPerson()
    const known = random.chance(1 / 3) || index < 2 ? (writers.next().value ?? null) : null
    const unknown = { firstname: person.given, lastname: person.family }
    const email = known?.email ?? `${person.mailbox}@${random.pick(referredDomains)}`
    const keys = { id: ids.uuid(), superIdentityId: ids.uuid() }
    yield { ...keys, ...(known?.names ?? unknown), email, ...history(random, storyOf(random, index), now) }
  }
}

/** The first two are of the people whom the quick start names: one waits, one is in. */
function storyOf(random: Random, index: number): Story {
  const drawn = random.pick(stories)
  return index === 0 ? 'pending' : index === 1 ? 'admitted' : drawn
}

/** Whoever wrote from an address of their own under a name of two words. */
function* writersOf(externalUsers: Iterable<DemoExternalUser>) {
  for (const { channel, identifier, name } of externalUsers) {
    if ((channel !== 'email' && channel !== 'portal') || identifier === null) continue
    const [firstname, ...rest] = (name ?? '').split(' ')
    if (!firstname || rest.length === 0) continue
    yield { email: identifier, names: { firstname, lastname: rest.join(' ') } }
  }
}

const referrers = memberTemplates.filter(({ role }) => role === 'referrer' || role === 'admin')
const reviewers = memberTemplates.filter(({ role }) => role === 'reviewer' || role === 'owner' || role === 'admin')

function history(random: Random, story: Story, now: number) {
  const referrer = random.pick(referrers).key
  const referrerComment = random.pick(referrerComments)
  const referredAt =
    story === 'pending'
      ? now - minute - Math.floor(random.next() ** 2 * waitingDaysMax * day)
      : now - 2 * waitingDaysMax * day - Math.floor(random.next() * (worldAgeMs - 3 * waitingDaysMax * day))
  const between = (from: number, to: number) => from + Math.floor(random.next() * (to - from))
  const reviewer = () => random.pick(reviewers.filter(({ key }) => key !== referrer)).key
  const first = between(referredAt + minute, referredAt + waitingDaysMax * day)
  const admit = (at: number, until: number | null): DemoDecision => ({
    to: 'ADMITTED',
    by: reviewer(),
    comment: random.pick(admitComments),
    admittedUntil: until,
    at,
  })
  const refuse = (to: 'REJECTED' | 'REVOKED', at: number): DemoDecision => ({
    to,
    by: reviewer(),
    comment: random.pick(to === 'REJECTED' ? rejectComments : revokeComments),
    admittedUntil: null,
    at,
  })
  const openEnd = () => (random.chance(0.5) ? null : now + day + Math.floor(random.next() * 360 * day))
  const later = () => between(first + minute, now - minute)
  const told: Record<Story, () => DemoDecision[]> = {
    pending: () => [],
    admitted: () => [admit(first, openEnd())],
    rejected: () => [refuse('REJECTED', first)],
    revoked: () => [admit(first, null), refuse('REVOKED', later())],
    withdrawn: () => [{ to: 'WITHDRAWN', by: referrer, comment: null, admittedUntil: null, at: first }],
    expired: () => ended(admit, first, later()),
    reconsidered: () => [refuse('REJECTED', first), admit(later(), openEnd())],
    readmitted: () => {
      const end = later()
      return [admit(first, null), refuse('REVOKED', end), admit(between(end + 1, now), openEnd())]
    },
  }
  return { referrer, referrerComment, referredAt, decisions: told[story]() }
}

function ended(admit: (at: number, until: number) => DemoDecision, at: number, until: number): DemoDecision[] {
  return [admit(at, until), { to: 'EXPIRED', by: null, comment: null, admittedUntil: null, at: until }]
}

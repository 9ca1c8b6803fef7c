// The explanation and the gate over random histories: they agree now, and the past is told as it was seen then.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { admissionsIn, type Admissions } from '../../../test/admissions.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeTier } from '../../../test/factories.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { decide, refer } from '../../../test/referrals.ts'
import { claimsOf } from '../../../test/verifying.ts'
import { doChores } from '../../chores.ts'

const steps = 300
const accountsAStep = 4
const states = steps * accountsAStep

/** mulberry32: the same history for the same seed. */
function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return { below, pick: <T>(from: readonly T[]) => from[below(from.length)] as T }
}

type Random = ReturnType<typeof seeded>

interface World {
  readonly client: Client
  readonly people: Admissions
  readonly clock: SettableClock
  readonly random: Random
  readonly channels: { id: string; identifiers: readonly string[] }[]
  readonly users: { id: string; channelId: string; superIdentityId: string }[]
  readonly groups: string[]
  readonly tiers: string[]
  readonly blocks: string[]
  readonly referrals: { id: string }[]
}

const phones = ['030 901820', '+49 30 901820', '+44 30 901820', '020 7946 0000']
const addresses = ['ann@example.com', 'Bob@example.com', 'cy@example.com', 'dee@example.com']
const names = ['ann', 'bob', '030 901820', 'ann@example.com']

async function makeWorld(server: TestServer, clock: SettableClock, random: Random): Promise<World> {
  const { client } = server
  const people = await admissionsIn(server)
  const door = { identifierKind: 'email', admission: 'referral' }
  const made = [
    [await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'DE' }), phones],
    [await makeChannel(client, door), addresses],
    [await makeChannel(client, door), addresses],
    [await makeChannel(client), names],
  ] as const
  const channels = made.map(([{ id }, identifiers]) => ({ id, identifiers }))
  const none = { users: [], groups: [], tiers: [], blocks: [], referrals: [] }
  const world: World = { client, people, clock, random, channels, ...none }
  for (let i = 0; i < 4; i += 1) await operations.makeTier!(world)
  for (let i = 0; i < 3; i += 1) await operations.makeGroup!(world)
  for (let i = 0; i < 10; i += 1) await operations.createUser!(world)
  await operations.provisional!(world)
  for (let i = 0; i < 4; i += 1) await operations.newcomer!(world)
  return world
}

const kept = (list: string[], body: { id?: string }) => void (body.id !== undefined && list.push(body.id))
const end = ({ random, clock }: World) =>
  random.below(2) === 0 ? null : new Date(clock.at + 1 + random.below(60_000)).toISOString()
const orNull = (random: Random, list: readonly string[]) => (random.below(4) === 0 ? null : random.pick(list))

/** Some are refused on the way, as an address that somebody else holds: then nothing changed, which is a history too. */
const operations: Record<string, (world: World) => Promise<unknown>> = {
  async blockAccount(world) {
    const externalUserId = world.random.pick(world.users).id
    kept(
      world.blocks,
      (await world.client.post('/blocks', { reach: 'external-user', externalUserId, endsAt: end(world) })).body,
    )
  },
  async blockPerson(world) {
    const { superIdentityId } = world.random.pick(world.users)
    kept(
      world.blocks,
      (await world.client.post('/blocks', { reach: 'person', superIdentityId, endsAt: end(world) })).body,
    )
  },
  async blockIdentifier(world) {
    const { id, identifiers } = world.random.pick(world.channels)
    const channelId = world.random.below(2) === 0 ? id : null
    const body = { reach: 'identifier', identifier: world.random.pick(identifiers), channelId, endsAt: end(world) }
    kept(world.blocks, (await world.client.post('/blocks', body)).body)
  },
  lift: async ({ client, random, blocks }) =>
    blocks.length > 0 && client.post(`/blocks/${random.pick(blocks)}/lift`, {}),
  liftAgain: async (world) => operations.lift!(world),
  patchBlocked: ({ client, random, users }) =>
    client.patch(`/external-users/${random.pick(users).id}`, { blocked: random.below(2) === 0 }),
  archive: ({ client, random, channels }) => client.post(`/channels/${random.pick(channels).id}/archive`),
  unarchive: async ({ client, channels }) => {
    for (const { id } of channels) await client.post(`/channels/${id}/unarchive`)
  },
  admission: ({ client, random, channels }) =>
    client.patch(`/channels/${random.pick(channels).id}`, { admission: random.pick(['open', 'referral', 'referral']) }),
  country: ({ client, random, channels }) =>
    client.patch(`/channels/${channels[0]!.id}`, { defaultCountry: random.pick(['DE', 'GB', null]) }),
  async identifier({ client, random, users, channels }) {
    const user = random.pick(users)
    const { identifiers } = channels.find(({ id }) => id === user.channelId)!
    await client.patch(`/external-users/${user.id}`, { identifier: orNull(random, identifiers) })
  },
  async createUser({ client, random, channels, users }) {
    const { id: channelId, identifiers } = random.pick(channels)
    const identifier = orNull(random, identifiers)
    const reply = await client.post('/external-users', {
      channelId,
      identifier,
      externalId: `crm-${random.below(1e9)}`,
    })
    if (reply.status === 200) users.push(reply.body)
  },
  erase: ({ client, random, users }) => client.post(`/external-users/${random.pick(users).id}/erase`),
  async makeTier({ client, random, tiers }) {
    tiers.push((await makeTier(client, { tokenLifetimeSeconds: random.pick([null, 60, 600]) })).id)
  },
  changeTier: ({ client, random, tiers }) =>
    client.patch(`/tiers/${random.pick(tiers)}`, {
      name: `Tier ${random.below(99)}`,
      limits: [{ metric: 'messages', max: random.below(9), windowSeconds: 60 }],
    }),
  deleteTier: ({ client, random, tiers }) => client.delete(`/tiers/${random.pick(tiers)}`),
  async makeGroup({ client, random, groups, tiers }) {
    const { body } = await client.post('/external-user-groups', { name: 'Crew', tierId: orNull(random, tiers) })
    kept(groups, body)
  },
  changeGroup: ({ client, random, groups, tiers }) =>
    client.patch(`/external-user-groups/${random.pick(groups)}`, { tierId: orNull(random, tiers) }),
  deleteGroup: ({ client, random, groups }) => client.delete(`/external-user-groups/${random.pick(groups)}`),
  place: ({ client, random, users, groups, tiers }) =>
    client.patch(
      `/external-users/${random.pick(users).id}`,
      random.below(2) === 0 ? { externalUserGroupId: orNull(random, groups) } : { tierId: orNull(random, tiers) },
    ),
  channelSettings: ({ client, random, channels, tiers }) =>
    client.patch(`/channels/${random.pick(channels).id}`, {
      defaultTierId: orNull(random, tiers),
      tokenLifetimeSeconds: random.pick([null, 120]),
    }),
  async refer({ people, random, users, referrals }) {
    const known = { userId: random.pick(users).superIdentityId }
    const named = random.below(3) === 0 ? { email: random.pick(addresses) } : known
    const { status, body } = await refer(people.referrer, people.workspaceId, named)
    if (status === 201) referrals.push(body)
  },
  /** Nobody comes in provisionally twice, so that takes somebody new. */
  async newcomer(world) {
    const { client, people, random, channels, users, referrals } = world
    const made = await client.post('/external-users', {
      channelId: random.pick(channels).id,
      externalId: `crm-${random.below(1e9)}`,
    })
    if (made.status !== 200) return
    users.push(made.body)
    referrals.push((await refer(people.referrer, people.workspaceId, { userId: made.body.superIdentityId })).body)
  },
  async newcomers(world) {
    for (let i = 0; i < 2; i += 1) await operations.newcomer!(world)
  },
  async admit(world) {
    const { people, random, referrals } = world
    await decide(people.reviewer, random.pick(referrals), { status: 'ADMITTED', admittedUntil: end(world) })
  },
  async admitAgain(world) {
    for (let i = 0; i < 3; i += 1) await operations.admit!(world)
  },
  reject: ({ people, random, referrals }) => decide(people.reviewer, random.pick(referrals), { status: 'REJECTED' }),
  revoke: ({ people, random, referrals }) => decide(people.reviewer, random.pick(referrals), { status: 'REVOKED' }),
  withdraw: ({ people, random, referrals }) =>
    people.referrer.delete(`referral:/external-users/${random.pick(referrals).id}`, { 'if-match': '*' }),
  provisional: ({ client, random, tiers }) => {
    const provisionalAccess = { tierId: random.pick(tiers), hours: 1 + random.below(4) }
    return client.patch('/workspace', {
      policies: { provisionalAccess: random.below(4) > 0 ? provisionalAccess : null },
    })
  },
  async timePasses({ clock, random }) {
    clock.at += random.below(3_600_000)
  },
  workspaceSettings: ({ client, random, tiers }) =>
    client.patch('/workspace', {
      defaultTierId: orNull(random, tiers),
      tokenLifetimeSeconds: random.pick([3600, 7200]),
    }),
}

/** What must be told alike then and later: all but the cut-off, of which only the latest is kept, and what blocks became since. */
function verdict(body: any) {
  const { cutOff: _, blocks, ...rest } = body
  return { ...rest, blocks: blocks.map((block: { id: string }) => block.id) }
}

/** What the gate must answer after this explanation: the code, or what the token says of admission and tier. */
const decisive = ({ allowed, reasons, channel, admission, provisional, tier }: any) =>
  allowed
    ? ['let in', channel.admission === 'open' ? null : (admission?.id ?? null), provisional, tier?.id ?? null]
    : [reasons[0].code]

async function atTheGate(client: Client, channelId: string, id: string) {
  const { status, body } = await client.post('/external-users/authenticate', { channelId, id })
  if (status !== 200) return [body.code]
  const { admission_id, provisional, tier_id } = claimsOf<Record<string, unknown>>(body.accessToken)
  return ['let in', admission_id, provisional ?? false, tier_id]
}

describe.each(testDatabases)('explaining access on $name', (kind) => {
  it('agrees with the gate in 1,200 random states, and tells each of them again afterwards', async () => {
    const clock = settableClock()
    const server: TestServer = await startTestServer(kind, { clock })
    const seed = 20_260_301
    const random = seeded(seed)
    const world = await makeWorld(server, clock, random)
    const operator = {
      db: server.db,
      clock,
      log: pino({ level: 'silent' }),
      secret: testSecret,
      publicUrl: server.address,
    }
    const seen: { id: string; told: ReturnType<typeof verdict>; history: string }[] = []
    const histories = new Set<string>()
    const entries = { open: 0, admission: 0, provisional: 0 }
    try {
      for (let step = 0; step < steps; step += 1) {
        clock.at += 1 + random.below(8_000)
        const [name, operate] = random.pick(Object.entries(operations))
        await operate(world)
        if (step % 10 === 0) await doChores(operator, 'chores')
        // Changes of the moment of asking would be told as well, so that moment is one of its own.
        clock.at += 1
        await Promise.all(
          Array.from({ length: accountsAStep }, () => random.pick(world.users)).map(async ({ id, channelId }) => {
            const { body } = await server.client.get(`/external-users/${id}/access`)
            const gate = await atTheGate(server.client, channelId, id)
            expect([seed, step, name, decisive(body)]).toEqual([seed, step, name, gate])
            if (gate.length > 1) entries[gate[2] ? 'provisional' : gate[1] ? 'admission' : 'open'] += 1
            histories.add(body.reasons.map((reason: { code: string }) => reason.code).join())
            seen.push({ id, told: verdict(body), history: `seed ${seed} step ${step} after ${name}` })
          }),
        )
      }
      expect(seen).toHaveLength(states)
      // The walk went by every reason and by several at once, and by every way in.
      expect(histories.size).toBeGreaterThan(8)
      expect([...histories].filter((codes) => codes.includes('admission_'))).not.toHaveLength(0)
      expect([entries, Math.min(...Object.values(entries)) >= 20]).toEqual([entries, true])
      clock.at += 1
      for (let first = 0; first < seen.length; first += 8) {
        await Promise.all(
          seen.slice(first, first + 8).map(async ({ id, told, history }) => {
            const { body } = await server.client.get(`/external-users/${id}/access?at=${told.at}`)
            expect([history, verdict(body)]).toEqual([history, told])
            expect(body.cutOff).toBeNull()
          }),
        )
      }
    } finally {
      await server.close()
    }
  })
})

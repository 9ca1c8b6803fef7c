// The explanation and the gate over random histories: they agree now, and the past is told as it was seen then.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeTier } from '../../../test/factories.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { doChores } from '../../chores.ts'

const steps = 250
const accountsAStep = 4

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
  readonly clock: SettableClock
  readonly random: Random
  readonly channels: { id: string; identifiers: readonly string[] }[]
  readonly users: { id: string; channelId: string; superIdentityId: string }[]
  readonly groups: string[]
  readonly tiers: string[]
  readonly blocks: string[]
}

const phones = ['030 901820', '+49 30 901820', '+44 30 901820', '020 7946 0000']
const addresses = ['ann@example.com', 'Bob@example.com', 'cy@example.com', 'dee@example.com']
const names = ['ann', 'bob', '030 901820', 'ann@example.com']

async function makeWorld(client: Client, clock: SettableClock, random: Random): Promise<World> {
  const door = { identifierKind: 'email', admission: 'referral' }
  const made = [
    [await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'DE' }), phones],
    [await makeChannel(client, door), addresses],
    [await makeChannel(client, door), addresses],
    [await makeChannel(client), names],
  ] as const
  const channels = made.map(([{ id }, identifiers]) => ({ id, identifiers }))
  const world: World = { client, clock, random, channels, users: [], groups: [], tiers: [], blocks: [] }
  for (let i = 0; i < 4; i += 1) await operations.makeTier!(world)
  for (let i = 0; i < 3; i += 1) await operations.makeGroup!(world)
  for (let i = 0; i < 10; i += 1) await operations.createUser!(world)
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
    client.patch(`/channels/${random.pick(channels).id}`, { admission: random.pick(['open', 'open', 'referral']) }),
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

const decisive = (body: any) => (body.allowed ? 'let in' : body.reasons[0].code)

describe.each(testDatabases)('explaining access on $name', (kind) => {
  it('agrees with the gate in 1,000 random states, and tells each of them again afterwards', async () => {
    const clock = settableClock()
    const server: TestServer = await startTestServer(kind, { clock })
    const seed = 20_260_301
    const random = seeded(seed)
    const world = await makeWorld(server.client, clock, random)
    const operator = {
      db: server.db,
      clock,
      log: pino({ level: 'silent' }),
      secret: testSecret,
      publicUrl: server.address,
    }
    const seen: { id: string; told: ReturnType<typeof verdict>; history: string }[] = []
    const histories = new Set<string>()
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
            expect([seed, step, name, decisive(body)]).toEqual([
              seed,
              step,
              name,
              await authenticate(server.client, { channelId, id }),
            ])
            histories.add(body.reasons.map((reason: { code: string }) => reason.code).join())
            seen.push({ id, told: verdict(body), history: `seed ${seed} step ${step} after ${name}` })
          }),
        )
      }
      expect(seen).toHaveLength(1_000)
      // The walk went by every reason and by several at once.
      expect(histories.size).toBeGreaterThan(8)
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

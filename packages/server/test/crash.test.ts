// What was acknowledged survives: kills, shutdowns under load, and a database server that goes away and comes back.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../src/db/open.ts'
import { createClient } from './client.ts'
import { createPostgres } from './databases.ts'
import { requireWholeChain } from './events.ts'
import { makeChannel } from './factories.ts'
import { startPostgresServer } from './postgres-server.ts'
import { buildCommand, startProcess, type ServerProcess } from './process.ts'

const writersCount = 8

/** What became of one creation: its status, or the network's error. */
interface Outcome {
  readonly externalId: string
  readonly result: number | string
  readonly retryAfter: string | null
}

/** Eight writers that create without pause until told to stop; a writer whose server is gone tries again shortly after. */
function startWriters(address: string, key: string, channelId: string) {
  const outcomes: Outcome[] = []
  let stopped = false
  const write = async () => {
    while (!stopped) {
      const externalId = randomUUID()
      try {
        const reply = await createClient(address, key).post('/external-users', { channelId, externalId })
        outcomes.push({ externalId, result: reply.status, retryAfter: reply.headers.get('retry-after') })
        if (reply.status === 503) await sleep(250)
      } catch (error) {
        const { cause } = error as { cause?: { code?: string } }
        outcomes.push({ externalId, result: cause?.code ?? String(error), retryAfter: null })
        await sleep(5)
      }
    }
  }
  const running = Array.from({ length: writersCount }, write)
  return {
    outcomes,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

const acknowledged = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ result }) => result === 200).map(({ externalId }) => externalId)

/** Every acknowledged creation is there, each row with its person and its one event, and the chain holds. */
async function requireWhole(url: string, externalIds: readonly string[]): Promise<void> {
  const db = await openDatabase(url)
  try {
    const users = await db.read
      .selectFrom('external_users')
      .select(['id', 'external_id', 'super_identity_id', 'workspace_id'])
      .execute()
    const stored = new Set(users.map((user) => user.external_id))
    expect(externalIds.filter((id) => !stored.has(id))).toEqual([])
    const persons = await db.read.selectFrom('super_identities').select('id').execute()
    expect(persons.map(({ id }) => id).toSorted()).toEqual(users.map((user) => user.super_identity_id).toSorted())
    const events = await db.read
      .selectFrom('events')
      .select('subject_id')
      .where('type', '=', 'external_user.created')
      .execute()
    expect(events.map((event) => event.subject_id).toSorted()).toEqual(users.map(({ id }) => id).toSorted())
    await requireWholeChain(db, users[0]?.workspace_id as string)
  } finally {
    await db.close()
  }
}

beforeAll(buildCommand)

describe('a server on SQLite', () => {
  let folder: string
  let running: ServerProcess
  let key: string
  let channelId: string
  const start = async () => (running = await startProcess({ NARTHEX_DATA_DIR: folder }))
  const url = () => `sqlite:${join(folder, 'narthex.db')}`

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'narthex-crash-'))
    key = (await start()).apiKey as string
    channelId = (await makeChannel(createClient(running.address, key))).id
  })
  afterAll(async () => {
    await running.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('has every acknowledged creation after each of five kills, and none of them half', async () => {
    const made: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const writers = startWriters(running.address, key, channelId)
      await sleep(150 + Math.random() * 350)
      expect(await running.kill('SIGKILL')).toBe('SIGKILL')
      await writers.stop()
      const own = acknowledged(writers.outcomes)
      expect(own.length).toBeGreaterThan(0)
      made.push(...own)
      // Initialised before: another start prints no key.
      expect((await start()).apiKey).toBeNull()
    }
    await requireWhole(url(), made)
  })

  it('answers or refuses every request while it shuts down under load, and exits with 0', async () => {
    const writers = startWriters(running.address, key, channelId)
    await sleep(300)
    const exit = running.kill('SIGTERM')
    expect(await exit).toBe(0)
    await writers.stop()
    const results = new Set(writers.outcomes.map(({ result }) => result))
    expect([...results].filter((result) => ![200, 503, 'ECONNREFUSED'].includes(result as number))).toEqual([])
    expect(acknowledged(writers.outcomes).length).toBeGreaterThan(0)
    await start()
    await requireWhole(url(), acknowledged(writers.outcomes))
  })
})

describe.runIf(inject('postgresUrl'))('servers on PostgreSQL', () => {
  it('live through a restart of the database: 503 with Retry-After meanwhile, then everything works again', async () => {
    const postgres = await startPostgresServer()
    const environment = { NARTHEX_DATABASE_URL: postgres.url }
    const running = await startProcess(environment)
    try {
      const client = createClient(running.address, running.apiKey as string)
      const channelId = (await makeChannel(client)).id
      const writers = startWriters(running.address, client.key, channelId)
      await sleep(300)
      await postgres.restart(700)
      const before = acknowledged(writers.outcomes).length
      for (let tries = 0; tries < 200 && acknowledged(writers.outcomes).length < before + 50; tries += 1)
        await sleep(50)
      await writers.stop()
      const refused = writers.outcomes.filter(({ result }) => result !== 200)
      expect(new Set(refused.map(({ result, retryAfter }) => `${result} ${retryAfter}`))).toEqual(new Set(['503 2']))
      expect(acknowledged(writers.outcomes).length).toBeGreaterThanOrEqual(before + 50)
      expect((await client.get('//readyz')).status).toBe(200)
      await requireWhole(postgres.url, acknowledged(writers.outcomes))
      expect(await running.kill('SIGTERM')).toBe(0)
    } finally {
      await running.kill('SIGKILL')
      await postgres.stop()
    }
  })

  it('that start together on one empty database agree: one set of credentials, keys known and revoked within a second', async () => {
    const database = await createPostgres(inject('postgresUrl'))
    const environment = { NARTHEX_DATABASE_URL: database.url }
    const nodes = await Promise.all([startProcess(environment), startProcess(environment)])
    try {
      const keys = nodes.map(({ apiKey }) => apiKey).filter((apiKey) => apiKey !== null)
      expect(keys).toHaveLength(1)
      const [one, two] = nodes.map(({ address }) => createClient(address, keys[0] as string))
      const { body } = (await one?.post('/api-keys', { name: 'On one', scopes: ['tiers:read'] })) ?? {}
      const onTwo = createClient(two?.address as string, body.apiKey)
      expect((await onTwo.get('/tiers')).status).toBe(200)
      expect((await one?.post(`/api-keys/${body.id}/revoke`, {}))?.status).toBe(200)
      await sleep(1_000)
      expect((await onTwo.get('/tiers')).status).toBe(401)
      expect(await Promise.all(nodes.map((node) => node.kill('SIGTERM')))).toEqual([0, 0])
    } finally {
      await Promise.all(nodes.map((node) => node.kill('SIGKILL')))
      await database.drop()
    }
  })
})

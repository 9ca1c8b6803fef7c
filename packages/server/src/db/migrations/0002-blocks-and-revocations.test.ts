// A database of the first version, with people in it, brought up to this one.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authenticate, makeBlock } from '../../../test/blocks.ts'
import { createClient, type Client } from '../../../test/client.ts'
import { testDatabases, type TestDatabase } from '../../../test/databases.ts'
import { testSecret } from '../../../test/test-server.ts'
import { readConfig } from '../../config.ts'
import { initialiseIfEmpty, type FirstCredentials } from '../../initialise.ts'
import { createServer, type Server } from '../../server.ts'
import { theHouse } from './0001-the-house.ts'

const blockedAt = Date.parse('2026-01-02T03:04:05.678Z')
const times = { version: 1, created_at: blockedAt - 1_000, updated_at: blockedAt }

describe.each(testDatabases)('upgrading a database with accounts on $name', (kind) => {
  let database: TestDatabase
  let dataDir: string
  let server: Server
  let client: Client
  let channelId: string
  let ids: string[]

  beforeEach(async () => {
    database = await kind.create()
    dataDir = await mkdtemp(join(tmpdir(), 'narthex-data-'))
    const first = await fillFirstVersion()
    server = await createServer(
      readConfig({
        NARTHEX_DATABASE_URL: database.url,
        NARTHEX_DATA_DIR: dataDir,
        NARTHEX_PORT: '0',
        NARTHEX_SECRET: testSecret,
        NARTHEX_LOG_LEVEL: 'silent',
        NARTHEX_RATE_LIMIT: 'off',
      }),
      { checkAnswers: true },
    )
    client = createClient(server.address, first.apiKey)
  })
  afterEach(async () => {
    await server.close()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  /** One channel and 1,201 accounts with e-mail addresses, of which the first is blocked. */
  async function fillFirstVersion(): Promise<FirstCredentials> {
    const db = await database.open({ migrations: { '0001-the-house': theHouse } })
    await db.migrate()
    const log = pino({ level: 'silent' })
    const operator = {
      db,
      clock: { now: () => blockedAt - 5_000 },
      log,
      secret: testSecret,
      publicUrl: 'https://id.example.com',
    }
    const first = (await initialiseIfEmpty(operator)) as FirstCredentials
    const workspace_id = first.workspaceId
    channelId = randomUUID()
    ids = Array.from({ length: 1_201 }, () => randomUUID())
    await db.write(async (tx) => {
      const old = tx as unknown as Kysely<any>
      const channel = {
        name: 'Mail',
        kind: 'email',
        identifier_kind: 'email',
        provisioning: 'automatic',
        admission: 'open',
      }
      await old
        .insertInto('channels')
        .values({ workspace_id, id: channelId, ...channel, search_text: 'mail', ...times })
        .execute()
      for (const [i, id] of ids.entries()) {
        const identifier = `person${i}@example.com`
        await old
          .insertInto('super_identities')
          .values({ workspace_id, id, search_text: '', ...times })
          .execute()
        await old
          .insertInto('external_users')
          .values({
            workspace_id,
            id,
            channel_id: channelId,
            super_identity_id: id,
            identifier,
            identifier_canonical: identifier,
            blocked_at: i === 0 ? blockedAt : null,
            search_text: identifier,
            ...times,
          })
          .execute()
      }
    })
    await db.close()
    return first
  }

  it('keeps who was blocked blocked, by a block of the account that can be lifted', async () => {
    const [blocked, free] = ids as [string, string]
    expect(await authenticate(client, { channelId, id: blocked })).toBe('external_user_blocked')
    expect(await authenticate(client, { channelId, id: free })).toBe('let in')
    expect((await client.get('/external-users?blocked=true')).body.map((user: { id: string }) => user.id)).toEqual([
      blocked,
    ])
    const since = new Date(blockedAt).toISOString()
    expect((await client.get('/blocks')).body).toEqual([
      expect.objectContaining({
        reach: 'external-user',
        externalUserId: blocked,
        createdAt: since,
        actor: { kind: 'system', id: null },
        endsAt: null,
        liftedAt: null,
      }),
    ])
    expect((await client.patch(`/external-users/${blocked}`, { blocked: false })).body.blocked).toBe(false)
    expect(await authenticate(client, { channelId, id: blocked })).toBe('let in')
  })

  it('lets blocks of identifiers reach every account from before', async () => {
    for (const i of [1, 700, 1_200]) {
      await makeBlock(client, { reach: 'identifier', identifier: `Person${i}@example.com` })
      expect(await authenticate(client, { channelId, id: ids[i] })).toBe('external_user_blocked')
    }
    expect(await authenticate(client, { channelId, id: ids[2] })).toBe('let in')
  })
})

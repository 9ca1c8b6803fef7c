import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const refusal = ({ status, body }: Reply) => [status, body.code]

describe.each(testDatabases)('erasing external users on $name', (kind) => {
  let server: TestServer
  let client: Client

  const erase = (id: string) => client.post(`/external-users/${id}/erase`)
  const authenticate = (body: object) => client.post('/external-users/authenticate', body)

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  it('forgets the personal fields and keeps the rest', async () => {
    const { accessToken: _, ...user } = await makeExternalUser(client, {
      identifier: 'anna',
      externalId: 'crm-1',
      name: 'Anna',
    })
    const { status, body } = await erase(user.id)
    expect([status, Object.keys(body)]).toEqual([200, ['message']])
    const left = { ...user, identifier: null, externalId: null, name: null, updatedAt: expect.any(String) }
    const got = await client.get(`/external-users/${user.id}`)
    expect([got.body, got.headers.get('etag')]).toEqual([left, '"2"'])
    for (const query of ['search=anna', 'search=crm', 'identifier=anna', 'externalId=crm-1']) {
      expect((await client.get(`/external-users?channelIds=${user.channelId}&${query}`)).body).toEqual([])
    }
  })

  it('forgets why it was blocked and the blocked identifiers that it had before, and keeps the blocks', async () => {
    const user = await makeExternalUser(client, { identifier: 'former-anna' })
    const place = async (fields: object) =>
      (await client.post('/blocks', { ...fields, reason: 'Anna of 12 High Street' })).body
    const blocks = [
      await place({ reach: 'external-user', externalUserId: user.id }),
      await place({ reach: 'person', superIdentityId: user.superIdentityId }),
      await place({ reach: 'identifier', identifier: 'former-anna', channelId: user.channelId }),
    ]
    await client.patch(`/external-users/${user.id}`, { identifier: 'latter-anna' })
    await erase(user.id)
    for (const { id, reach } of blocks) {
      expect((await client.get(`/blocks/${id}`)).body).toMatchObject({
        reach,
        identifier: null,
        reason: null,
        liftedAt: null,
      })
    }
    const events = await server.db.read.selectFrom('events').select(['before', 'after', 'openings']).execute()
    expect(JSON.stringify(events)).not.toMatch(/High Street|former-anna|latter-anna/)
    const body = { channelId: user.channelId, identifier: 'former-anna' }
    expect(refusal(await authenticate(body))).toEqual([403, 'external_user_blocked'])
  })

  it('answers a second erasure as the first and changes nothing more', async () => {
    const user = await makeExternalUser(client)
    const first = await erase(user.id)
    const second = await erase(user.id)
    expect([second.status, second.body]).toEqual([200, first.body])
    expect((await eventsOf(server.db, user.id)).map(({ type }) => type)).toEqual([
      'external_user.created',
      'external_user.erased',
    ])
    expect(refusal(await erase(randomUUID()))).toEqual([404, 'external_user_not_found'])
  })

  it('lets nobody in by the old selectors: an automatic channel makes a new account, a manual one finds none', async () => {
    for (const provisioning of ['automatic', 'manual']) {
      const channelId = (await makeChannel(client, { provisioning })).id
      const user = await makeExternalUser(client, { channelId, identifier: 'anna', externalId: 'crm-1' })
      await erase(user.id)
      expect(refusal(await authenticate({ channelId, id: user.id }))).toEqual([404, 'external_user_not_found'])
      const again = await authenticate({ channelId, identifier: 'anna', externalId: 'crm-1' })
      if (provisioning === 'manual') expect(refusal(again)).toEqual([404, 'external_user_not_found'])
      else {
        expect(again.status).toBe(200)
        expect([user.id, user.superIdentityId]).not.toContain(again.body.id)
        expect(again.body.superIdentityId).not.toBe(user.superIdentityId)
      }
    }
  })

  it('refuses later changes, and lets a patch pass that changes nothing', async () => {
    const user = await makeExternalUser(client)
    await erase(user.id)
    for (const body of [{ name: 'Anna' }, { identifier: 'anna' }, { blocked: true }]) {
      expect(refusal(await client.patch(`/external-users/${user.id}`, body))).toEqual([409, 'external_user_erased'])
    }
    expect((await client.patch(`/external-users/${user.id}`, {})).status).toBe(200)
  })

  it('ends the tokens of the account by a cut-off above the one they carry', async () => {
    const user = await makeExternalUser(client)
    await erase(user.id)
    const cutOffs = await server.db.read
      .selectFrom('cut_offs')
      .select(['reach', 'number'])
      .where('subject_id', '=', user.id)
      .execute()
    expect(cutOffs).toHaveLength(1)
    expect(cutOffs[0]?.reach).toBe('account')
    expect(cutOffs[0]?.number).toBeGreaterThan(decodeJwt(user.accessToken as string)['cut_off'] as number)
  })

  it('forgets the stored answer of a retried creation', async () => {
    const channelId = (await makeChannel(client)).id
    const key = { 'idempotency-key': randomUUID() }
    const body = { channelId, externalId: 'crm-1' }
    const first = await client.post('/external-users', body, key)
    await erase(first.body.id)
    const records = await server.db.read
      .selectFrom('idempotency_records')
      .select('scope_hash')
      .where('external_user_id', '=', first.body.id)
      .execute()
    expect(records).toEqual([])
    const second = await client.post('/external-users', body, key)
    expect(second.status).toBe(200)
    expect(second.body.id).not.toBe(first.body.id)
  })

  it('gives the address of a vouched person free, unless another account still stands for it', async () => {
    const vouching = { identifierKind: 'email', admission: 'referral' }
    const [one, two] = [await makeChannel(client, vouching), await makeChannel(client, vouching)]
    const identifier = 'anna@example.com'
    const first = await makeExternalUser(client, { channelId: one.id, identifier })
    const second = await makeExternalUser(client, { channelId: two.id, identifier })
    await erase(first.id)
    const third = await makeExternalUser(client, { channelId: one.id, identifier })
    expect(third.superIdentityId).toBe(second.superIdentityId)
    await erase(second.id)
    await erase(third.id)
    const stranger = await makeExternalUser(client, { channelId: one.id, identifier })
    expect(stranger.superIdentityId).not.toBe(first.superIdentityId)
  })

  it('leaves the personal texts nowhere in the database, while the chain of events still verifies', async () => {
    const channel = await makeChannel(client, { identifierKind: 'email', admission: 'referral' })
    const texts = ['quixotica', 'zyzzyva', 'wertheimer', 'brontosaur', 'kumquat']
    const fields = { identifier: 'Quixotica@Example.com', externalId: 'crm-Zyzzyva', name: 'Wertheimer' }
    const reply = await client.post(
      '/external-users',
      { channelId: channel.id, ...fields },
      { 'idempotency-key': 'k-1' },
    )
    const { id, superIdentityId } = reply.body
    await client.patch(`/external-users/${id}`, { name: 'Brontosaur' })
    await client.patch(`/super-identities/${superIdentityId}`, { firstname: 'Kumquat', lastname: 'Wertheimer' })
    expect(await textsIn(server, texts)).toEqual(texts)
    expect((await erase(id)).status).toBe(200)
    expect(await textsIn(server, texts)).toEqual([])
    expect((await client.get(`/super-identities/${superIdentityId}`)).body).toMatchObject({
      firstname: null,
      lastname: null,
      email: null,
    })
    const events = await eventsOf(server.db, id)
    expect(events.map(({ type }) => type)).toEqual([
      'external_user.created',
      'external_user.updated',
      'external_user.erased',
    ])
    expect(events.map(({ openings }) => openings)).toEqual([null, null, null])
    expect(JSON.parse(events[0]?.after ?? '').identifier).toEqual({ commitment: expect.stringMatching(/^[\w-]{43}$/) })
    expect(await requireWholeChain(server.db, server.workspaceId)).toBeGreaterThan(5)
  })
})

/** Which of the texts occur anywhere, in whatever case: in rows on PostgreSQL, in the bytes of the file on SQLite. */
async function textsIn({ db, database }: TestServer, texts: string[]): Promise<string[]> {
  const stored = database.url.startsWith('sqlite:') ? await bytesOf(database.url.slice(7)) : await rowsOf(db)
  return texts.filter((text) => stored.includes(text))
}

/** The write-ahead log is a passing copy that the next checkpoint empties; what counts is the database behind it. */
async function bytesOf(path: string): Promise<string> {
  const { openSqlite } = await import('../../db/sqlite-driver.ts')
  const connection = await openSqlite(path)
  expect(connection.run('pragma wal_checkpoint(truncate)').rows).toEqual([{ busy: 0, log: 0, checkpointed: 0 }])
  connection.close()
  const contents = await Promise.all([path, `${path}-wal`].map(contentsOf))
  return contents.join('\n').toLowerCase()
}

async function contentsOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    return (await file.readFile()).toString('latin1')
  } finally {
    await file.close()
  }
}

async function rowsOf(db: TestServer['db']): Promise<string> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db.read)
  const rows = await Promise.all(
    tables.rows.map(({ name }) => sql`select t::text as row from ${sql.table(name)} t`.execute(db.read)),
  )
  return JSON.stringify(rows.map((result) => result.rows)).toLowerCase()
}

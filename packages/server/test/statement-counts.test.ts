// How often a hot request asks the database, once it has been made before: the guard of its speed, without times.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from './client.ts'
import { testDatabases } from './databases.ts'
import { makeChannel, makeExternalUser } from './factories.ts'
import { postForm } from './oauth.ts'
import { makeSecret } from '../src/lib/secret.ts'
import { startTestServer, type TestServer } from './test-server.ts'

/** What is not the request's own: news of other processes, the frame of a transaction and of a commit, the sealer's work, leases, last uses. */
const background = /^(pragma|savepoint|release) |update search_marks|(from|update) "?events|leases|last_used_at/

interface Statement {
  readonly text: string
  readonly wasPrepared: boolean
}

describe.each(testDatabases)('a request made before, on $name', (kind) => {
  const statements: Statement[] = []
  let server: TestServer
  let client: Client
  let id: string
  let channelId: string

  beforeAll(async () => {
    const onStatement = (text: string, wasPrepared: boolean) => void statements.push({ text, wasPrepared })
    server = await startTestServer(kind, { database: { onStatement } })
    client = server.client
    channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    id = (await makeExternalUser(client, { channelId, externalId: 'crm-1', identifier: 'ada@example.com' })).id
  })
  afterAll(() => server.close())

  async function statementsOf(request: () => Promise<{ status: number }>, status: number): Promise<Statement[]> {
    statements.length = 0
    expect((await request()).status).toBe(status)
    return statements.filter(({ text }) => !background.test(text))
  }

  /** A first request fills what is remembered, and what is remembered is forgotten when another process wrote meanwhile. */
  async function expectStatements(count: number, request: () => Promise<{ status: number }>, status = 200) {
    await request()
    await vi.waitFor(async () => {
      const asked = await statementsOf(request, status)
      expect(asked.map(({ text }) => text)).toHaveLength(count)
      expect(asked.filter(({ wasPrepared }) => !wasPrepared)).toEqual([])
      // SQLite plans such a statement anew at each run.
      if (kind.name === 'SQLite') expect(asked.filter(({ text }) => /\blimit \?\d*(?! \+ 0|\d)/.test(text))).toEqual([])
    }, 10_000)
  }

  const selectors: [string, () => object][] = [
    ['id', () => ({ id })],
    ['external id', () => ({ externalId: 'crm-1' })],
    ['identifier', () => ({ identifier: 'Ada@Example.com' })],
    ['external id and identifier', () => ({ externalId: 'crm-1', identifier: 'ada@example.com' })],
  ]
  it.each(selectors)('lets a known external user in with one statement, found by its %s', async (_, selector) => {
    await expectStatements(1, () => client.post('/external-users/authenticate', { channelId, ...selector() }))
  })

  it('shows one external user with one', async () => {
    await expectStatements(1, () => client.get(`/external-users/${id}`))
  })

  it('lists a page that was asked for before with one, whatever its filters', async () => {
    await expectStatements(1, () => client.get(`/external-users?channelIds=${channelId}&pageSize=50`))
    await expectStatements(1, () => client.get(`/external-users?ids=${id}`))
  })

  it('lists a page that nobody asked for before with one', async () => {
    let pageSize = 1
    await expectStatements(1, () =>
      client.get(
        `/external-users?channelIds=${channelId}&pageSize=${(pageSize += 1)}&createdAfter=2026-01-01T00:00:00Z`,
      ),
    )
  })

  it('says of a token with one whether it is alive', async () => {
    const { body } = await client.post('/external-users/authenticate', { channelId, externalId: 'crm-1' })
    const authorization = { authorization: `Bearer ${client.key}` }
    await expectStatements(1, () =>
      postForm(client.address, '/oauth2/introspect', { token: body.accessToken }, authorization),
    )
  })

  it('creates an external user with four, its event and its token included', async () => {
    let made = 0
    await expectStatements(4, () => client.post('/external-users', { channelId, externalId: `new-${(made += 1)}` }))
  })

  it('refuses a key with a wrong checksum with none', async () => {
    const forged = client.as(client.key.slice(0, -1) + (client.key.endsWith('A') ? 'B' : 'A'))
    await expectStatements(0, () => forged.get('/tiers'), 401)
  })

  it('refuses a well-formed key that nobody has with none', async () => {
    const stranger = client.as(makeSecret('nxk'))
    await expectStatements(0, () => stranger.get('/tiers'), 401)
  })
})

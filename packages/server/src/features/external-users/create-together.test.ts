import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('external users created at once on $name', (kind) => {
  const statements: string[] = []
  let server: TestServer
  let client: Client

  const create = (body: object, headers?: Record<string, string>) => client.post('/external-users', body, headers)
  const outcome = ({ status, body }: Reply) => (status === 200 ? 200 : body.code)
  const rowsOf = <T extends 'external_users' | 'super_identities'>(table: T, id: string) =>
    server.db.read
      .selectFrom(table as 'external_users')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
  const countPersons = async () => (await server.db.read.selectFrom('super_identities').select('id').execute()).length

  beforeAll(async () => {
    const onStatement = (text: string) => void statements.push(text)
    server = await startTestServer(kind, { database: { onStatement } })
    client = server.client
  })
  afterAll(() => server.close())

  it('share their statements, and each has its own account, person, event and token', async () => {
    const channel = await makeChannel(client, { identifierKind: 'email' })
    const before = await requireWholeChain(server.db, server.workspaceId)
    // Whose connections are open arrive in one turn.
    await Promise.all(Array.from({ length: 40 }, () => client.get('/tiers')))
    statements.length = 0
    const bodies = Array.from({ length: 40 }, (_, i) => ({
      channelId: channel.id,
      externalId: `crm-${i}`,
      identifier: `User.${i}@Example.com`,
      name: `User ${i}`,
    }))
    const replies = await Promise.all(bodies.map((body) => create(body)))
    expect(statements.filter((text) => text.includes('into "external_users"')).length).toBeLessThan(30)
    for (const [i, { status, body }] of replies.entries()) {
      expect([status, body]).toEqual([200, expect.objectContaining(bodies[i] as object)])
      const claims = decodeJwt(body.accessToken)
      expect(claims).toMatchObject({ sub: body.id, super_identity_id: body.superIdentityId, name: `User ${i}` })
      const [event, ...more] = await eventsOf(server.db, body.id)
      expect(more).toEqual([])
      expect(JSON.parse(event?.openings ?? '').after.externalId).toBe(`crm-${i}`)
      expect((await client.get(`/external-users/${body.id}`)).body.externalId).toBe(`crm-${i}`)
    }
    expect(new Set(replies.map(({ body }) => body.superIdentityId)).size).toBe(40)
    expect(new Set(replies.map(({ body }) => decodeJwt(body.accessToken).jti)).size).toBe(40)
    expect(await requireWholeChain(server.db, server.workspaceId)).toBe(before + 40)
    // It was used, so that it can be archived and no longer deleted.
    expect((await client.delete(`/channels/${channel.id}`)).body.code).toBe('channel_in_use')
  })

  it('are refused each for itself, and leave no person behind', async () => {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const tierId = (await makeTier(client)).id
    const externalUserGroupId = (await makeGroup(client)).id
    await makeExternalUser(client, { channelId, externalId: 'crm-1', identifier: 'anna@example.com' })
    await client.post('/blocks', { reach: 'identifier', identifier: 'banned@example.com' })
    const [events, persons] = [await requireWholeChain(server.db, server.workspaceId), await countPersons()]
    const cases: [object, unknown][] = [
      [{ identifier: 'ben@example.com' }, 200],
      [{ identifier: 'Anna@EXAMPLE.com' }, 'identifier_taken'],
      [{ externalId: 'crm-1' }, 'external_id_taken'],
      [{ identifier: 'banned@example.com' }, 'external_user_blocked'],
      [{ identifier: 'no address' }, 'invalid_request'],
      [{ name: 'Nobody' }, 'invalid_request'],
      [{ identifier: 'tiered@example.com', tierId }, 200],
      [{ identifier: 'grouped@example.com', externalUserGroupId }, 200],
      [{ externalId: 'crm-3', tierId: randomUUID() }, 'tier_not_found'],
      [{ externalId: 'crm-3', externalUserGroupId: randomUUID() }, 'external_user_group_not_found'],
      [{ externalId: 'crm-3', channelId: randomUUID() }, 'channel_not_found'],
      [{ externalId: 'crm-3' }, 200],
      [{ externalId: 'crm-4', identifier: 'cleo@example.com' }, 200],
    ]
    const replies = await Promise.all(cases.map(([body]) => create({ channelId, ...body })))
    expect(replies.map(outcome)).toEqual(cases.map(([, expected]) => expected))
    expect(replies[6]?.body.tierId).toBe(tierId)
    expect(replies[7]?.body.externalUserGroupId).toBe(externalUserGroupId)
    expect(await requireWholeChain(server.db, server.workspaceId)).toBe(events + 5)
    expect(await countPersons()).toBe(persons + 5)
  })

  it('are one where they are the same, on however many nodes', async () => {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const persons = await countPersons()
    const other = await server.anotherNode()
    const same = Array.from({ length: 30 }, (_, i) => ({ channelId, externalId: `crm-${i % 20}` }))
    const replies = await Promise.all([
      ...same.map((body) => client.post('/external-users', body)),
      ...same.toReversed().map((body) => other.client.post('/external-users', body)),
    ])
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(20)
    expect(new Set(replies.map(outcome))).toEqual(new Set([200, 'external_id_taken']))
    expect(await countPersons()).toBe(persons + 20)
    await requireWholeChain(server.db, server.workspaceId)
    await other.close()
  })

  it.each([
    ['nothing but an external id', () => ({ externalId: 'crm' })],
    [
      'every field',
      async () => ({
        externalId: 'crm',
        identifier: 'Ann@Example.com',
        name: 'Ännä',
        tierId: (await makeTier(client, { tokenLifetimeSeconds: 77 })).id,
        externalUserGroupId: (await makeGroup(client)).id,
      }),
    ],
    ['the group and the tier of the channel', () => ({ identifier: 'ben@example.com' })],
  ])('are made as by a creation in a transaction of its own: with %s', async (_, fields) => {
    const tier = await makeTier(client, { tokenLifetimeSeconds: 99 })
    const group = await makeGroup(client)
    const settings = { identifierKind: 'email', defaultTierId: tier.id, defaultExternalUserGroupId: group.id }
    const [one, two] = [await makeChannel(client, settings), await makeChannel(client, settings)]
    const given = await fields()
    const replies = [
      await create({ channelId: one.id, ...given }),
      await create({ channelId: two.id, ...given }, { 'idempotency-key': randomUUID() }),
    ]
    const own = { id: '', channelId: '', superIdentityId: '', createdAt: '', updatedAt: '', accessToken: '' }
    const [together, alone] = await Promise.all(
      replies.map(async ({ body }) => {
        const { exp, iat, ...claims } = decodeJwt(body.accessToken)
        const [event] = await eventsOf(server.db, body.id)
        const ids = { id: '', channel_id: '', super_identity_id: '' }
        const times = { created_at: 0, updated_at: 0, row_key: 0 }
        return {
          answer: { ...body, ...own },
          claims: { ...claims, ...ids, sub: '', jti: '', lifetime: (exp as number) - (iat as number) },
          account: { ...(await rowsOf('external_users', body.id)), ...ids, ...times },
          person: { ...(await rowsOf('super_identities', body.superIdentityId)), ...ids, ...times },
          event: {
            type: event?.type,
            version: event?.subject_version,
            fields: Object.keys(JSON.parse(event?.after ?? '')),
          },
          openings: JSON.parse(event?.openings ?? '').after,
        }
      }),
    )
    expect(together).toEqual(alone)
  })

  it('get no token where nobody may come in without a referral', async () => {
    const channel = await makeChannel(client, { admission: 'referral' })
    const replies = await Promise.all([1, 2, 3].map((i) => create({ channelId: channel.id, externalId: `crm-${i}` })))
    expect(replies.map(({ status, body }) => [status, body.accessToken])).toEqual([1, 2, 3].map(() => [200, null]))
  })
})

// An account reads alike wherever it is shown: the database spells it for pages and alone, the presenter wherever else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lift, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { presentExternalUser } from './presenter.ts'

describe.each(testDatabases)('an account on $name', (kind) => {
  let server: TestServer
  let client: Client
  let channelId: string
  let now = Date.parse('2026-03-03T09:00:00.000Z')

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
    channelId = (await makeChannel(client, { identifierKind: 'opaque' })).id
  })
  afterAll(() => server.close())

  const text = async (path: string) => {
    const reply = await fetch(`${client.address}/api/v1${path}`, { headers: { authorization: `Bearer ${client.key}` } })
    expect(reply.status).toBe(200)
    return reply.text()
  }

  async function expectAlike(id: string, blocked = false): Promise<void> {
    const row = await server.db.read
      .selectFrom('external_users')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const presented = JSON.stringify(presentExternalUser(row, blocked))
    expect(await text(`/external-users/${id}`)).toBe(presented)
    expect(await text(`/external-users?ids=${id}`)).toBe(`[${presented}]`)
  }

  it.each([
    ['quotes and backslashes', String.raw`"Ada" \ O'Neil \n \u0041`],
    ['what looks like the next account', 'Ada","x":1},{"blocked":true,"id":"'],
    ['many scripts', 'Παναγιώτης 王小明 মৌসুমী 👩‍🚀 \u2028 \u00ad \u007f'],
    ['control characters', String.fromCodePoint(...Array.from({ length: 31 }, (_, i) => i + 1))],
  ])('spells %s alike', async (_, name) => {
    const { id } = await makeExternalUser(client, { channelId, externalId: `crm-${now}` })
    // Stored as other software might have: not every one of these is a name that the API takes.
    await server.db.write((tx) =>
      tx
        .updateTable('external_users')
        .set({ name, external_id: name, identifier: name, version: 2 })
        .where('id', '=', id)
        .execute(),
    )
    await expectAlike(id)
    expect(JSON.parse(await text(`/external-users?ids=${id}`))[0]).toMatchObject({ name, externalId: name })
    now += 1
  })

  it.each([
    '1970-01-01T00:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '2024-02-29T12:34:56.001Z',
    '2026-10-25T00:59:59.010Z',
    '2038-01-19T03:14:08.500Z',
    '9999-12-31T23:59:59.999Z',
  ])('shows the moment %s alike', async (moment) => {
    const { id } = await makeExternalUser(client, { channelId, externalId: `made-at-${moment}` })
    const updated = Math.min(Date.parse(moment) + 1_234, Date.parse('9999-12-31T23:59:59.999Z'))
    await server.db.write((tx) =>
      tx
        .updateTable('external_users')
        .set({ created_at: Date.parse(moment), updated_at: updated })
        .where('id', '=', id)
        .execute(),
    )
    await expectAlike(id)
    expect(JSON.parse(await text(`/external-users?ids=${id}`))[0]).toMatchObject({ createdAt: moment })
  })

  it('shows groups, tiers and blocks alike', async () => {
    const [group, tier] = [await makeGroup(client), await makeTier(client)]
    const fields = { channelId, externalUserGroupId: group.id, tierId: tier.id }
    const user = await makeExternalUser(client, { ...fields, externalId: 'all', identifier: 'all', name: 'All' })
    await expectAlike(user.id)
    const block = await makeBlock(client, { reach: 'person', superIdentityId: user.superIdentityId })
    await expectAlike(user.id, true)
    await lift(client, block.id)
    await expectAlike(user.id)
  })

  it('is the last where its page ends, however many there are', async () => {
    const channel = await makeChannel(client, { identifierKind: 'opaque' })
    const made: string[] = []
    for (const name of ['Ada', ',{"blocked":', 'Eve']) {
      now += 1
      made.unshift((await makeExternalUser(client, { channelId: channel.id, externalId: `cut-${now}`, name })).id)
    }
    for (const size of [1, 2, 3, 4]) {
      const walked: string[] = []
      let path: string | undefined = `/external-users?channelIds=${channel.id}&pageSize=${size}`
      while (path) {
        const { body, headers } = await client.get(path)
        walked.push(...body.map(({ id }: { id: string }) => id))
        path = /\/api\/v1(\/[^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      }
      expect(walked).toEqual(made)
    }
    expect(await text(`/external-users?channelIds=${crypto.randomUUID()}`)).toBe('[]')
  })
})

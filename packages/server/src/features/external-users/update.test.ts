import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { countEvents, eventsOf } from '../../../test/events.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const refusal = ({ status, body }: Reply) => [status, body.code]
const issue = ({ status, body }: Reply) => [status, body.code, body.issues?.[0]?.path]

describe.each(testDatabases)('updating external users on $name', (kind) => {
  let server: TestServer
  let client: Client
  let now = Date.parse('2026-03-03T09:00:00.000Z')

  const patch = (id: string, body: object, headers?: Record<string, string>) =>
    client.patch(`/external-users/${id}`, body, headers)

  beforeAll(async () => {
    server = await startTestServer(kind, { clock: { now: () => now } })
    client = server.client
  })
  afterAll(() => server.close())

  async function wholeUser() {
    const [tier, group] = [await makeTier(client), await makeGroup(client)]
    const fields = {
      identifier: 'anna',
      externalId: 'crm-1',
      name: 'Anna',
      tierId: tier.id,
      externalUserGroupId: group.id,
    }
    const { accessToken: _, ...user } = await makeExternalUser(client, fields)
    return user
  }

  it('changes what is given and keeps what is absent; one event names exactly the changed fields', async () => {
    const user = await wholeUser()
    now += 1_000
    const { status, body, headers } = await patch(user.id, {
      name: 'Anna Maria',
      tierId: user.tierId,
      identifier: 'anna',
    })
    expect([status, headers.get('etag')]).toEqual([200, '"2"'])
    expect(body).toEqual({ ...user, name: 'Anna Maria', updatedAt: new Date(now).toISOString() })
    const event = (await eventsOf(server.db, user.id))[1]
    expect([event?.type, event?.subject_version]).toEqual(['external_user.updated', 2])
    expect(Object.keys(JSON.parse(event?.before ?? ''))).toEqual(['name'])
    expect(Object.keys(JSON.parse(event?.after ?? ''))).toEqual(['name'])
    expect(JSON.parse(event?.openings ?? '')).toMatchObject({ before: { name: 'Anna' }, after: { name: 'Anna Maria' } })
  })

  it('clears every nullable field by null', async () => {
    const user = await wholeUser()
    const nothing = { identifier: null, externalId: null, name: null, tierId: null, externalUserGroupId: null }
    const { status, body } = await patch(user.id, nothing)
    expect([status, body]).toEqual([200, { ...user, ...nothing, updatedAt: expect.any(String) }])
    // What was given up is free for somebody else.
    const next = await makeExternalUser(client, { channelId: user.channelId, identifier: 'anna', externalId: 'crm-1' })
    expect(next.id).not.toBe(user.id)
  })

  it('raises no version and writes no event when nothing changes', async () => {
    const user = await wholeUser()
    const before = await countEvents(server.db)
    now += 1_000
    for (const body of [{}, { name: 'Anna' }, { blocked: false, externalId: 'crm-1' }]) {
      const reply = await patch(user.id, body)
      expect([reply.status, reply.headers.get('etag'), reply.body]).toEqual([200, '"1"', user])
    }
    expect(await countEvents(server.db)).toBe(before)
  })

  it('honours If-Match and leaves the row as it was when it does not match', async () => {
    const user = await wholeUser()
    expect((await patch(user.id, { name: 'Berta' }, { 'if-match': '"1"' })).status).toBe(200)
    for (const tag of ['"1"', '2', 'W/"2"', '"x"']) {
      expect(refusal(await patch(user.id, { name: 'Clara' }, { 'if-match': tag }))).toEqual([
        412,
        'precondition_failed',
      ])
    }
    expect((await client.get(`/external-users/${user.id}`)).body.name).toBe('Berta')
    expect((await patch(user.id, { name: 'Clara' }, { 'if-match': '"7", "2"' })).status).toBe(200)
    expect((await patch(user.id, { name: 'Doris' }, { 'if-match': '*' })).headers.get('etag')).toBe('"4"')
  })

  it('blocks and unblocks, each with its event, and every list and answer shows it', async () => {
    const user = await wholeUser()
    const blocked = await patch(user.id, { blocked: true })
    expect([blocked.body.blocked, blocked.body]).not.toHaveProperty('accessToken')
    expect(blocked.body).toEqual({ ...user, blocked: true, updatedAt: expect.any(String) })
    const tag = blocked.headers.get('etag')
    expect(tag).toMatch(/^"2\./)
    expect((await patch(user.id, { blocked: true })).headers.get('etag')).toBe(tag)
    const listed = async (value: boolean) =>
      (await client.get(`/external-users?ids=${user.id}&blocked=${value}`)).body.length
    expect([await listed(true), await listed(false)]).toEqual([1, 0])
    const unblocked = await patch(user.id, { blocked: false, name: 'Berta' })
    expect(unblocked.body).toMatchObject({ blocked: false, name: 'Berta' })
    expect([await listed(true), await listed(false)]).toEqual([0, 1])
    const events = await eventsOf(server.db, user.id)
    expect(events.map(({ type }) => type)).toEqual([
      'external_user.created',
      'external_user.blocked',
      'external_user.unblocked',
    ])
    expect(Object.keys(JSON.parse(events[2]?.after ?? ''))).toEqual(['blocked', 'name'])
  })

  it('keeps identifiers and external ids unique on the channel in canonical form', async () => {
    const channelId = (await makeChannel(client, { identifierKind: 'email' })).id
    const anna = await makeExternalUser(client, { channelId, externalId: 'anna', identifier: 'anna@example.com' })
    const ben = await makeExternalUser(client, { channelId, externalId: 'ben', identifier: 'ben@example.com' })
    expect(refusal(await patch(ben.id, { identifier: 'ANNA@example.COM' }))).toEqual([409, 'identifier_taken'])
    expect(refusal(await patch(ben.id, { externalId: 'anna' }))).toEqual([409, 'external_id_taken'])
    expect(issue(await patch(ben.id, { identifier: 'ben' }))).toEqual([400, 'invalid_request', 'identifier'])
    expect((await client.get(`/external-users/${ben.id}`)).headers.get('etag')).toBe('"1"')
    // Another spelling of one's own address is a change of the shown text only.
    const respelt = await patch(anna.id, { identifier: 'Anna@Example.com' })
    expect([respelt.status, respelt.body.identifier]).toEqual([200, 'Anna@Example.com'])
    const found = await client.post('/external-users/authenticate', { channelId, identifier: 'anna@example.com' })
    expect(found.body.id).toBe(anna.id)
  })

  it('finds the changed texts and no longer the old ones', async () => {
    const user = await wholeUser()
    const search = async (text: string) =>
      (await client.get(`/external-users?channelIds=${user.channelId}&search=${text}`)).body.length
    await patch(user.id, { name: 'Zoë', identifier: 'zoe-7' })
    expect([await search('anna'), await search('zoe-7'), await search('ZOË'), await search('crm')]).toEqual([
      0, 1, 1, 1,
    ])
  })

  it('refuses fields that are not the caller’s to change, and unknown references', async () => {
    const user = await wholeUser()
    const other = (await server.otherWorkspace()).client
    for (const field of ['id', 'channelId', 'superIdentityId', 'workspaceId', 'createdAt', 'accessToken']) {
      expect(issue(await patch(user.id, { [field]: user.id }))).toEqual([400, 'invalid_request', field])
    }
    expect(issue(await patch(user.id, { blocked: null }))).toEqual([400, 'invalid_request', 'blocked'])
    expect(refusal(await patch(user.id, { tierId: (await makeTier(other)).id }))).toEqual([404, 'tier_not_found'])
    const group = await patch(user.id, { externalUserGroupId: randomUUID() })
    expect(refusal(group)).toEqual([404, 'external_user_group_not_found'])
    for (const id of [randomUUID(), (await makeExternalUser(other)).id, 'no-uuid']) {
      expect(refusal(await patch(id, { name: 'Anna' }))).toEqual([404, 'external_user_not_found'])
    }
    expect((await client.get(`/external-users/${user.id}`)).body).toEqual(user)
  })

  it('never joins two persons: an address that another one holds is refused where addresses are vouched for', async () => {
    const vouching = { identifierKind: 'email', admission: 'referral' }
    const [one, two] = [await makeChannel(client, vouching), await makeChannel(client, vouching)]
    const anna = await makeExternalUser(client, { channelId: one.id, identifier: 'anna@example.org' })
    const ben = await makeExternalUser(client, { channelId: two.id, identifier: 'ben@example.org' })
    const refused = await patch(ben.id, { identifier: 'ANNA@example.org' })
    expect(refusal(refused)).toEqual([409, 'identifier_held_by_another_person'])
    expect((await patch(ben.id, { identifier: 'benno@example.org' })).status).toBe(200)
    expect((await client.get(`/super-identities/${ben.superIdentityId}`)).body.email).toBe('benno@example.org')
    // Given up by its person, an address may come to another one.
    expect((await patch(anna.id, { identifier: null })).status).toBe(200)
    expect((await patch(ben.id, { identifier: 'anna@example.org' })).status).toBe(200)
    const again = await makeExternalUser(client, { channelId: one.id, identifier: 'benno@example.org' })
    expect([anna.superIdentityId, ben.superIdentityId]).not.toContain(again.superIdentityId)
  })
})

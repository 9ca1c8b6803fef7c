// Whom each reach refuses, and which tokens end with it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticate, isAlive, lift, makeBlock, tokenFor } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('the reach of a block on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())
  // Blocks without a channel reach the whole workspace, so each test has its own.
  const own = async () => (client = (await server.otherWorkspace()).client)

  const create = async (fields: object) => {
    const { status, body } = await client.post('/external-users', fields)
    return status === 200 ? 'created' : body.code
  }
  const countUsers = async () => Number((await client.get('/external-users?count=exact')).headers.get('total-count'))

  /** Two accounts of one person: made by hand in the database, since only a reviewer's door joins accounts. */
  async function twoAccounts() {
    const first = await makeExternalUser(client)
    const second = await makeExternalUser(client)
    const { superIdentityId: super_identity_id } = first
    await server.db.write((tx) =>
      tx.updateTable('external_users').set({ super_identity_id }).where('id', '=', second.id).execute(),
    )
    return [first, second] as const
  }

  it('is one account for external-user, and lets the person in by another', async () => {
    await own()
    const [first, second] = await twoAccounts()
    await makeBlock(client, { reach: 'external-user', externalUserId: first.id })
    expect(await authenticate(client, { channelId: first.channelId, id: first.id })).toBe('external_user_blocked')
    expect(await authenticate(client, { channelId: first.channelId, externalId: first.externalId })).toBe(
      'external_user_blocked',
    )
    expect(await authenticate(client, { channelId: second.channelId, id: second.id })).toBe('let in')
  })

  it('is every account of one person for person', async () => {
    await own()
    const users = await twoAccounts()
    const tokens = users.map((user) => user.accessToken as string)
    await makeBlock(client, { reach: 'person', superIdentityId: users[0].superIdentityId })
    for (const { id, channelId } of users) {
      expect(await authenticate(client, { channelId, id })).toBe('external_user_blocked')
      expect((await client.get(`/external-users/${id}`)).body.blocked).toBe(true)
    }
    for (const token of tokens) expect(await isAlive(client, token)).toBe(false)
  })

  it('refuses to create an account that would join a blocked person, and makes nothing', async () => {
    await own()
    const door = { identifierKind: 'email', admission: 'referral' }
    const [first, second] = [await makeChannel(client, door), await makeChannel(client, door)]
    const user = await makeExternalUser(client, { channelId: first.id, identifier: 'ann@example.com' })
    await makeBlock(client, { reach: 'person', superIdentityId: user.superIdentityId })
    expect(await create({ channelId: second.id, identifier: 'Ann@example.com' })).toBe('external_user_blocked')
    expect(await countUsers()).toBe(1)
  })

  it('is whoever comes with the identifier, strangers too, who leave no trace', async () => {
    await own()
    const channel = await makeChannel(client, { identifierKind: 'email' })
    await makeBlock(client, { reach: 'identifier', identifier: 'Mallory@Example.com' })
    const selectors = { channelId: channel.id, identifier: 'mallory@EXAMPLE.com' }
    expect(await authenticate(client, selectors)).toBe('external_user_blocked')
    expect(await create(selectors)).toBe('external_user_blocked')
    expect(await authenticate(client, { ...selectors, externalId: 'crm-mallory' })).toBe('external_user_blocked')
    expect([await countUsers(), (await client.get('/super-identities')).body]).toEqual([0, []])
    expect((await client.get(`/channels/${channel.id}`)).headers.get('etag')).toBe('"1"')
    expect((await client.delete(`/channels/${channel.id}`)).status).toBe(200)
  })

  it('is what each channel makes of the identifier when no channel is given', async () => {
    await own()
    const german = await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'DE' })
    const british = await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'GB' })
    const opaque = await makeChannel(client)
    await makeBlock(client, { reach: 'identifier', identifier: '030 901820' })
    const refused = async (channelId: string, identifier: string) =>
      (await authenticate(client, { channelId, identifier })) === 'external_user_blocked'
    expect(await refused(german.id, '+49 30 901820')).toBe(true)
    expect(await refused(british.id, '+49 30 901820')).toBe(true)
    expect(await refused(opaque.id, '030 901820')).toBe(true)
    expect(await refused(opaque.id, '+49 30 901820')).toBe(false)
    expect(await refused(german.id, '+49 30 901821')).toBe(false)
  })

  it('includes channels that are made, or read numbers otherwise, after the block', async () => {
    await own()
    await makeBlock(client, { reach: 'identifier', identifier: '030 901820' })
    const later = await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'US' })
    const number = { channelId: later.id, identifier: '+49 30 901820' }
    const user = await makeExternalUser(client, number)
    const token = await tokenFor(client, number)
    expect((await client.patch(`/channels/${later.id}`, { defaultCountry: 'DE' })).status).toBe(200)
    expect(await authenticate(client, number)).toBe('external_user_blocked')
    expect(await authenticate(client, { channelId: later.id, id: user.id })).toBe('external_user_blocked')
    expect(await isAlive(client, token)).toBe(false)
    const cutOff = await server.db.read
      .selectFrom('cut_offs')
      .select('number')
      .where('subject_id', '=', user.id)
      .execute()
    expect(cutOff).toHaveLength(1)
    const email = await makeChannel(client, { identifierKind: 'email' })
    await makeBlock(client, { reach: 'identifier', identifier: 'mallory@example.com' })
    const third = await makeChannel(client, { identifierKind: 'email' })
    for (const channelId of [email.id, third.id]) {
      expect(await authenticate(client, { channelId, identifier: 'MALLORY@example.com' })).toBe('external_user_blocked')
    }
  })

  it('is one channel alone when it is given', async () => {
    await own()
    const [here, there] = [await makeChannel(client), await makeChannel(client)]
    const elsewhere = await makeExternalUser(client, { channelId: there.id, identifier: 'mallory' })
    await makeBlock(client, { reach: 'identifier', identifier: 'mallory', channelId: here.id })
    expect(await authenticate(client, { channelId: here.id, identifier: 'mallory' })).toBe('external_user_blocked')
    expect(await create({ channelId: here.id, identifier: 'mallory' })).toBe('external_user_blocked')
    expect(await authenticate(client, { channelId: there.id, identifier: 'mallory' })).toBe('let in')
    expect(await isAlive(client, elsewhere.accessToken as string)).toBe(true)
    const blocked = (await client.get('/external-users?blocked=true')).body
    expect(blocked).toEqual([])
  })

  it('follows its channel to another way of reading numbers', async () => {
    await own()
    const channel = await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'DE' })
    await makeBlock(client, { reach: 'identifier', identifier: '020 79460000', channelId: channel.id })
    const london = { channelId: channel.id, identifier: '+44 20 79460000' }
    const token = await tokenFor(client, london)
    await client.patch(`/channels/${channel.id}`, { defaultCountry: 'GB' })
    expect(await authenticate(client, london)).toBe('external_user_blocked')
    expect(await isAlive(client, token)).toBe(false)
    const elsewhere = await makeChannel(client, { identifierKind: 'phone', defaultCountry: 'GB' })
    expect(await authenticate(client, { ...london, channelId: elsewhere.id })).toBe('let in')
  })

  it('gives an account that takes a blocked identifier the fate of the others', async () => {
    await own()
    const user = await makeExternalUser(client, { identifier: 'harmless' })
    await makeBlock(client, { reach: 'identifier', identifier: 'mallory' })
    const { status, body } = await client.patch(`/external-users/${user.id}`, { identifier: 'mallory' })
    expect([status, body.blocked]).toEqual([200, true])
    expect(await isAlive(client, user.accessToken as string)).toBe(false)
    await client.patch(`/external-users/${user.id}`, { identifier: 'harmless' })
    expect(await authenticate(client, { channelId: user.channelId, id: user.id })).toBe('let in')
    expect(await isAlive(client, user.accessToken as string)).toBe(false)
  })

  const blocksOf = {
    'external-user': (user: { id: string }) => ({ externalUserId: user.id }),
    person: (user: { superIdentityId: string }) => ({ superIdentityId: user.superIdentityId }),
    identifier: (user: { identifier: string | null }) => ({ identifier: user.identifier }),
  }

  it.each(Object.entries(blocksOf))(
    '%s: ends the tokens it covers at once; after a lift a new one lives, an old one stays dead',
    async (reach, subject) => {
      await own()
      const user = await makeExternalUser(client, { identifier: 'ann' })
      const bystander = await makeExternalUser(client, { channelId: user.channelId, identifier: 'bob' })
      const old = [user.accessToken as string, await tokenFor(client, { channelId: user.channelId, id: user.id })]
      const block = await makeBlock(client, { reach, ...subject(user) })
      for (const token of old) expect(await isAlive(client, token)).toBe(false)
      await lift(client, block.id)
      const fresh = await tokenFor(client, { channelId: user.channelId, id: user.id })
      expect(await isAlive(client, fresh)).toBe(true)
      for (const token of old) expect(await isAlive(client, token)).toBe(false)
      expect(await isAlive(client, bystander.accessToken as string)).toBe(true)
    },
  )

  it.each(Object.entries(blocksOf))('%s: shows as blocked in get, list and the filter', async (reach, subject) => {
    await own()
    const user = await makeExternalUser(client, { identifier: 'ann' })
    const bystander = await makeExternalUser(client, { channelId: user.channelId, identifier: 'bob' })
    const seen = async () => {
      const ids = async (query: string) =>
        (await client.get(`/external-users${query}`)).body.map((u: { id: string }) => u.id)
      const { body } = await client.get('/external-users')
      const listed = body.filter((u: { blocked: boolean }) => u.blocked).map((u: { id: string }) => u.id)
      const got = (await client.get(`/external-users/${user.id}`)).body.blocked
      return { got, listed, filtered: await ids('?blocked=true'), others: await ids('?blocked=false') }
    }
    const open = { got: false, listed: [], filtered: [], others: expect.arrayContaining([user.id, bystander.id]) }
    expect(await seen()).toEqual(open)
    const before = (await client.get(`/external-users/${user.id}`)).headers.get('etag') as string
    const block = await makeBlock(client, { reach, ...subject(user) })
    expect(await seen()).toEqual({ got: true, listed: [user.id], filtered: [user.id], others: [bystander.id] })
    expect((await client.get(`/external-users/${user.id}`, { 'if-none-match': before })).status).toBe(200)
    await lift(client, block.id)
    expect(await seen()).toEqual(open)
  })

  it('outlives erasure: who was meant goes, the ban stays', async () => {
    await own()
    const user = await makeExternalUser(client, { identifier: 'mallory-to-forget' })
    const block = await makeBlock(client, { reach: 'identifier', identifier: 'Mallory-to-forget'.toLowerCase() })
    const openings = async () => (await eventsOf(server.db, block.id)).map((event) => event.openings)
    expect((await openings())[0]).toContain('mallory-to-forget')
    await client.post(`/external-users/${user.id}/erase`)
    expect((await client.get(`/blocks/${block.id}`)).body).toMatchObject({ identifier: null, liftedAt: null })
    expect(await openings()).toEqual([null])
    const selectors = { channelId: user.channelId, identifier: 'mallory-to-forget' }
    expect([await authenticate(client, selectors), await create(selectors)]).toEqual([
      'external_user_blocked',
      'external_user_blocked',
    ])
    await requireWholeChain(server.db, user.workspaceId)
    expect((await lift(client, block.id)).identifier).toBeNull()
    expect(await authenticate(client, selectors)).toBe('let in')
  })
})

// `blocked` of an external user in a patch: it speaks of the account's own blocks alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticate, isAlive, makeBlock } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('blocked in a patch on $name', (kind) => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind)
  })
  afterAll(() => server.close())

  const patch = (id: string, body: object) => server.client.patch(`/external-users/${id}`, body)
  const blocksOf = async (id: string) => (await server.client.get(`/blocks?externalUserId=${id}`)).body
  const events = async (id: string) => (await eventsOf(server.db, id)).map((event) => event.type)

  it('true places one block on the account, without reason or end, and ends its tokens', async () => {
    const user = await makeExternalUser(server.client)
    const { status, body } = await patch(user.id, { blocked: true, name: 'Mallory' })
    expect([status, body.blocked, body.name]).toEqual([200, true, 'Mallory'])
    expect(await blocksOf(user.id)).toEqual([
      expect.objectContaining({ reach: 'external-user', reason: null, endsAt: null, liftedAt: null }),
    ])
    expect(await authenticate(server.client, { channelId: user.channelId, id: user.id })).toBe('external_user_blocked')
    expect(await isAlive(server.client, user.accessToken as string)).toBe(false)
    expect(await events(user.id)).toEqual(['external_user.created', 'external_user.blocked'])
  })

  it('true again changes nothing, and beside a timed one of the account it places one without end', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = new Date(Date.now() + 60_000).toISOString()
    await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    const first = await patch(user.id, { blocked: true })
    const second = await patch(user.id, { blocked: true })
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect((await blocksOf(user.id)).map((block: { endsAt: string | null }) => block.endsAt)).toEqual([null, endsAt])
  })

  it('false lifts every block of the account in one change', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = new Date(Date.now() + 60_000).toISOString()
    await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
    const { status, body } = await patch(user.id, { blocked: false })
    expect([status, body.blocked]).toEqual([200, false])
    for (const block of await blocksOf(user.id)) {
      expect(block).toMatchObject({ liftedAt: expect.any(String), liftedBy: block.actor })
    }
    expect(await authenticate(server.client, { channelId: user.channelId, id: user.id })).toBe('let in')
    expect(await isAlive(server.client, user.accessToken as string)).toBe(false)
    expect((await events(user.id)).slice(3)).toEqual(['external_user.unblocked'])
    const etag = (await server.client.get(`/external-users/${user.id}`)).headers.get('etag')
    expect((await patch(user.id, { blocked: false })).headers.get('etag')).toBe(etag)
  })

  it.each(['person', 'identifier'])(
    'false is refused while a block on the %s remains, names it, and changes nothing',
    async (reach) => {
      const user = await makeExternalUser(server.client, { identifier: `elsewhere-${reach}` })
      const subject = reach === 'person' ? { superIdentityId: user.superIdentityId } : { identifier: user.identifier }
      const other = await makeBlock(server.client, { reach, ...subject })
      const own = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
      const before = await server.client.get(`/external-users/${user.id}`)
      const told = await events(user.id)
      const refused = await patch(user.id, { blocked: false, name: 'Mallory' })
      expect([refused.status, refused.body.code]).toEqual([409, 'blocked_elsewhere'])
      expect(refused.body.message).toContain(other.id)
      expect(refused.body.message).toContain(reach)
      const after = await server.client.get(`/external-users/${user.id}`)
      expect([after.body, after.headers.get('etag')]).toEqual([before.body, before.headers.get('etag')])
      expect((await server.client.get(`/blocks/${own.id}`)).body.liftedAt).toBeNull()
      expect(await events(user.id)).toEqual(told)
    },
  )

  it('of other fields leaves the block alone and still shows it', async () => {
    const user = await makeExternalUser(server.client)
    await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId })
    const { body } = await patch(user.id, { name: 'Mallory' })
    expect([body.name, body.blocked]).toEqual(['Mallory', true])
    expect((await patch(user.id, { blocked: true })).body.blocked).toBe(true)
    expect(await blocksOf(user.id)).toHaveLength(1)
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lift, makeBlock } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const id = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe.each(testDatabases)('blocks on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let keyId: string

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    keyId = (await server.client.get('/api-keys')).body[0].id
  })
  afterAll(() => server.close())

  it('shows a new block with every field, and again when it is read', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = new Date(clock.at + 60_000).toISOString()
    const made = await server.client.post('/blocks', {
      reach: 'external-user',
      externalUserId: user.id,
      reason: 'Threatened a driver',
      endsAt,
    })
    expect(made.status).toBe(200)
    expect(made.body).toEqual({
      id,
      createdAt: time,
      updatedAt: made.body.createdAt,
      reach: 'external-user',
      externalUserId: user.id,
      superIdentityId: null,
      identifier: null,
      channelId: null,
      reason: 'Threatened a driver',
      actor: { kind: 'api_key', id: keyId },
      endsAt,
      liftedAt: null,
      liftedBy: null,
      workspaceId: server.workspaceId,
    })
    const read = await server.client.get(`/blocks/${made.body.id}`)
    expect(read.body).toEqual(made.body)
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'))
  })

  it('shows the subject that the reach names and leaves the others null', async () => {
    const user = await makeExternalUser(server.client)
    const nothing = {
      externalUserId: null,
      superIdentityId: null,
      identifier: null,
      channelId: null,
      reason: null,
      endsAt: null,
    }
    const person = await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId })
    expect(person).toMatchObject({ ...nothing, superIdentityId: user.superIdentityId })
    const { channelId } = user
    const identifier = await makeBlock(server.client, { reach: 'identifier', identifier: ' As Written ', channelId })
    expect(identifier).toMatchObject({ ...nothing, identifier: ' As Written ', channelId })
  })

  it('takes exactly the subject that the reach names', async () => {
    const user = await makeExternalUser(server.client)
    const account = { externalUserId: user.id }
    const person = { superIdentityId: user.superIdentityId }
    const wrong: [object, string][] = [
      [{ reach: 'external-user' }, 'externalUserId'],
      [{ reach: 'person', ...account }, 'externalUserId'],
      [{ reach: 'person' }, 'superIdentityId'],
      [{ reach: 'identifier' }, 'identifier'],
      [{ reach: 'external-user', ...account, ...person }, 'superIdentityId'],
      [{ reach: 'external-user', ...account, channelId: user.channelId }, 'channelId'],
      [{ reach: 'external-user', ...account, endsAt: new Date(clock.at).toISOString() }, 'endsAt'],
      [{ reach: 'everybody', ...account }, 'reach'],
      [{ reach: 'external-user', ...account, reason: 'x'.repeat(501) }, 'reason'],
    ]
    for (const [body, path] of wrong) {
      const reply = await server.client.post('/blocks', body)
      expect([reply.status, reply.body.issues?.[0].path]).toEqual([400, path])
    }
    const bad = await makeChannel(server.client, { identifierKind: 'email' })
    const reply = await server.client.post('/blocks', {
      reach: 'identifier',
      identifier: 'no address',
      channelId: bad.id,
    })
    expect([reply.status, reply.body.issues[0].path]).toEqual([400, 'identifier'])
  })

  it('does not know the subjects and the blocks of another workspace', async () => {
    const other = await server.otherWorkspace()
    const foreign = await makeExternalUser(other.client)
    const block = await makeBlock(other.client, { reach: 'external-user', externalUserId: foreign.id })
    const headers = { 'x-request-id': 'the-same' }
    const answers = async (each: { id: string; superIdentityId: string; channelId: string; blockId: string }) => [
      await server.client.post('/blocks', { reach: 'external-user', externalUserId: each.id }, headers),
      await server.client.post('/blocks', { reach: 'person', superIdentityId: each.superIdentityId }, headers),
      await server.client.post(
        '/blocks',
        { reach: 'identifier', identifier: 'x1', channelId: each.channelId },
        headers,
      ),
      await server.client.get(`/blocks/${each.blockId}`, headers),
      await server.client.post(`/blocks/${each.blockId}/lift`, {}, headers),
    ]
    const random = { id: randomUUID(), superIdentityId: randomUUID(), channelId: randomUUID(), blockId: randomUUID() }
    const seen = await answers({ ...foreign, blockId: block.id })
    expect(seen.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'external_user_not_found'],
      [404, 'super_identity_not_found'],
      [404, 'channel_not_found'],
      [404, 'block_not_found'],
      [404, 'block_not_found'],
    ])
    expect(seen.map(({ body }) => body)).toEqual((await answers(random)).map(({ body }) => body))
    expect((await other.client.get(`/blocks/${block.id}`)).body.liftedAt).toBeNull()
  })

  it('lists the newest first, by reach, by subject, and by whether they are in force', async () => {
    const { client } = await server.otherWorkspace()
    const user = await makeExternalUser(client)
    const placed = []
    for (const fields of [
      { reach: 'external-user', externalUserId: user.id },
      { reach: 'external-user', externalUserId: user.id, endsAt: new Date(clock.at + 5_000).toISOString() },
      { reach: 'person', superIdentityId: user.superIdentityId },
      { reach: 'identifier', identifier: 'Somebody' },
    ]) {
      placed.push((await makeBlock(client, fields)).id)
      clock.at += 1_000
    }
    const [lasting, timed, person, identifier] = placed as [string, string, string, string]
    const ids = async (query: string) => (await client.get(`/blocks${query}`)).body.map((b: { id: string }) => b.id)
    expect(await ids('')).toEqual([identifier, person, timed, lasting])
    expect(await ids('?reach=person')).toEqual([person])
    expect(await ids(`?externalUserId=${user.id}`)).toEqual([timed, lasting])
    expect(await ids(`?superIdentityId=${user.superIdentityId}&reach=person`)).toEqual([person])
    expect(await ids('?live=false')).toEqual([])
    clock.at += 1_999
    expect(await ids('?live=false')).toEqual([timed])
    await lift(client, lasting)
    expect(await ids('?live=false')).toEqual([timed, lasting])
    expect(await ids('?live=true')).toEqual([identifier, person])
    const page = await client.get('/blocks?pageSize=3&count=exact')
    expect([page.body.length, page.headers.get('total-count')]).toEqual([3, '4'])
    const rest = new URL(/<(.*)>/.exec(page.headers.get('link') as string)?.[1] as string).search
    expect(await ids(rest)).toEqual([lasting])
  })

  it('keeps a lifted block readable, with who lifted it and when', async () => {
    const user = await makeExternalUser(server.client)
    const block = await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId })
    clock.at += 1_000
    const lifted = await lift(server.client, block.id, 'Apologised')
    const at = new Date(clock.at).toISOString()
    expect(lifted).toEqual({ ...block, updatedAt: at, liftedAt: at, liftedBy: { kind: 'api_key', id: keyId } })
    expect((await server.client.get(`/blocks/${block.id}`)).body).toEqual(lifted)
  })

  it('changes nothing and tells nothing when what is lifted is lifted again', async () => {
    const user = await makeExternalUser(server.client)
    const block = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
    const lifted = await lift(server.client, block.id, 'Apologised')
    const told = async () => (await eventsOf(server.db, user.id)).map((event) => event.id)
    const before = await told()
    clock.at += 1_000
    expect(await lift(server.client, block.id, 'Once more')).toEqual(lifted)
    expect(await told()).toEqual(before)
    expect((await server.client.get(`/external-users/${user.id}`)).headers.get('etag')).toBe('"3"')
  })

  it('gives another entity tag when the clock ends a block, recorded or not', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = new Date(clock.at + 60_000).toISOString()
    const { id: blockId } = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    const seen = (await server.client.get(`/blocks/${blockId}`)).headers.get('etag') as string
    const again = () => server.client.get(`/blocks/${blockId}`, { 'if-none-match': seen })
    expect((await again()).status).toBe(304)
    clock.at += 60_000
    const ended = await again()
    expect([ended.status, ended.body.liftedAt, ended.body.liftedBy]).toEqual([
      200,
      endsAt,
      { kind: 'system', id: null },
    ])
    expect(ended.headers.get('etag')).not.toBe(seen)
  })

  it('places one block for however many tries with one Idempotency-Key', async () => {
    const user = await makeExternalUser(server.client)
    const body = { reach: 'external-user', externalUserId: user.id }
    const first = await server.client.post('/blocks', body, { 'idempotency-key': 'block-once' })
    const second = await server.client.post('/blocks', body, { 'idempotency-key': 'block-once' })
    expect(second.body).toEqual(first.body)
    expect((await server.client.get(`/blocks?externalUserId=${user.id}`)).body).toHaveLength(1)
  })

  it('records one event for each change, named after what is blocked', async () => {
    const user = await makeExternalUser(server.client, { identifier: 'event-subject' })
    const endsAt = new Date(clock.at + 60_000).toISOString()
    const reason = 'Spam'
    const commitment = { commitment: expect.stringMatching(/^[\w-]{43}$/) }
    const told = async (subjectId: string) =>
      (await eventsOf(server.db, subjectId)).map(({ type, after, actor_kind, actor_id }) => {
        expect([actor_kind, actor_id]).toEqual(['api_key', keyId])
        return [type, JSON.parse(after as string)]
      })
    const account = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, reason, endsAt })
    const accountLifted = await lift(server.client, account.id, 'Sorry')
    expect((await told(user.id)).slice(1)).toEqual([
      ['external_user.blocked', { blockId: account.id, reach: 'external-user', reason: commitment, endsAt }],
      [
        'external_user.unblocked',
        { blockId: account.id, reach: 'external-user', liftedAt: accountLifted.liftedAt, reason: commitment },
      ],
    ])
    const person = await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId })
    await lift(server.client, person.id)
    expect((await told(user.superIdentityId)).map(([type]) => type)).toEqual([
      'super_identity.blocked',
      'super_identity.unblocked',
    ])
    const identifier = await makeBlock(server.client, { reach: 'identifier', identifier: 'event-subject' })
    await lift(server.client, identifier.id)
    const [blocked, unblocked] = await told(identifier.id)
    const where = { blockId: identifier.id, reach: 'identifier', identifier: commitment, channelId: null }
    expect(blocked).toEqual(['identifier.blocked', { ...where, reason: null, endsAt: null }])
    expect(unblocked?.[0]).toBe('identifier.unblocked')
    await requireWholeChain(server.db, server.workspaceId)
  })
})

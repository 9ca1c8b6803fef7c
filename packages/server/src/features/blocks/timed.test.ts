// Blocks with an end: the clock decides at the check, a chore records it later.
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticate, isAlive, lift, makeBlock, tokenFor } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeExternalUser } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { doChores } from '../../chores.ts'

const minute = 60_000
const log = pino({ level: 'silent' })

describe.each(testDatabases)('timed blocks on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
  })
  afterAll(() => server.close())

  const chores = (holder = 'one') =>
    doChores({ db: server.db, clock, log, secret: testSecret, publicUrl: server.address }, holder)
  const inOneMinute = () => new Date(clock.at + minute).toISOString()

  it('refuse until one millisecond before their end and let in at the end, whatever their reach', async () => {
    const user = await makeExternalUser(server.client, { identifier: 'timed' })
    const { id, channelId } = user
    const endsAt = inOneMinute()
    await makeBlock(server.client, { reach: 'external-user', externalUserId: id, endsAt })
    await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId, endsAt })
    await makeBlock(server.client, { reach: 'identifier', identifier: 'timed', endsAt })
    await makeBlock(server.client, { reach: 'identifier', identifier: 'timed stranger', endsAt })
    const verdicts = async () => [
      await authenticate(server.client, { channelId, id }),
      await authenticate(server.client, { channelId, identifier: 'timed stranger' }),
      (await server.client.get(`/external-users/${id}`)).body.blocked,
      (await server.client.get('/external-users?blocked=true')).body.length,
    ]
    clock.at += minute - 1
    expect(await verdicts()).toEqual(['external_user_blocked', 'external_user_blocked', true, 1])
    clock.at += 1
    expect(await verdicts()).toEqual(['let in', 'let in', false, 0])
    expect(await isAlive(server.client, user.accessToken as string)).toBe(false)
    expect(await isAlive(server.client, await tokenFor(server.client, { channelId, id }))).toBe(true)
  })

  it('last as long as the latest of several', async () => {
    const { id, channelId } = await makeExternalUser(server.client)
    await makeBlock(server.client, { reach: 'external-user', externalUserId: id, endsAt: inOneMinute() })
    clock.at += 1_000
    await makeBlock(server.client, { reach: 'external-user', externalUserId: id, endsAt: inOneMinute() })
    clock.at += minute - 1
    expect(await authenticate(server.client, { channelId, id })).toBe('external_user_blocked')
    clock.at += 1
    expect(await authenticate(server.client, { channelId, id })).toBe('let in')
  })

  it('get their end recorded later, once, as of the moment it was due and by the service itself', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = inOneMinute()
    const account = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    const identifier = await makeBlock(server.client, { reach: 'identifier', identifier: 'late', endsAt })
    clock.at += minute - 1
    await chores()
    expect(await eventsOf(server.db, user.id)).toHaveLength(2)
    clock.at += 5 * minute
    const [, etag] = await read(account.id)
    await chores()
    await chores()
    const recordedAt = new Date(clock.at).toISOString()
    const [shown, recordedEtag] = await read(account.id)
    expect(shown).toMatchObject({ liftedAt: endsAt, liftedBy: { kind: 'system', id: null }, updatedAt: recordedAt })
    expect(recordedEtag).not.toBe(etag)
    const events = (await eventsOf(server.db, user.id)).slice(2)
    expect(
      events.map(({ type, actor_kind, actor_id, subject_version }) => [type, actor_kind, actor_id, subject_version]),
    ).toEqual([['external_user.unblocked', 'system', null, 3]])
    expect(JSON.parse(events[0]?.after as string)).toEqual({
      blockId: account.id,
      reach: 'external-user',
      liftedAt: endsAt,
      reason: null,
    })
    expect((await eventsOf(server.db, identifier.id)).map((event) => event.type)).toEqual([
      'identifier.blocked',
      'identifier.unblocked',
    ])
    expect((await server.client.get(`/external-users/${user.id}`)).headers.get('etag')).toBe('"3"')
    await requireWholeChain(server.db, server.workspaceId)
  })

  const read = async (id: string) => {
    const { body, headers } = await server.client.get(`/blocks/${id}`)
    return [body, headers.get('etag')] as const
  }

  it('are not lifted by hand once they ended: that changes nothing', async () => {
    const user = await makeExternalUser(server.client)
    const endsAt = inOneMinute()
    const block = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    clock.at += minute
    expect(await lift(server.client, block.id)).toMatchObject({
      liftedAt: endsAt,
      liftedBy: { kind: 'system', id: null },
    })
    expect(await eventsOf(server.db, user.id)).toHaveLength(2)
    await chores()
    expect(await eventsOf(server.db, user.id)).toHaveLength(3)
  })

  it('are left alone by the chores when somebody lifted them before their end', async () => {
    const user = await makeExternalUser(server.client)
    const block = await makeBlock(server.client, {
      reach: 'external-user',
      externalUserId: user.id,
      endsAt: inOneMinute(),
    })
    const lifted = await lift(server.client, block.id)
    clock.at += 2 * minute
    await chores()
    expect((await read(block.id))[0]).toEqual(lifted)
    expect(await eventsOf(server.db, user.id)).toHaveLength(3)
  })

  it('are recorded by one process of several, and more of them than one transaction takes', async () => {
    clock.at += 10 * minute
    await chores()
    const user = await makeExternalUser(server.client)
    const endsAt = inOneMinute()
    for (let i = 0; i < 120; i += 1) {
      await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id, endsAt })
    }
    clock.at += 2 * minute
    await Promise.all([chores('one'), chores('two'), chores('three')])
    const ends = (await eventsOf(server.db, user.id)).filter((event) => event.type === 'external_user.unblocked')
    expect(ends).toHaveLength(120)
    expect((await server.client.get(`/external-users/${user.id}`)).headers.get('etag')).toBe('"241"')
  })
})

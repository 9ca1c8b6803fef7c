// Real concurrency over HTTP: who is first is for the database to say, and nobody gets half an answer.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from './client.ts'
import { testDatabases } from './databases.ts'
import { eventsOf, requireWholeChain } from './events.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const tally = (replies: readonly Reply[]) => {
  const counts: Record<string, number> = {}
  for (const { status, body } of replies) {
    const key = status === 200 ? '200' : `${status} ${body.code}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

describe.each(testDatabases)('at the same moment on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  const usersOf = async (query: string) => (await client.get(`/external-users?pageSize=100&${query}`)).body

  it('of twenty creations of one account one wins, the others are told, and one row and one event exist', async () => {
    const channelId = (await makeChannel(client)).id
    const body = { channelId, identifier: 'anna' }
    const replies = await Promise.all(times(20, () => client.post('/external-users', body)))
    expect(tally(replies)).toEqual({ 200: 1, '409 identifier_taken': 19 })
    const users = await usersOf(`channelIds=${channelId}`)
    expect(users).toHaveLength(1)
    expect(await eventsOf(server.db, users[0].id)).toHaveLength(1)
  })

  it('twenty first sights of one person answer one account', async () => {
    const channelId = (await makeChannel(client)).id
    const body = { channelId, identifier: 'anna', externalId: 'crm-1' }
    const replies = await Promise.all(times(20, () => client.post('/external-users/authenticate', body)))
    expect(tally(replies)).toEqual({ 200: 20 })
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1)
    expect(await usersOf(`channelIds=${channelId}`)).toHaveLength(1)
    expect(await eventsOf(server.db, replies[0]?.body.id)).toHaveLength(1)
  })

  it('twenty accounts of one vouched address belong to one person', async () => {
    const vouching = { identifierKind: 'email', admission: 'referral' }
    const channels = await Promise.all(times(20, () => makeChannel(client, vouching)))
    const users = await Promise.all(
      channels.map(({ id }) => makeExternalUser(client, { channelId: id, identifier: 'anna@example.com' })),
    )
    expect(new Set(users.map((user) => user.superIdentityId)).size).toBe(1)
    const person = (await client.get(`/super-identities/${users[0]?.superIdentityId}`)).body
    expect(person.externalUserIds.toSorted()).toEqual(users.map((user) => user.id).toSorted())
  })

  it('twenty tries of one creation with one Idempotency-Key make one account', async () => {
    const channelId = (await makeChannel(client)).id
    const key = { 'idempotency-key': randomUUID() }
    const send = () => client.post('/external-users', { channelId, externalId: 'crm-1' }, key)
    const replies = await Promise.all(times(20, send))
    const counts = tally(replies)
    expect((counts['200'] ?? 0) + (counts['409 idempotency_in_progress'] ?? 0)).toBe(20)
    const [user] = await usersOf(`channelIds=${channelId}`)
    for (const { status, body } of [...replies, await send()]) if (status === 200) expect(body).toMatchObject(user)
  })

  it('of fifty changes to one version exactly one is made', async () => {
    const { id } = await makeExternalUser(client)
    const patch = (i: number) => client.patch(`/external-users/${id}`, { name: `Name ${i}` }, { 'if-match': '"1"' })
    const replies = await Promise.all(times(50, patch))
    expect(tally(replies)).toEqual({ 200: 1, '412 precondition_failed': 49 })
    const { body, headers } = await client.get(`/external-users/${id}`)
    expect([body.name, headers.get('etag')]).toEqual([replies.find(({ status }) => status === 200)?.body.name, '"2"'])
  })

  it('fifty changes without a condition are all made, each with its version and event in order', async () => {
    const { id } = await makeExternalUser(client)
    const replies = await Promise.all(times(50, (i) => client.patch(`/external-users/${id}`, { name: `Name ${i}` })))
    expect(tally(replies)).toEqual({ 200: 50 })
    const tags = replies.map(({ headers }) => Number(headers.get('etag')?.slice(1, -1)))
    const versions = times(50, (i) => i + 2)
    expect(tags.toSorted((a, b) => a - b)).toEqual(versions)
    await requireWholeChain(server.db, server.workspaceId)
    const events = (await eventsOf(server.db, id)).toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))
    expect(events.map((event) => event.subject_version)).toEqual([1, ...versions])
  })

  it('a tier is deleted or referred to, never both', async () => {
    const channelId = (await makeChannel(client)).id
    const known = await makeExternalUser(client, { channelId })
    for (const round of times(8, (i) => i)) {
      const tierId = (await makeTier(client)).id
      const refer = [
        ...times(
          4,
          (i) => () => client.post('/external-users', { channelId, externalId: `crm-${round}-${i}`, tierId }),
        ),
        () => client.patch(`/external-users/${known.id}`, { tierId }),
        () => client.post('/external-user-groups', { name: 'Crew', tierId }),
      ]
      const remove = () => client.delete(`/tiers/${tierId}`)
      const [deleted, ...replies] = await Promise.all([sleep(round).then(remove), ...refer.map((send) => send())])
      const referring = tally(replies)
      expect((referring['200'] ?? 0) + (referring['404 tier_not_found'] ?? 0)).toBe(6)
      expect(tally([deleted])).toEqual(referring['200'] ? { '409 tier_in_use': 1 } : { 200: 1 })
      expect(await usersOf(`tierIds=${tierId}`)).toHaveLength(
        replies.slice(0, 5).filter(({ status }) => status === 200).length,
      )
    }
  })

  it('a deleted group leaves nobody who still refers to it', async () => {
    const channelId = (await makeChannel(client)).id
    const known = await makeExternalUser(client, { channelId })
    for (const round of times(8, (i) => i)) {
      const externalUserGroupId = (await makeGroup(client)).id
      const body = (i: number) => ({ channelId, externalId: `crm-${round}-${i}`, externalUserGroupId })
      const [deleted, patched, ...created] = await Promise.all([
        sleep(round).then(() => client.delete(`/external-user-groups/${externalUserGroupId}`)),
        client.patch(`/external-users/${known.id}`, { externalUserGroupId }),
        ...times(5, (i) => client.post('/external-users', body(i))),
      ])
      expect(deleted.status).toBe(200)
      const counts = tally([patched, ...created])
      expect((counts['200'] ?? 0) + (counts['404 external_user_group_not_found'] ?? 0)).toBe(6)
      expect(await usersOf(`externalUserGroupIds=${externalUserGroupId}`)).toEqual([])
      for (const { status, body } of created) {
        if (status === 200) expect((await client.get(`/external-users/${body.id}`)).body.externalUserGroupId).toBeNull()
      }
    }
  })

  it('a channel that is archived meanwhile lets in whom it said it let in, and nobody after', async () => {
    for (const round of times(6, (i) => i)) {
      const channelId = (await makeChannel(client)).id
      const [archived, ...created] = await Promise.all([
        sleep(round).then(() => client.post(`/channels/${channelId}/archive`)),
        ...times(6, (i) => client.post('/external-users', { channelId, externalId: `crm-${i}` })),
        ...times(6, (i) => client.post('/external-users/authenticate', { channelId, externalId: `new-${i}` })),
      ])
      expect(archived.status).toBe(200)
      const counts = tally(created)
      expect((counts['200'] ?? 0) + (counts['404 channel_not_found'] ?? 0)).toBe(12)
      // One whose first sight was recorded may have been refused its token by the archiving that followed.
      const rows = await usersOf(`channelIds=${channelId}`)
      const letIn = created.filter(({ status }) => status === 200).map(({ body }) => body.id)
      expect(rows.map((user: { id: string }) => user.id)).toEqual(expect.arrayContaining(letIn))
      const late = await client.post('/external-users', { channelId, externalId: 'late' })
      expect(tally([late])).toEqual({ '404 channel_not_found': 1 })
    }
  })

  it('every token that a block overtakes is older than its cut-off, and none is issued after it', async () => {
    for (const round of times(5, (i) => i)) {
      const { id, channelId } = await makeExternalUser(client)
      const authenticate = () => client.post('/external-users/authenticate', { channelId, id })
      const [blocked, ...replies] = await Promise.all([
        sleep(round).then(() => client.patch(`/external-users/${id}`, { blocked: true })),
        ...times(20, authenticate),
      ])
      expect(blocked.status).toBe(200)
      expect(tally([await authenticate()])).toEqual({ '403 external_user_blocked': 1 })
      const counts = tally(replies)
      expect((counts['200'] ?? 0) + (counts['403 external_user_blocked'] ?? 0)).toBe(20)
      const cutOff = await server.db.read
        .selectFrom('cut_offs')
        .select('number')
        .where('subject_id', '=', id)
        .executeTakeFirstOrThrow()
      for (const { status, body } of replies) {
        if (status === 200) expect(decodeJwt(body.accessToken)['cut_off']).toBeLessThan(cutOff.number)
      }
    }
  })

  it('a revoked key opens nothing once its revocation is answered, nor on another node that refused it once', async () => {
    const node = await server.anotherNode()
    const key = (await client.post('/api-keys', { name: 'Short-lived', scopes: ['tiers:read'] })).body
    const uses: { startedAt: number; where: string; status: number }[] = []
    let done = false
    const use = async (where: string, address: string) => {
      while (!done) {
        const startedAt = performance.now()
        const { status } = await fetch(`${address}/api/v1/tiers`, { headers: { authorization: key.apiKey } })
        uses.push({ startedAt, where, status })
      }
    }
    const using = [...times(4, () => use('here', server.address)), ...times(2, () => use('there', node.address))]
    await sleep(200)
    expect((await client.post(`/api-keys/${key.id}/revoke`, {})).status).toBe(200)
    const revokedAt = performance.now()
    const refusedThere = () => uses.some(({ where, status }) => where === 'there' && status === 401)
    await expect.poll(refusedThere).toBe(true)
    const heardAt = performance.now()
    await sleep(200)
    done = true
    await Promise.all(using)
    expect(new Set(uses.map(({ status }) => status))).toEqual(new Set([200, 401]))
    const late = (where: string, after: number) =>
      uses.filter((use) => use.where === where && use.startedAt > after && use.status === 200).length
    expect([late('here', revokedAt), late('there', heardAt)]).toEqual([0, 0])
    for (const where of ['here', 'there']) {
      expect(uses.filter((use) => use.where === where && use.status === 200).length).toBeGreaterThan(0)
    }
    await node.close()
  })

  it('two nodes that write to one workspace leave one chain without gaps, versions in order', async () => {
    const node = await server.anotherNode()
    const channelId = (await makeChannel(client)).id
    const shared = await makeExternalUser(client, { channelId })
    const made: string[] = []
    const end = performance.now() + 1_000
    const writer = async (by: Client) => {
      while (performance.now() < end) {
        const created = await by.post('/external-users', { channelId, externalId: randomUUID() })
        const replies = await Promise.all([
          by.patch(`/external-users/${created.body.id}`, { name: 'Changed once' }),
          by.patch(`/external-users/${shared.id}`, { name: randomUUID() }),
        ])
        expect(tally([created, ...replies])).toEqual({ 200: 3 })
        made.push(created.body.id)
      }
    }
    await Promise.all([...times(3, () => writer(client)), ...times(3, () => writer(node.client))])
    await requireWholeChain(server.db, server.workspaceId)
    const inOrder = async (id: string) =>
      (await eventsOf(server.db, id))
        .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))
        .map((e) => e.subject_version)
    expect(await inOrder(shared.id)).toEqual(times(made.length + 1, (i) => i + 1))
    for (const id of made) expect(await inOrder(id)).toEqual([1, 2])
    await node.close()
  })
})

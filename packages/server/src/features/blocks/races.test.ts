// Blocks against everything that happens at the same moment, on two nodes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, lift, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('races of blocks on $name', (kind) => {
  let server: TestServer
  let nodes: [Client, Client]

  beforeAll(async () => {
    server = await startTestServer(kind)
    nodes = [server.client, (await server.anotherNode()).client]
  })
  afterAll(() => server.close())

  const times = <T>(count: number, work: (i: number, node: Client) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, i) => work(i, nodes[i % 2] as Client)))

  it('all of several blocks placed at once are in force, each with its event', async () => {
    const user = await makeExternalUser(server.client)
    const placed = await times(6, (_, node) => makeBlock(node, { reach: 'external-user', externalUserId: user.id }))
    expect(await eventsOf(server.db, user.id)).toHaveLength(7)
    for (const block of placed.slice(1)) await lift(server.client, block.id)
    expect((await server.client.get(`/external-users/${user.id}`)).body.blocked).toBe(true)
    await lift(server.client, placed[0]!.id)
    expect((await server.client.get(`/external-users/${user.id}`)).body.blocked).toBe(false)
  })

  it('one block is lifted once by many who lift it, by patch and by name', async () => {
    const user = await makeExternalUser(server.client)
    const block = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
    const replies = await times(8, (i, node) =>
      i < 4 ? node.post(`/blocks/${block.id}/lift`, {}) : node.patch(`/external-users/${user.id}`, { blocked: false }),
    )
    expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 8 }, () => 200))
    const types = (await eventsOf(server.db, user.id)).map((event) => event.type)
    expect(types).toEqual(['external_user.created', 'external_user.blocked', 'external_user.unblocked'])
  })

  it('no token issued around a block outlives it, and none issued after the lift is dead', async () => {
    const user = await makeExternalUser(server.client)
    const selectors = { channelId: user.channelId, id: user.id }
    for (let round = 0; round < 5; round += 1) {
      const around = times(8, (_, node) => node.post('/external-users/authenticate', selectors))
      const block = await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
      const early = (await around).filter((reply) => reply.status === 200).map((reply) => reply.body.accessToken)
      for (const token of early) expect(await isAlive(nodes[1], token)).toBe(false)
      const lifting = lift(server.client, block.id)
      const late = await times(8, (_, node) => node.post('/external-users/authenticate', selectors))
      await lifting
      for (const token of early) expect(await isAlive(nodes[1], token)).toBe(false)
      for (const { status, body } of late) {
        if (status === 200) expect(await isAlive(nodes[1], body.accessToken)).toBe(true)
        else expect([status, body.code]).toEqual([403, 'external_user_blocked'])
      }
    }
  })

  it('strangers who come while their identifier is blocked hold no token that lives after the lift', async () => {
    const channel = await makeChannel(server.client)
    for (let round = 0; round < 12; round += 1) {
      const identifier = `mallory-${round}`
      const coming = times(4, (i, node) =>
        i < 2
          ? node.post('/external-users/authenticate', { channelId: channel.id, identifier })
          : node.post('/external-users', { channelId: channel.id, identifier }),
      )
      const block = await makeBlock(nodes[1], { reach: 'identifier', identifier })
      const tokens = (await coming).map((reply) => reply.body.accessToken).filter(Boolean)
      for (const token of tokens) expect(await isAlive(nodes[0], token)).toBe(false)
      await lift(server.client, block.id)
      for (const token of tokens) expect(await isAlive(nodes[0], token)).toBe(false)
    }
  })

  it('a channel made while an identifier is blocked everywhere refuses it too', async () => {
    for (let round = 0; round < 8; round += 1) {
      const identifier = `mallory-${round}@example.com`
      const making = times(2, (_, node) => makeChannel(node, { identifierKind: 'email' }))
      const [channels] = await Promise.all([making, makeBlock(nodes[1], { reach: 'identifier', identifier })])
      for (const { id: channelId } of channels) {
        const { status, body } = await nodes[0].post('/external-users/authenticate', { channelId, identifier })
        expect([status, body.code]).toEqual([403, 'external_user_blocked'])
      }
    }
    await requireWholeChain(server.db, server.workspaceId)
  })
})

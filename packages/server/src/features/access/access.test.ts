import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lift, makeBlock } from '../../../test/blocks.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('explained access on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
  })
  afterAll(() => server.close())

  const explain = async (id: string, at?: number) => {
    const query = at === undefined ? '' : `?at=${new Date(at).toISOString()}`
    return (await server.client.get(`/external-users/${id}/access${query}`)).body
  }
  /** The moment before it, and then time goes on. */
  const then = (): number => {
    const moment = clock.at + 1
    clock.at += 2
    return moment
  }

  it('tells everything that decides, of somebody with nothing against it', async () => {
    const limits = [{ metric: 'messages', max: 10, windowSeconds: 60 }]
    const tier = await makeTier(server.client, { name: 'Gold', limits, tokenLifetimeSeconds: 120 })
    const user = await makeExternalUser(server.client, { tierId: tier.id })
    expect(await explain(user.id)).toEqual({
      allowed: true,
      at: new Date(clock.at).toISOString(),
      reasons: [],
      channel: { id: user.channelId, admission: 'open', archivedAt: null },
      externalUserGroupId: null,
      superIdentityId: user.superIdentityId,
      tier: { id: tier.id, name: 'Gold', limits, source: 'external-user' },
      tokenLifetimeSeconds: 120,
      blocks: [],
      admission: null,
      provisional: false,
      referrals: [],
      cutOff: 0,
    })
  })

  it('takes the tier from the nearest place, and says which', async () => {
    const { client } = await server.otherWorkspace()
    const named = async (name: string, fields = {}) => (await makeTier(client, { name, ...fields })).id
    const group = await makeGroup(client, { tierId: await named('Of group') })
    const channel = await makeChannel(client, { defaultTierId: await named('Of channel'), tokenLifetimeSeconds: 600 })
    await client.patch('/workspace', {
      defaultTierId: await named('Of workspace', { tokenLifetimeSeconds: 60 }),
      tokenLifetimeSeconds: 7200,
    })
    const user = await makeExternalUser(client, {
      channelId: channel.id,
      externalUserGroupId: group.id,
      tierId: await named('Of user'),
    })
    const told = async () => {
      const { tier, tokenLifetimeSeconds } = (await client.get(`/external-users/${user.id}/access`)).body
      return [tier?.source, tier?.name, tokenLifetimeSeconds]
    }
    expect(await told()).toEqual(['external-user', 'Of user', 600])
    await client.patch(`/external-users/${user.id}`, { tierId: null })
    expect(await told()).toEqual(['external-user-group', 'Of group', 600])
    await client.patch(`/external-users/${user.id}`, { externalUserGroupId: null })
    expect(await told()).toEqual(['channel', 'Of channel', 600])
    await client.patch(`/channels/${channel.id}`, { defaultTierId: null })
    expect(await told()).toEqual(['workspace', 'Of workspace', 60])
    await client.patch('/workspace', { defaultTierId: null })
    expect(await told()).toEqual([undefined, undefined, 600])
    await client.patch(`/channels/${channel.id}`, { tokenLifetimeSeconds: null })
    expect(await told()).toEqual([undefined, undefined, 7200])
  })

  it('names every reason, the gravest first, with the block behind it, and the cut-off', async () => {
    const { client } = await server.otherWorkspace()
    const user = await makeExternalUser(client, { identifier: 'mallory' })
    const account = await makeBlock(client, { reach: 'external-user', externalUserId: user.id, reason: 'Spam' })
    const person = await makeBlock(client, { reach: 'person', superIdentityId: user.superIdentityId })
    const identifier = await makeBlock(client, { reach: 'identifier', identifier: 'mallory' })
    await client.patch(`/channels/${user.channelId}`, { admission: 'referral' })
    await client.post(`/channels/${user.channelId}/archive`)
    const { allowed, reasons, blocks, cutOff } = (await client.get(`/external-users/${user.id}/access`)).body
    expect(allowed).toBe(false)
    const sentence = expect.stringMatching(/^\S.*\.$/)
    expect(reasons).toEqual([
      { code: 'channel_not_found', message: sentence },
      { code: 'external_user_blocked', message: sentence, blockId: account.id },
      { code: 'external_user_blocked', message: sentence, blockId: person.id },
      { code: 'external_user_blocked', message: sentence, blockId: identifier.id },
      { code: 'admission_required', message: sentence },
    ])
    expect(new Set(blocks.map((block: { id: string }) => block.id))).toEqual(
      new Set([account.id, person.id, identifier.id]),
    )
    expect(blocks).toContainEqual(account)
    expect(cutOff).toBe(5)
  })

  it('raises the cut-off when tokens are revoked, for the account and for the person', async () => {
    const user = await makeExternalUser(server.client)
    const before = (await explain(user.id)).cutOff
    await server.client.post(`/external-users/${user.id}/revoke-tokens`)
    const account = (await explain(user.id)).cutOff
    await server.client.post(`/super-identities/${user.superIdentityId}/revoke-tokens`)
    expect([account > before, (await explain(user.id)).cutOff > account, (await explain(user.id)).allowed]).toEqual([
      true,
      true,
      true,
    ])
  })

  it('of a past moment shows the block that was lifted since, and not one placed since', async () => {
    const user = await makeExternalUser(server.client)
    const free = then()
    const block = await makeBlock(server.client, { reach: 'person', superIdentityId: user.superIdentityId })
    const blocked = then()
    await lift(server.client, block.id)
    const lifted = then()
    await makeBlock(server.client, { reach: 'external-user', externalUserId: user.id })
    clock.at += 1
    const seen = await Promise.all([free, blocked, lifted].map((moment) => explain(user.id, moment)))
    expect(seen.map(({ allowed, blocks }) => [allowed, blocks.length])).toEqual([
      [true, 0],
      [false, 1],
      [true, 0],
    ])
    expect(seen[1].reasons).toEqual([expect.objectContaining({ code: 'external_user_blocked', blockId: block.id })])
    expect((await explain(user.id)).allowed).toBe(false)
  })

  it('of a past moment knows groups and tiers that are deleted since', async () => {
    const limits = [{ metric: 'calls', max: 3, windowSeconds: 60 }]
    const tier = await makeTier(server.client, { name: 'Gone soon', limits, tokenLifetimeSeconds: 300 })
    const group = await makeGroup(server.client, { tierId: tier.id })
    const user = await makeExternalUser(server.client, { externalUserGroupId: group.id })
    const before = then()
    await server.client.patch(`/tiers/${tier.id}`, { name: 'Renamed', limits: [] })
    const renamed = then()
    expect((await server.client.delete(`/external-user-groups/${group.id}`)).status).toBe(200)
    const ungrouped = then()
    expect((await server.client.delete(`/tiers/${tier.id}`)).status).toBe(200)
    clock.at += 1
    const shown = { id: tier.id, name: 'Gone soon', limits, source: 'external-user-group' }
    expect(await explain(user.id, before)).toMatchObject({
      externalUserGroupId: group.id,
      tier: shown,
      tokenLifetimeSeconds: 300,
    })
    expect((await explain(user.id, renamed)).tier).toEqual({ ...shown, name: 'Renamed', limits: [] })
    expect(await explain(user.id, ungrouped)).toMatchObject({
      externalUserGroupId: null,
      tier: null,
      tokenLifetimeSeconds: 3600,
    })
  })

  it('of an erased account names the erasure; of the time before it, tells what was, down to a blocked identifier', async () => {
    const { client } = await server.otherWorkspace()
    const user = await makeExternalUser(client, { identifier: 'mallory', name: 'Mallory' })
    const free = then()
    const block = await makeBlock(client, { reach: 'identifier', identifier: 'mallory' })
    const blocked = then()
    await client.patch(`/external-users/${user.id}`, { identifier: 'harmless' })
    const renamed = then()
    await client.post(`/external-users/${user.id}/erase`)
    const erased = then()
    clock.at += 1
    const told = async (moment?: number) => {
      const query = moment === undefined ? '' : `?at=${new Date(moment).toISOString()}`
      const { body } = await client.get(`/external-users/${user.id}/access${query}`)
      return body.reasons.map((reason: { code: string; blockId?: string }) => reason.blockId ?? reason.code)
    }
    expect([await told(free), await told(blocked), await told(renamed)]).toEqual([[], [block.id], []])
    expect([await told(erased), await told()]).toEqual([['external_user_not_found'], ['external_user_not_found']])
  })

  it('is not found before the account existed, of another workspace, and of nobody', async () => {
    const created = clock.at
    clock.at += 10
    const user = await makeExternalUser(server.client)
    const other = await server.otherWorkspace()
    const at = `?at=${new Date(created).toISOString()}`
    for (const reply of [
      await server.client.get(`/external-users/${user.id}/access${at}`),
      await other.client.get(`/external-users/${user.id}/access`),
      await other.client.get(`/external-users/${user.id}/access${at}`),
      await server.client.get(`/external-users/${randomUUID()}/access`),
    ]) {
      expect([reply.status, reply.body.code]).toEqual([404, 'external_user_not_found'])
    }
  })

  it('cannot be asked for the future, nor for something that is no moment', async () => {
    const user = await makeExternalUser(server.client)
    for (const at of [new Date(clock.at + 1).toISOString(), 'yesterday', '2026-02-30T00:00:00.000Z', '']) {
      const { status, body } = await server.client.get(`/external-users/${user.id}/access?at=${at}`)
      expect([status, body.issues?.[0].path]).toEqual([400, 'at'])
    }
    expect((await explain(user.id, clock.at)).allowed).toBe(true)
  })
})

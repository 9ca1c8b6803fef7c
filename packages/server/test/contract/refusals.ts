// Each resource's own refusals, provoked where they are declared: a new code needs a scenario here.
import { randomUUID } from 'node:crypto'
import { errorCodes, scopes, type ErrorCode } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import type { Client, Reply } from '../client.ts'
import { makeBlock } from '../blocks.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../factories.ts'
import { memberScenarios, type MemberScenario } from './member-refusals.ts'
import { countEvents, expectRefusal, type SuiteOf } from './suite.ts'

type Scenario = (client: Client) => Promise<Reply>

const text = () => `crm-${randomUUID()}`
const vouching = { identifierKind: 'email', admission: 'referral' }

const erased = async (client: Client) => {
  const user = await makeExternalUser(client)
  await client.post(`/external-users/${user.id}/erase`)
  return user
}

const makeKey = async (client: Client, held: readonly string[] = ['tiers:read']) =>
  (await client.post('/api-keys', { name: 'A key', scopes: held })).body as { id: string; apiKey: string }

const makeRevoked = async (client: Client) => {
  const key = await makeKey(client)
  await client.post(`/api-keys/${key.id}/revoke`, {})
  return key
}

/** By operation and code. */
const scenarios: Record<string, Scenario> = {
  'externalUsers.authenticate selectors_disagree': async (client) => {
    const one = await makeExternalUser(client, { externalId: text() })
    const two = await makeExternalUser(client, { channelId: one.channelId, externalId: text() })
    return client.post('/external-users/authenticate', {
      channelId: one.channelId,
      id: one.id,
      externalId: two.externalId,
    })
  },
  'externalUsers.authenticate external_user_not_found': async (client) => {
    const { id } = await makeChannel(client, { provisioning: 'manual' })
    return client.post('/external-users/authenticate', { channelId: id, externalId: text() })
  },
  'externalUsers.authenticate external_user_blocked': async (client) => {
    const user = await makeExternalUser(client)
    await client.patch(`/external-users/${user.id}`, { blocked: true })
    return client.post('/external-users/authenticate', { channelId: user.channelId, id: user.id })
  },
  'externalUsers.authenticate admission_required': async (client) => {
    const { id } = await makeChannel(client, { admission: 'referral' })
    return client.post('/external-users/authenticate', { channelId: id, externalId: text() })
  },
  'externalUsers.create identifier_taken': async (client) => {
    const { channelId } = await makeExternalUser(client, { identifier: 'ann' })
    return client.post('/external-users', { channelId, identifier: 'ann' })
  },
  'externalUsers.create external_id_taken': async (client) => {
    const { channelId, externalId } = await makeExternalUser(client)
    return client.post('/external-users', { channelId, externalId })
  },
  'externalUsers.create external_user_blocked': async (client) => {
    const identifier = text()
    await makeBlock(client, { reach: 'identifier', identifier })
    return client.post('/external-users', { channelId: (await makeChannel(client)).id, identifier })
  },
  'externalUsers.update identifier_taken': async (client) => {
    const { channelId } = await makeExternalUser(client, { identifier: 'ann' })
    const { id } = await makeExternalUser(client, { channelId, identifier: 'bob' })
    return client.patch(`/external-users/${id}`, { identifier: 'ann' })
  },
  'externalUsers.update external_id_taken': async (client) => {
    const { channelId, externalId } = await makeExternalUser(client)
    const { id } = await makeExternalUser(client, { channelId })
    return client.patch(`/external-users/${id}`, { externalId })
  },
  'externalUsers.update identifier_held_by_another_person': async (client) => {
    const one = (await makeChannel(client, vouching)).id
    const two = (await makeChannel(client, vouching)).id
    const identifier = `${text()}@example.com`
    await makeExternalUser(client, { channelId: one, identifier })
    const { id } = await makeExternalUser(client, { channelId: two, identifier: `${text()}@example.com` })
    return client.patch(`/external-users/${id}`, { identifier })
  },
  'externalUsers.update external_user_erased': async (client) =>
    client.patch(`/external-users/${(await erased(client)).id}`, { name: 'Back again' }),
  'externalUsers.update blocked_elsewhere': async (client) => {
    const user = await makeExternalUser(client)
    await makeBlock(client, { reach: 'person', superIdentityId: user.superIdentityId })
    return client.patch(`/external-users/${user.id}`, { blocked: false })
  },
  'externalUserGroups.create external_id_taken': async (client) => {
    const { externalId } = await makeGroup(client, { externalId: text() })
    return client.post('/external-user-groups', { externalId })
  },
  'externalUserGroups.update external_id_taken': async (client) => {
    const { externalId } = await makeGroup(client, { externalId: text() })
    return client.patch(`/external-user-groups/${(await makeGroup(client)).id}`, { externalId })
  },
  'superIdentities.update super_identity_erased': async (client) =>
    client.patch(`/super-identities/${(await erased(client)).superIdentityId}`, { firstname: 'Back again' }),
  'superIdentities.erase super_identity_in_use': async (client) =>
    client.post(`/super-identities/${(await makeExternalUser(client)).superIdentityId}/erase`),
  'tiers.delete tier_in_use': async (client) => {
    const { id } = await makeTier(client)
    await makeGroup(client, { tierId: id })
    return client.delete(`/tiers/${id}`)
  },
  'channels.update identifier_kind_fixed': async (client) => {
    const { channelId } = await makeExternalUser(client)
    return client.patch(`/channels/${channelId}`, { identifierKind: 'email' })
  },
  'channels.delete channel_in_use': async (client) =>
    client.delete(`/channels/${(await makeExternalUser(client)).channelId}`),
  'trustedIssuers.create issuer_taken': async (client) => {
    const { id: channelId } = await makeChannel(client)
    const mapping = { identifier: null, externalId: 'sub' }
    const issuer = {
      issuer: `https://${randomUUID()}.example.com`,
      jwksUri: 'https://login.example.com/jwks',
      audience: 'our-app',
    }
    await client.post('/trusted-issuers', { ...issuer, channelId, mapping })
    return client.post('/trusted-issuers', { ...issuer, audience: 'another-app', channelId, mapping })
  },
  'signingKeys.rotate rotation_in_progress': async (client) => {
    await client.post('/signing-keys/rotate', {})
    return client.post('/signing-keys/rotate', { force: true })
  },
  'apiKeys.update api_key_revoked': async (client) =>
    client.patch(`/api-keys/${(await makeRevoked(client)).id}`, { name: 'New name' }),
  'apiKeys.rotate api_key_revoked': async (client) =>
    client.post(`/api-keys/${(await makeRevoked(client)).id}/rotate`, {}),
  // Every address below the issuer's is some workspace's default.
  'workspace.update audience_taken': (client) =>
    client.patch('/workspace', { tokenAudience: `https://id.example.com/workspaces/${randomUUID()}` }),
}

/** A key that may manage keys, but not those that may do more than it. */
const exceeding: Record<string, (weak: Client, strongKeyId: string) => Promise<Reply>> = {
  'apiKeys.create': (weak) => weak.post('/api-keys', { name: 'Stronger', scopes: ['api-keys:write', 'tiers:write'] }),
  'apiKeys.update': (weak, id) => weak.patch(`/api-keys/${id}`, { expiresAt: '2999-01-01T00:00:00.000Z' }),
  'apiKeys.rotate': (weak, id) => weak.post(`/api-keys/${id}/rotate`, {}),
  'apiKeys.revoke': (weak, id) => weak.post(`/api-keys/${id}/revoke`, { tokens: true }),
}

export function describeRefusals(suite: SuiteOf): void {
  const expectCode = (name: string, reply: Reply) => {
    const code = name.split(' ')[1] as ErrorCode
    expectRefusal(reply, errorCodes[code][0], code)
  }

  describe('refusals', () => {
    it.each(Object.keys(scenarios))('%s', async (name) =>
      expectCode(name, await (scenarios[name] as Scenario)(suite().party.client)),
    )

    it.each(Object.keys(memberScenarios))('%s', async (name) => {
      const { party, server } = suite()
      expectCode(name, await (memberScenarios[name] as MemberScenario)(party, server))
    })

    it('signingKeys.rotate is nothing at all to any workspace but the first', async () => {
      const { stranger } = suite()
      const before = await countEvents(suite())
      expectRefusal(await stranger.client.post('/signing-keys/rotate', {}), 404, 'route_not_found')
      expect(await countEvents(suite())).toBe(before)
    })

    it.each(Object.keys(exceeding))('%s scope_exceeded, and the key stays as it is', async (name) => {
      const { server } = suite()
      const strong = await makeKey(server.client, scopes)
      const weak = await server.clientWith(['api-keys:write', 'api-keys:read'])
      const shown = (await server.client.get(`/api-keys/${strong.id}`)).body
      const before = await countEvents(suite())
      expectRefusal(await (exceeding[name] as (typeof exceeding)[string])(weak, strong.id), 403, 'scope_exceeded')
      expect(await countEvents(suite())).toBe(before)
      expect((await server.client.get(`/api-keys/${strong.id}`)).body).toEqual(shown)
    })
  })
}

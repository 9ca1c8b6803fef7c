// One change by every operation that changes something, with what its event must tell, and a second request that changes nothing.
import { randomUUID } from 'node:crypto'
import { accessChangeCases } from './access-changes.ts'
import {
  committed,
  created,
  makePerson,
  patched,
  personal,
  posted,
  removed,
  settings,
  time,
  type ChangeCase,
  type Subject,
} from './change-case.ts'
import type { Client, Reply } from './client.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from './factories.ts'
import { memberChangeCases } from './member-changes.ts'

const makeKey = async (client: Client) =>
  (await client.post('/api-keys', { name: 'Shop', scopes: ['tiers:read'] })).body as Subject

const newUser = (_: Subject, { body }: Reply) => ({
  blocked: false,
  channelId: body.channelId,
  externalId: committed,
  externalUserGroupId: null,
  identifier: committed,
  name: body.name === null ? null : committed,
  superIdentityId: body.superIdentityId,
  tierId: null,
})

/** By operation; one that can write several types stands here once for each. */
export const changeCases: Record<string, ChangeCase> = {
  ...accessChangeCases,
  ...memberChangeCases,
  'externalUsers.authenticate': created(
    'external_user.created',
    async (client) => {
      const { id: channelId } = await makeChannel(client)
      return client.post('/external-users/authenticate', {
        channelId,
        identifier: 'ann.personal',
        externalId: 'crm-personal',
      })
    },
    newUser,
  ),
  'externalUsers.create': created(
    'external_user.created',
    async (client) => client.post('/external-users', { channelId: (await makeChannel(client)).id, ...personal }),
    newUser,
  ),
  'externalUsers.update': patched({
    type: 'external_user.updated',
    path: '/external-users/{id}',
    prepare: makePerson,
    patch: { name: 'Anna Personal', identifier: null, externalId: 'crm-personal' },
    before: { name: committed, identifier: committed },
    after: { name: committed, identifier: null },
  }),
  'externalUsers.update to block': patched({
    type: 'external_user.blocked',
    path: '/external-users/{id}',
    prepare: makePerson,
    patch: { blocked: true },
    before: { blocked: false },
    after: { blocked: true },
  }),
  'externalUsers.update to unblock': patched({
    type: 'external_user.unblocked',
    path: '/external-users/{id}',
    prepare: async (client) => {
      const user = await makePerson(client)
      await client.patch(`/external-users/${user.id}`, { blocked: true })
      return user
    },
    patch: { blocked: false },
    before: { blocked: true },
    after: { blocked: false },
  }),
  'externalUsers.erase': posted('external_user.erased', '/external-users/{id}/erase', {
    prepare: makePerson,
    before: () => ({ erasedAt: null }),
    after: () => ({ identifier: null, externalId: null, name: null, erasedAt: time }),
  }),
  'externalUserGroups.create': created(
    'external_user_group.created',
    (client) => client.post('/external-user-groups', { name: 'Drivers' }),
    () => ({ name: 'Drivers', externalId: null, tierId: null }),
  ),
  'externalUserGroups.update': patched({
    type: 'external_user_group.updated',
    path: '/external-user-groups/{id}',
    prepare: makeGroup,
    patch: { name: 'Couriers' },
    before: { name: 'Drivers' },
    after: { name: 'Couriers' },
  }),
  'externalUserGroups.delete': removed(
    'external_user_group.deleted',
    '/external-user-groups',
    async (client) => {
      const group = await makeGroup(client)
      await makeExternalUser(client, { externalUserGroupId: group.id })
      return group
    },
    () => ({ name: 'Drivers', externalId: null, tierId: null, externalUsers: 1, channels: 0 }),
  ),
  'tiers.create': created(
    'tier.created',
    (client) => client.post('/tiers', { name: 'Standard' }),
    (_, { body }) => settings(body),
  ),
  'tiers.update': patched({
    type: 'tier.updated',
    path: '/tiers/{id}',
    prepare: makeTier,
    patch: { name: 'Standard', description: 'For trials' },
    before: { description: null },
    after: { description: 'For trials' },
  }),
  'tiers.delete': removed('tier.deleted', '/tiers', makeTier, settings),
  'channels.create': created(
    'channel.created',
    (client) => client.post('/channels', { name: 'Web chat', kind: 'web' }),
    (_, { body }) => settings(body),
  ),
  'channels.update': patched({
    type: 'channel.updated',
    path: '/channels/{id}',
    prepare: makeChannel,
    patch: { admission: 'referral', name: 'Web chat' },
    before: { admission: 'open' },
    after: { admission: 'referral' },
  }),
  'channels.archive': posted('channel.archived', '/channels/{id}/archive', {
    prepare: makeChannel,
    before: () => ({ archivedAt: null }),
    after: () => ({ archivedAt: time }),
  }),
  'channels.unarchive': posted('channel.unarchived', '/channels/{id}/unarchive', {
    prepare: async (client) => {
      const channel = await makeChannel(client)
      return (await client.post(`/channels/${channel.id}/archive`)).body
    },
    before: ({ archivedAt }) => ({ archivedAt }),
    after: () => ({ archivedAt: null }),
  }),
  'channels.delete': removed('channel.deleted', '/channels', makeChannel, settings),
  'superIdentities.update': patched({
    type: 'super_identity.updated',
    path: '/super-identities/{id}',
    prepare: async (client) => ({ id: (await makeExternalUser(client)).superIdentityId }),
    patch: { firstname: 'Ann', lastname: null },
    before: { firstname: null },
    after: { firstname: committed },
  }),
  'apiKeys.create': created(
    'api_key.created',
    (client) => client.post('/api-keys', { name: 'Shop', scopes: ['tiers:write', 'tiers:read'] }),
    (_, { body }) => ({ name: 'Shop', scopes: ['tiers:read', 'tiers:write'], expiresAt: null, prefix: body.prefix }),
  ),
  'apiKeys.update': patched({
    type: 'api_key.updated',
    path: '/api-keys/{id}',
    prepare: makeKey,
    patch: { name: 'Shop window', expiresAt: '2999-01-01T00:00:00.000Z' },
    before: { name: 'Shop', expiresAt: null },
    after: { name: 'Shop window', expiresAt: '2999-01-01T00:00:00.000Z' },
  }),
  // A second rotation is one more change: there is no request that finds nothing left to rotate.
  'apiKeys.rotate': {
    type: 'api_key.rotated',
    prepare: makeKey,
    change: (client, { id }) => client.post(`/api-keys/${id}/rotate`, { overlapSeconds: 60 }),
    before: null,
    after: (_, { body }) => ({ prefix: body.prefix, overlapSeconds: 60 }),
  },
  'apiKeys.revoke': posted('api_key.revoked', '/api-keys/{id}/revoke', {
    prepare: makeKey,
    before: () => ({ revokedAt: null }),
    after: () => ({ revokedAt: time, tokens: false }),
  }),
  'workspace.update': {
    type: 'workspace.updated',
    prepare: async (client) => (await client.get('/workspace')).body,
    change: (client) => client.patch('/workspace', { name: `Named ${randomUUID()}` }),
    before: ({ name }) => ({ name }),
    after: (_, { body }) => ({ name: body.name }),
    again: async (client) => client.patch('/workspace', { name: (await client.get('/workspace')).body.name }),
  },
}

// The changes that decide who gets in and which tokens live: blocks, revocations, trusted issuers, signing keys.
import { randomUUID } from 'node:crypto'
import type { EventType, Reach } from '@narthex/contract'
import { expect } from 'vitest'
import { makeBlock } from './blocks.ts'
import {
  committed,
  created,
  makePerson,
  nothing,
  patched,
  removed,
  settings,
  time,
  type ByKey,
  type ChangeCase,
  type Subject,
} from './change-case.ts'
import type { Client } from './client.ts'
import { makeChannel, makeExternalUser } from './factories.ts'

const revokedTokens = (type: EventType, path: string, prepare: ByKey['prepare']): ByKey => ({
  type,
  prepare,
  change: (client, { id }) => client.post(`${path}/${id}/revoke-tokens`),
  before: null,
  after: () => ({ cutOff: expect.any(Number) }),
})

/** What a block of each reach is placed on, and the id of what its events are about; null: of the block itself. */
const blockable: Record<Reach, { type: string; subject(user: Subject): object; about(user: Subject): string | null }> =
  {
    'external-user': {
      type: 'external_user',
      subject: ({ id }) => ({ externalUserId: id }),
      about: ({ id }) => id,
    },
    person: {
      type: 'super_identity',
      subject: ({ superIdentityId }) => ({ superIdentityId }),
      about: ({ superIdentityId }) => superIdentityId,
    },
    identifier: {
      type: 'identifier',
      subject: ({ channelId, identifier }) => ({ channelId, identifier }),
      about: () => null,
    },
  }

/** With an identifier of its own: one that is blocked is told when any account with it is erased. */
const makeBlockable = (client: Client) =>
  makeExternalUser(client, { identifier: `personal-${randomUUID()}`, name: 'Ann Personal' })

const blocked = (reach: Reach): ByKey => {
  const { type, subject, about } = blockable[reach]
  const fields = { reach, reason: 'Fraud', endsAt: '2999-01-01T00:00:00.000Z' }
  return {
    type: `${type}.blocked` as EventType,
    prepare: makeBlockable,
    subjectOf: (user, { body }) => about(user) ?? body.id,
    change: (client, user) => client.post('/blocks', { ...fields, ...subject(user) }),
    before: null,
    after: ({ channelId }, { body }) => ({
      blockId: body.id,
      reach,
      ...(reach === 'identifier' && { identifier: committed, channelId }),
      reason: committed,
      endsAt: fields.endsAt,
    }),
  }
}

const unblocked = (reach: Reach): ByKey => {
  const { type, subject, about } = blockable[reach]
  return {
    type: `${type}.unblocked` as EventType,
    prepare: async (client) => {
      const user = (await makeBlockable(client)) as Subject
      const block = await makeBlock(client, { reach, ...subject(user) })
      return { ...user, id: block.id, about: about(user) }
    },
    subjectOf: ({ id, about }) => about ?? id,
    change: (client, { id }) => client.post(`/blocks/${id}/lift`, { reason: 'A mistake' }),
    before: null,
    after: ({ id }) => ({ blockId: id, reach, liftedAt: time, reason: committed }),
    again: (client, { id }) => client.post(`/blocks/${id}/lift`, { reason: 'A mistake' }),
  }
}

const newIssuer = async (client: Client) => ({
  issuer: `https://${randomUUID()}.example.com`,
  jwksUri: 'https://login.example.com/jwks',
  audience: 'our-app',
  channelId: (await makeChannel(client)).id,
  mapping: { identifier: null, externalId: 'sub' },
})
const makeIssuer = async (client: Client) =>
  (await client.post('/trusted-issuers', await newIssuer(client))).body as Subject

/** By operation, as in `changeCases`. */
export const accessChangeCases: Record<string, ChangeCase> = {
  'externalUsers.revokeTokens': revokedTokens('external_user.tokens_revoked', '/external-users', makePerson),
  'superIdentities.revokeTokens': revokedTokens(
    'super_identity.tokens_revoked',
    '/super-identities',
    async (client) => ({ id: (await makePerson(client)).superIdentityId }),
  ),
  // Placing the same block again places another one, which is lifted on its own.
  'blocks.create of an external user': blocked('external-user'),
  'blocks.create of a person': blocked('person'),
  'blocks.create of an identifier': blocked('identifier'),
  'blocks.lift of an external user': unblocked('external-user'),
  'blocks.lift of a person': unblocked('person'),
  'blocks.lift of an identifier': unblocked('identifier'),
  'trustedIssuers.create': created(
    'trusted_issuer.created',
    async (client) => client.post('/trusted-issuers', await newIssuer(client)),
    (_, { body }) => settings(body),
  ),
  'trustedIssuers.update': patched({
    type: 'trusted_issuer.updated',
    path: '/trusted-issuers/{id}',
    prepare: makeIssuer,
    patch: { audience: 'another-app', mapping: { identifier: null, externalId: 'sub' } },
    before: { audience: 'our-app' },
    after: { audience: 'another-app' },
  }),
  'trustedIssuers.delete': removed('trusted_issuer.deleted', '/trusted-issuers', makeIssuer, settings),
  // While the new key waits to sign, a second rotation is refused.
  'signingKeys.rotate': {
    type: 'signing_key.rotated',
    subjectOf: (_, { body }) => body.kid,
    prepare: nothing,
    change: (client) => client.post('/signing-keys/rotate', {}),
    before: null,
    after: (_, { body }) => ({ ...body, force: false }),
    again: (client) => client.post('/signing-keys/rotate', { force: true }),
  },
}

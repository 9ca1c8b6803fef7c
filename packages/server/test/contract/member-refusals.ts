// The refusals of what members do: administering each other, referring and deciding. By operation and code, as in refusals.ts.
import { randomUUID } from 'node:crypto'
import type { Role } from '@narthex/contract'
import { makeBlock } from '../blocks.ts'
import type { Client, Reply } from '../client.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../factories.ts'
import type { TestServer } from '../test-server.ts'
import type { Party } from './party.ts'

export type MemberScenario = (party: Party, server: TestServer) => Promise<Reply>

const any = { 'if-match': '*' }
const address = (id: string) => `referral:/external-users/${id}`
const decide = (client: Client, id: string, status: string, more: object = {}) =>
  client.patch(address(id), { status, ...more }, any)

/** Somebody of this role tries what only others may. */
const as = async (role: Role, server: TestServer) => (await server.memberWith(role)).client

/** A workspace with one owner, by whom it is tried. */
const aloneAsOwner = async (server: TestServer) => {
  const { workspaceId } = await server.otherWorkspace()
  return server.memberWith('owner', { workspaceId })
}

const blockedPerson = async ({ client, colleague, workspaceId }: Party) => {
  const { superIdentityId } = await makeExternalUser(client)
  await makeBlock(client, { reach: 'person', superIdentityId })
  return makeReferral(colleague, workspaceId, { userId: superIdentityId })
}

export const memberScenarios: Readonly<Record<string, MemberScenario>> = {
  'members.create member_exists': async ({ owner, ownerId }) => {
    const { email } = (await owner.get(`/members/${ownerId}`)).body
    return owner.post('/members', { email, firstname: 'Ann', lastname: 'Again', role: 'viewer' })
  },
  'members.invite member_joined': async ({ owner, ownerId }) => owner.post(`/members/${ownerId}/invite`),
  'members.update last_owner': async (_, server) => {
    const { id, client } = await aloneAsOwner(server)
    return client.patch(`/members/${id}`, { role: 'admin' })
  },
  'members.delete last_owner': async (_, server) => {
    const { id, client } = await aloneAsOwner(server)
    return client.delete(`/members/${id}`)
  },
  'referrals.refer role_insufficient': async ({ workspaceId }, server) =>
    (await as('viewer', server)).post('referral:/external-users', {
      organizationId: workspaceId,
      email: `${randomUUID()}@example.com`,
    }),
  'referrals.refer referral_exists': async ({ owner, workspaceId }) => {
    const { referredUser } = await makeReferral(owner, workspaceId)
    const body = { organizationId: workspaceId, userId: referredUser.userId }
    return owner.post('referral:/external-users', body)
  },
  'referrals.review role_insufficient': async ({ owner, workspaceId }, server) =>
    decide(await as('viewer', server), (await makeReferral(owner, workspaceId)).id, 'ADMITTED'),
  'referrals.review review_forbidden': async ({ owner, workspaceId }) =>
    decide(owner, (await makeReferral(owner, workspaceId)).id, 'ADMITTED'),
  'referrals.review referral_exists': async ({ owner, colleague, workspaceId }) => {
    const first = await makeReferral(colleague, workspaceId)
    await decide(owner, first.id, 'REJECTED')
    await makeReferral(colleague, workspaceId, { userId: first.referredUser.userId })
    return decide(owner, first.id, 'ADMITTED')
  },
  'referrals.review transition_forbidden': async ({ owner, colleague, workspaceId }) =>
    decide(owner, (await makeReferral(colleague, workspaceId)).id, 'REVOKED'),
  'referrals.review person_blocked': async (party) => decide(party.owner, (await blockedPerson(party)).id, 'ADMITTED'),
  'referrals.withdraw role_insufficient': async ({ owner, workspaceId }, server) =>
    (await as('reviewer', server)).delete(address((await makeReferral(owner, workspaceId)).id), any),
  'referrals.withdraw transition_forbidden': async ({ owner, colleague, workspaceId }) => {
    const { id } = await makeReferral(colleague, workspaceId)
    await decide(owner, id, 'ADMITTED')
    return colleague.delete(address(id), any)
  },
  'referrals.evidence role_insufficient': async ({ owner, workspaceId }, server) => {
    const { id } = await makeReferral(owner, workspaceId)
    return (await as('viewer', server)).get(`${address(id)}/evidence`)
  },
  'externalUsers.authenticate admission_ended': async ({ client, owner, colleague, workspaceId }) => {
    const { id: channelId } = await makeChannel(client, { admission: 'referral', identifierKind: 'email' })
    const identifier = `${randomUUID()}@example.com`
    const { id } = await makeReferral(colleague, workspaceId, { email: identifier })
    await decide(owner, id, 'ADMITTED')
    await client.post('/external-users/authenticate', { channelId, identifier })
    await decide(owner, id, 'REVOKED')
    return client.post('/external-users/authenticate', { channelId, identifier })
  },
  'externalUsers.update identifier_fixed': async ({ client, owner, colleague, workspaceId }) => {
    const { id: channelId } = await makeChannel(client, { admission: 'referral', identifierKind: 'email' })
    const identifier = `${randomUUID()}@example.com`
    const user = await makeExternalUser(client, { channelId, identifier })
    const { id } = await makeReferral(colleague, workspaceId, { userId: user.superIdentityId })
    await decide(owner, id, 'ADMITTED')
    return client.patch(`/external-users/${user.id}`, { identifier: `${randomUUID()}@example.com` })
  },
}

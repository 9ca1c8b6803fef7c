// Makes things through the API, as small as the contract allows; fails loudly when the API refuses.
import { randomUUID } from 'node:crypto'
import type { Channel, ExternalUser, ExternalUserGroup, Member, MemberToken, Referral, Tier } from '@narthex/contract'
import type { Client } from './client.ts'

type Fields = Readonly<Record<string, unknown>>

async function made<T>(client: Client, path: string, body: Fields): Promise<T> {
  const reply = await client.post(path, body)
  if (reply.status !== 200 && reply.status !== 201)
    throw new Error(`POST ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply.body as T
}

export const makeChannel = (client: Client, fields: Fields = {}) =>
  made<Channel>(client, '/channels', { name: 'Web chat', kind: 'web', ...fields })

export const makeTier = (client: Client, fields: Fields = {}) =>
  made<Tier>(client, '/tiers', { name: 'Standard', ...fields })

export const makeGroup = (client: Client, fields: Fields = {}) =>
  made<ExternalUserGroup>(client, '/external-user-groups', { name: 'Drivers', ...fields })

/** On the given channel, or one made for it; reachable by a fresh external id. */
export async function makeExternalUser(client: Client, fields: Fields = {}) {
  const channelId = fields['channelId'] ?? (await makeChannel(client)).id
  return made<ExternalUser & { accessToken: string | null }>(client, '/external-users', {
    channelId,
    externalId: `crm-${randomUUID()}`,
    ...fields,
  })
}

/** Invited by an owner or an admin, not yet joined. */
export const makeMember = (administrator: Client, fields: Fields = {}) =>
  made<Member & { invitation: string }>(administrator, '/members', {
    email: `${randomUUID()}@example.com`,
    firstname: 'Ann',
    lastname: 'Personal',
    role: 'viewer',
    ...fields,
  })

/** For the member whose client it is. */
export const makeMemberToken = (member: Client, memberId: string, fields: Fields = {}) =>
  made<MemberToken & { memberToken: string }>(member, `/members/${memberId}/tokens`, { name: 'A token', ...fields })

/** Of a person whom nobody knows yet, unless the fields name one. */
export const makeReferral = (member: Client, organizationId: string, fields: Fields = {}) =>
  made<Referral>(member, 'referral:/external-users', {
    organizationId,
    ...('userId' in fields ? {} : { email: `${randomUUID()}@example.com` }),
    ...fields,
  })

// Makes things through the API, as small as the contract allows; fails loudly when the API refuses.
import { randomUUID } from 'node:crypto'
import type { Channel, ExternalUser, ExternalUserGroup, Tier } from '@narthex/contract'
import type { Client } from './client.ts'

type Fields = Readonly<Record<string, unknown>>

async function made<T>(client: Client, path: string, body: Fields): Promise<T> {
  const reply = await client.post(path, body)
  if (reply.status !== 200) throw new Error(`POST ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
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

// What the tables of permissions.ts are about: who asks, and a request that would succeed for somebody who may.
import { scopes, type Operation, type Referral, type Role, type Scope } from '@narthex/contract'
import type { Client } from './client.ts'
import { partyOf, type Party } from './contract/party.ts'
import { sampleOf, type Sample } from './contract/samples.ts'
import { makeMember, makeMemberToken, makeReferral } from './factories.ts'
import type { Asker, Permission } from './permissions.ts'
import type { TestServer } from './test-server.ts'

export interface Person {
  readonly client: Client
  /** Of the member; empty for a key and for nobody. */
  readonly id: string
  readonly email: string
}

export interface World {
  /** The workspace that the tables speak of. */
  readonly home: Party
  readonly foreign: Party
  readonly askers: Readonly<Record<Asker, Person>>
}

/** The first workspace is the parent; whoever asks is nobody else's helper in making things. */
export async function makeWorld(server: TestServer): Promise<World> {
  const { workspaceId, client } = await server.otherWorkspace(server.workspaceId)
  const home = await partyOf(server, { workspaceId, client })
  const foreign = await partyOf(server, await server.otherWorkspace())
  const partner = await server.otherWorkspace()
  await client.patch('/workspace', { policies: { partnerOrganizationIds: [partner.workspaceId] } })
  const member = (role: Role, at = workspaceId) => server.memberWith(role, { workspaceId: at })
  const key = async (held: readonly Scope[]) => ({
    client: await server.clientWith(held, workspaceId),
    id: '',
    email: '',
  })
  return {
    home,
    foreign,
    askers: {
      owner: await member('owner'),
      admin: await member('admin'),
      reviewer: await member('reviewer'),
      referrer: await member('referrer'),
      viewer: await member('viewer'),
      'every-scope': await key(scopes),
      'referrals:read': await key(['referrals:read']),
      'members:read': await key(['members:read']),
      elsewhere: await member('owner', foreign.workspaceId),
      parent: await member('owner', server.workspaceId),
      partner: await member('referrer', partner.workspaceId),
      nobody: { client: client.as(''), id: '', email: '' },
    },
  }
}

type Naming = (party: Party, asker: Person) => Promise<{ id: string; body?: Readonly<Record<string, unknown>> }>

const ownReferral = ({ workspaceId }: Party, { client }: Person) => makeReferral(client, workspaceId)
const othersReferral = ({ colleague, workspaceId }: Party) => makeReferral(colleague, workspaceId)
const referredBy = async (referral: Promise<Referral>) => ({ id: (await referral).referredUser.userId })
const newOwner = ({ owner }: Party) => makeMember(owner, { role: 'owner' })
const decided = async (referral: Promise<{ id: string }>) => ({ ...(await referral), body: { status: 'ADMITTED' } })

/** What a row is about, where the smallest request that succeeds is about something else. */
const naming: Readonly<Record<string, Naming>> = {
  'members.create, an owner': async () => ({ id: '', body: { role: 'owner' } }),
  'members.invite, an owner': newOwner,
  'members.update': async ({ owner }) => ({ id: (await makeMember(owner)).id, body: { role: 'referrer' } }),
  'members.update, to owner': async ({ owner }) => ({ id: (await makeMember(owner)).id, body: { role: 'owner' } }),
  'members.update, an owner': async (party) => ({
    id: (await newOwner(party)).id,
    body: { role: 'viewer' },
  }),
  'members.delete, an owner': newOwner,
  'memberTokens.list, of its own': async (_, { id }) => ({ id }),
  'memberTokens.create, for itself': async (_, { id }) => ({ id }),
  'memberTokens.revoke, of its own': (_, { client, id }) => makeMemberToken(client, id),
  'memberTokens.revoke, of another': ({ owner, ownerId }) => makeMemberToken(owner, ownerId),
  'referrals.get, of its own': ownReferral,
  'referrals.review, of its own': (party, asker) => decided(ownReferral(party, asker)),
  'referrals.review, of itself': ({ colleague, workspaceId }, { email }) =>
    decided(makeReferral(colleague, workspaceId, { email })),
  'referrals.withdraw, of its own': ownReferral,
  'referrals.decisions, of its own': ownReferral,
  'referrals.evidence, of its own': ownReferral,
  'users.get, itself': async (_, { id }) => ({ id }),
  'users.get, whom it referred': (party, asker) => referredBy(ownReferral(party, asker)),
  'users.get, whom another referred': (party) => referredBy(othersReferral(party)),
}

/** A request of the row in a workspace; nothing but who asks keeps it from succeeding. */
export async function requestOf(
  operation: Operation,
  { about }: Permission,
  party: Party,
  asker: Person,
): Promise<Sample> {
  const named = naming[about === '' ? operation.id : `${operation.id}, ${about}`]
  const sample = await sampleOf(operation, party)
  if (!named) return sample
  const { id, body } = await named(party, asker)
  const path = operation.path.replace('{id}', id)
  return { ...sample, path, id, ...(sample.body && { body: { ...sample.body, ...body } }) }
}

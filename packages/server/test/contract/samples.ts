// A request that succeeds, for every operation: what it is about is made through the API, the rest follows from its schema.
import { randomUUID } from 'node:crypto'
import type { Operation } from '@narthex/contract'
import type { Client, Reply, RequestOptions } from '../client.ts'
import { tokenFor } from '../blocks.ts'
import { makeChannel, makeExternalUser, makeGroup, makeMemberToken, makeReferral, makeTier } from '../factories.ts'
import { allOperations } from './observed.ts'
import type { Party } from './party.ts'
import { addressOf, successOf } from './surfaces.ts'

export interface Sample {
  /** Below the base path of the surface, with the parameters that must be given. */
  readonly path: string
  /** Of what the path names; null where it names nothing. */
  readonly id: string | null
  readonly body?: Readonly<Record<string, unknown>>
}

/** The parts of a JSON Schema that the contract uses. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly default?: unknown
}

/** How to make one of the things that a member of a body or of a query names. */
export const makers: Readonly<Record<string, (party: Party) => Promise<{ id: string }>>> = {
  channelId: ({ client }) => makeChannel(client),
  externalUserId: ({ client }) => makeExternalUser(client),
  superIdentityId: makePerson,
  tierId: ({ client }) => makeTier(client),
  defaultTierId: ({ client }) => makeTier(client),
  externalUserGroupId: ({ client }) => makeGroup(client),
  defaultExternalUserGroupId: ({ client }) => makeGroup(client),
  organizationId: async ({ workspaceId }) => ({ id: workspaceId }),
  userId: makePerson,
}

async function makePerson({ client }: Party): Promise<{ id: string }> {
  return { id: (await makeExternalUser(client)).superIdentityId }
}

/** Where the id in a path is of nothing that a POST to the collection makes, by operation or by collection. */
const subjects: Readonly<Record<string, (party: Party) => Promise<string>>> = {
  '/super-identities': async (party) => (await makePerson(party)).id,
  // Somebody who is only referred.
  'superIdentities.erase': async ({ colleague, workspaceId }) =>
    (await makeReferral(colleague, workspaceId)).referredUser.userId,
  'memberTokens.list': async ({ ownerId }) => ownerId,
  'memberTokens.create': async ({ ownerId }) => ownerId,
  'memberTokens.revoke': async ({ owner, ownerId }) => (await makeMemberToken(owner, ownerId)).id,
  // By a colleague: nobody decides on a referral of their own.
  'referral:/external-users': async ({ colleague, workspaceId }) => (await makeReferral(colleague, workspaceId)).id,
  'referral:/organizations': async ({ workspaceId }) => workspaceId,
  'referral:/users': async ({ ownerId }) => ownerId,
}

const newEmail = () => `${randomUUID()}@example.com`

/** Rules that no schema tells: an account needs one of its selectors, a block the subject of its reach. */
const additions: Readonly<Record<string, (party: Party) => Promise<object>>> = {
  'externalUsers.authenticate': async () => ({ externalId: `crm-${randomUUID()}` }),
  'externalUsers.create': async () => ({ externalId: `crm-${randomUUID()}` }),
  'blocks.create': async ({ client }) => ({
    reach: 'external-user',
    externalUserId: (await makeExternalUser(client)).id,
  }),
  'trustedIssuers.create': async () => ({
    issuer: `https://${randomUUID()}.example.com`,
    jwksUri: 'https://login.example.com/jwks',
  }),
  'members.create': async () => ({ email: newEmail(), role: 'viewer' }),
  'referrals.refer': async ({ workspaceId }) => ({ organizationId: workspaceId, email: newEmail() }),
  'referrals.review': async () => ({ status: 'ADMITTED' }),
}

/** What else a body needs beside one of its members that names something, by operation and member. */
const companions: Readonly<Record<string, object>> = {
  'blocks.create superIdentityId': { reach: 'person', externalUserId: null },
  'blocks.create channelId': { reach: 'identifier', identifier: 'ann', externalUserId: null },
  'referrals.refer userId': { email: undefined },
}

const texts: Readonly<Record<string, string>> = {
  metric: 'messages',
  defaultCountry: 'DE',
  expiresAt: '2999-01-01T00:00:00.000Z',
}

export function membersOf(schema: unknown): Readonly<Record<string, Schema>> {
  return (schema as Schema | undefined)?.properties ?? {}
}

export function typesOf({ type, anyOf = [] }: Schema): readonly string[] {
  return type === undefined ? anyOf.flatMap(typesOf) : [type].flat()
}

/** A value that fits; ids name something of the party's workspace. */
export async function exampleOf(schema: Schema, key: string, party: Party): Promise<unknown> {
  if (schema.enum) return schema.enum[0]
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return exampleOf(schema.anyOf[0] as Schema, key, party)
  const [type] = typesOf(schema)
  if (schema.format === 'uuid') return (await made(key, party)).id
  if (type === 'string') return texts[key] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1))
  if (type === 'integer') return schema.minimum ?? 0
  if (type === 'boolean') return false
  if (type === 'array') return [await exampleOf(schema.items as Schema, key, party)]
  const required = schema.required ?? []
  const members = Object.entries(membersOf(schema)).filter(([member]) => required.includes(member))
  return Object.fromEntries(
    await Promise.all(members.map(async ([k, member]) => [k, await exampleOf(member, k, party)])),
  )
}

function made(key: string, party: Party): Promise<{ id: string }> {
  const maker = makers[key]
  if (!maker) throw new Error(`samples.ts does not know yet how to make what ${key} names`)
  return maker(party)
}

/** The smallest body the operation takes. */
export async function bodyFor(
  operation: Operation,
  party: Party,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!operation.body) return undefined
  const least = (await exampleOf(operation.body as Schema, operation.id, party)) as object
  return { ...least, ...(await additions[operation.id]?.(party)) }
}

/** A body of which `key` names the thing with this id. */
export function naming(
  operation: Operation,
  body: Readonly<Record<string, unknown>> | undefined,
  key: string,
  id: string,
): Readonly<Record<string, unknown>> {
  return { ...body, ...companions[`${operation.id} ${key}`], [key]: id }
}

/** Whoever may ask: an API key, a member, or an external user with its own access token. */
export async function callerOf({ credential }: Operation, { client, owner }: Party): Promise<Client> {
  if (credential === 'member') return owner
  if (credential !== 'access-token') return client
  const { channelId, id } = await makeExternalUser(client)
  return client.as(`Bearer ${await tokenFor(client, { channelId, id })}`)
}

export async function sampleOf(operation: Operation, party: Party): Promise<Sample> {
  const body = await bodyFor(operation, party)
  const id = operation.path.includes('{id}') ? await subjectOf(operation, party) : null
  const path = operation.path.replace('{id}', id ?? '') + (await leastQueryOf(operation, party))
  return { path, id, ...(body && { body }) }
}

/** The parameters that a caller must give, with its question mark; empty where there are none. */
export async function leastQueryOf({ query }: Operation, party: Party): Promise<string> {
  const { required = [] } = (query as Schema | undefined) ?? {}
  const names = required.filter((name) => membersOf(query)[name]?.default === undefined)
  const pairs = await Promise.all(names.map(async (name) => `${name}=${(await made(name, party)).id}`))
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

export function withQuery(path: string, query: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}

/** Makes what the path's id names, by the operation that creates in the same collection. */
export async function subjectOf(
  { id, surface, path }: Pick<Operation, 'id' | 'surface' | 'path'>,
  party: Party,
): Promise<string> {
  const collection = path.slice(0, path.indexOf('/{id}'))
  const special = subjects[id] ?? subjects[addressOf({ surface }, collection)]
  if (special) return special(party)
  const create = allOperations.find(
    (one) => one.method === 'POST' && one.surface === surface && one.path === collection,
  )
  if (!create) throw new Error(`samples.ts does not know yet how to make one of ${collection}`)
  const sample = { path: collection, id: null, body: (await bodyFor(create, party)) ?? {} }
  const reply = await call(await callerOf(create, party), create, sample)
  if (reply.status !== successOf(create))
    throw new Error(`POST ${collection} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply.body.id
}

/** Where `If-Match` is required, any version will do unless the headers say otherwise; undefined leaves one out. */
export function call(
  client: Client,
  operation: Operation,
  sample: Sample,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Reply> {
  const body = sample.body === undefined ? {} : { body: sample.body }
  return send(client, operation, sample, { ...body, headers })
}

export interface Sending extends Omit<RequestOptions, 'headers'> {
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** The same with a body of one's own. */
export function send(
  client: Client,
  { method, surface, guarded }: Operation,
  { path }: Pick<Sample, 'path'>,
  { headers, ...options }: Sending,
): Promise<Reply> {
  const all = { ...(guarded && { 'if-match': '*' }), ...headers }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return client.send(method, addressOf({ surface }, path), { ...options, headers: Object.fromEntries(given) })
}

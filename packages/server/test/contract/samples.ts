// A request that succeeds, for every operation: what it is about is made through the API, the rest follows from its schema.
import { randomUUID } from 'node:crypto'
import type { Operation } from '@narthex/contract'
import type { Client, Reply } from '../client.ts'
import { tokenFor } from '../blocks.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from '../factories.ts'
import { allOperations } from './observed.ts'

export interface Sample {
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

/** How to make one of the things that a member of a body names. */
export const makers: Readonly<Record<string, (client: Client) => Promise<{ id: string }>>> = {
  channelId: (client) => makeChannel(client),
  externalUserId: (client) => makeExternalUser(client),
  superIdentityId: async (client) => ({ id: (await makeExternalUser(client)).superIdentityId }),
  tierId: (client) => makeTier(client),
  defaultTierId: (client) => makeTier(client),
  externalUserGroupId: (client) => makeGroup(client),
  defaultExternalUserGroupId: (client) => makeGroup(client),
}

/** Where nothing can be created by POST to the collection itself. */
const subjects: Readonly<Record<string, (client: Client) => Promise<string>>> = {
  '/super-identities': async (client) => (await makeExternalUser(client)).superIdentityId,
}

/** Rules that no schema tells: an account needs one of its selectors, a block the subject of its reach. */
const additions: Readonly<Record<string, (client: Client) => Promise<object>>> = {
  'externalUsers.authenticate': async () => ({ externalId: `crm-${randomUUID()}` }),
  'externalUsers.create': async () => ({ externalId: `crm-${randomUUID()}` }),
  'blocks.create': async (client) => ({ reach: 'external-user', externalUserId: (await makeExternalUser(client)).id }),
  'trustedIssuers.create': async () => ({
    issuer: `https://${randomUUID()}.example.com`,
    jwksUri: 'https://login.example.com/jwks',
  }),
}

/** What else a body needs beside one of its members that names something, by operation and member. */
const companions: Readonly<Record<string, object>> = {
  'blocks.create superIdentityId': { reach: 'person', externalUserId: null },
  'blocks.create channelId': { reach: 'identifier', identifier: 'ann', externalUserId: null },
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

/** A value that fits; ids name something of the client's workspace. */
export async function exampleOf(schema: Schema, key: string, client: Client): Promise<unknown> {
  if (schema.enum) return schema.enum[0]
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return exampleOf(schema.anyOf[0] as Schema, key, client)
  const [type] = typesOf(schema)
  if (schema.format === 'uuid') return (await made(key, client)).id
  if (type === 'string') return texts[key] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1))
  if (type === 'integer') return schema.minimum ?? 0
  if (type === 'boolean') return false
  if (type === 'array') return [await exampleOf(schema.items as Schema, key, client)]
  const required = schema.required ?? []
  const members = Object.entries(membersOf(schema)).filter(([member]) => required.includes(member))
  return Object.fromEntries(
    await Promise.all(members.map(async ([k, member]) => [k, await exampleOf(member, k, client)])),
  )
}

function made(key: string, client: Client): Promise<{ id: string }> {
  const maker = makers[key]
  if (!maker) throw new Error(`samples.ts does not know yet how to make what ${key} names`)
  return maker(client)
}

/** The smallest body the operation takes. */
export async function bodyFor(
  operation: Operation,
  client: Client,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!operation.body) return undefined
  const least = (await exampleOf(operation.body as Schema, operation.id, client)) as object
  return { ...least, ...(await additions[operation.id]?.(client)) }
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

/** Whoever may ask: the client itself, or an external user with its own access token. */
export async function callerOf({ credential }: Operation, client: Client): Promise<Client> {
  if (credential !== 'access-token') return client
  const { channelId, id } = await makeExternalUser(client)
  return client.as(`Bearer ${await tokenFor(client, { channelId, id })}`)
}

export async function sampleOf(operation: Operation, client: Client): Promise<Sample> {
  const body = await bodyFor(operation, client)
  const id = operation.path.includes('{id}') ? await subjectOf(operation, client) : null
  return { path: operation.path.replace('{id}', id ?? ''), id, ...(body && { body }) }
}

/** Makes what the path's id names, by the operation that creates in the same collection. */
export async function subjectOf(operation: Operation, client: Client): Promise<string> {
  const collection = operation.path.slice(0, operation.path.indexOf('/{id}'))
  const special = subjects[collection]
  if (special) return special(client)
  const create = allOperations.find(({ method, path }) => method === 'POST' && path === collection)
  if (!create) throw new Error(`samples.ts does not know yet how to make one of ${collection}`)
  const reply = await client.post(collection, await bodyFor(create, client))
  if (reply.status !== 200)
    throw new Error(`POST ${collection} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply.body.id
}

export function call(
  client: Client,
  operation: Operation,
  sample: Sample,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const body = sample.body === undefined ? {} : { body: sample.body }
  return client.send(operation.method, sample.path, { ...body, headers })
}

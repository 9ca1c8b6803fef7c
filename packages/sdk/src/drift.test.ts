import {
  basePaths,
  operations,
  type ErrorCode,
  type Input,
  type Operation,
  type Operations,
  type Output,
} from '@narthex/contract'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createClient } from './index.ts'
import type * as wire from './types.ts'

const id = '6f0e4b3c-1c6a-4a7e-9c61-0d3f9a526e0c'

/** A client whose requests go nowhere and are noted. */
function recorded() {
  const requests: Request[] = []
  const client = createClient({
    baseUrl: 'https://id.example.com',
    apiKey: 'a-key',
    fetch: async (input, init) => {
      requests.push(new Request(input as string, init))
      return new Response('{}', { headers: { etag: '"1"' } })
    },
  }) as unknown as Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>
  return { client, requests }
}

const method = (operationId: string) => operationId.split('.') as [resource: string, verb: string]

describe('the SDK and the contract', () => {
  it.each(Object.entries(operations as Record<string, Operation>))(
    'calls %s with its method, path, body and header fields',
    async (operationId, operation) => {
      const { client, requests } = recorded()
      const [resource, verb] = method(operationId)
      const call = client[resource]?.[verb]
      expect(call).toBeTypeOf('function')
      const body = { note: 'as given' }
      const takesId = operation.path.includes('{id}')
      await call?.(...(takesId ? [id] : []), ...(operation.body ? [body] : []), {
        signal: new AbortController().signal,
      })
      const [request] = requests as [Request]
      const { pathname } = new URL(request.url)
      expect([request.method, pathname]).toEqual([
        operation.method,
        basePaths[operation.surface] + operation.path.replace('{id}', id),
      ])
      expect(request.headers.get('authorization')).toBe('a-key')
      expect(request.headers.has('idempotency-key')).toBe(operation.creates === true)
      const text = await request.text()
      expect(text).toBe(operation.body ? JSON.stringify(body) : '')
      expect(request.headers.get('content-type')).toBe(operation.body ? 'application/json' : null)
    },
  )

  it.each(Object.entries(operations as Record<string, Operation>).filter(([, { versioned }]) => versioned))(
    'sends the entity tag with %s where the contract takes one',
    async (operationId, operation) => {
      const { client, requests } = recorded()
      const [resource, verb] = method(operationId)
      const input = [...(operation.path.includes('{id}') ? [id] : []), ...(operation.body ? [{}] : [])]
      await client[resource]?.[verb]?.(...input, { ifMatch: '"7"', ifNoneMatch: '"8"', idempotencyKey: 'mine' })
      const headers = (requests[0] as Request).headers
      const changes = operation.method === 'PATCH' || operation.method === 'DELETE'
      expect(headers.get('if-match')).toBe(changes ? '"7"' : null)
      expect(headers.get('if-none-match')).toBe(operation.method === 'GET' ? '"8"' : null)
      expect(headers.get('idempotency-key')).toBe(operation.creates ? 'mine' : null)
    },
  )

  it('has no method that the contract lacks, besides the walks through its lists', () => {
    const { client } = recorded()
    const methods = Object.entries(client).flatMap(([resource, verbs]) =>
      Object.keys(verbs).map((verb) => `${resource}.${verb}`),
    )
    const lists = Object.values(operations as Record<string, Operation>).filter(({ list }) => list)
    expect(methods.sort()).toEqual(
      [...Object.keys(operations), ...lists.map((operation) => `${operation.id}All`)].toSorted(),
    )
  })

  it('has for every answer exactly the shape of the contract', () => {
    expectTypeOf<wire.AuthenticatedExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.authenticate']>>()
    expectTypeOf<wire.CreatedExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.create']>>()
    expectTypeOf<wire.ExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.get']>>()
    expectTypeOf<wire.ExternalUserGroup>().toEqualTypeOf<Output<Operations['externalUserGroups.get']>>()
    expectTypeOf<wire.Tier>().toEqualTypeOf<Output<Operations['tiers.get']>>()
    expectTypeOf<wire.Channel>().toEqualTypeOf<Output<Operations['channels.get']>>()
    expectTypeOf<wire.SuperIdentity>().toEqualTypeOf<Output<Operations['superIdentities.get']>>()
    expectTypeOf<wire.ApiKey>().toEqualTypeOf<Output<Operations['apiKeys.get']>>()
    expectTypeOf<wire.ApiKeyWithSecret>().toEqualTypeOf<Output<Operations['apiKeys.create']>>()
    expectTypeOf<wire.Workspace>().toEqualTypeOf<Output<Operations['workspace.get']>>()
    expectTypeOf<wire.Message>().toEqualTypeOf<Output<Operations['tiers.delete']>>()
    expectTypeOf<wire.ErrorCode>().toEqualTypeOf<ErrorCode>()
  })

  it('takes whatever body and query the contract takes', () => {
    expectTypeOf<Input<Operations['externalUsers.authenticate']>['body']>().toExtend<wire.AuthenticateExternalUser>()
    expectTypeOf<Input<Operations['externalUsers.create']>['body']>().toExtend<wire.CreateExternalUser>()
    expectTypeOf<Input<Operations['externalUsers.update']>['body']>().toExtend<wire.UpdateExternalUser>()
    expectTypeOf<Input<Operations['externalUserGroups.create']>['body']>().toExtend<wire.CreateExternalUserGroup>()
    expectTypeOf<Input<Operations['tiers.create']>['body']>().toExtend<wire.CreateTier>()
    expectTypeOf<Input<Operations['channels.create']>['body']>().toExtend<wire.CreateChannel>()
    expectTypeOf<Input<Operations['apiKeys.create']>['body']>().toExtend<wire.CreateApiKey>()
    expectTypeOf<Input<Operations['apiKeys.rotate']>['body']>().toExtend<wire.RotateApiKey>()
    expectTypeOf<Input<Operations['apiKeys.revoke']>['body']>().toExtend<wire.RevokeApiKey>()
    expectTypeOf<Input<Operations['workspace.update']>['body']>().toExtend<wire.UpdateWorkspace>()
    expectTypeOf<Input<Operations['externalUsers.list']>['query']>().toExtend<wire.ListExternalUsersQuery>()
    expectTypeOf<Input<Operations['channels.list']>['query']>().toExtend<wire.ListChannelsQuery>()
    expectTypeOf<keyof Input<Operations['externalUsers.list']>['query']>().toEqualTypeOf<
      keyof wire.ListExternalUsersQuery
    >()
  })
})

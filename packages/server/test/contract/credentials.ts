// No operation without a good key, and none with a key that lacks its scope.
import { scopes, type Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import { makeSecret } from '../../src/lib/secret.ts'
import { createClient, type Client } from '../client.ts'
import { allOperations } from './observed.ts'
import { call, callerOf, sampleOf } from './samples.ts'
import { countEvents, expectRefusal, type SuiteOf } from './suite.ts'

const byToken = allOperations.filter(({ credential }) => credential === 'access-token')
const byKey = allOperations.filter(({ credential }) => credential === undefined)

export function describeCredentials(suite: SuiteOf): void {
  describe('credentials', () => {
    it.each(allOperations)(
      '$id answers 401 without a key, and to one that is unknown, garbled, revoked or past its end',
      async (operation) => {
        const { server, observed } = suite()
        const sample = await sampleOf(operation, server.client)
        const keys = await badKeys()
        const before = await countEvents(suite())
        for (const key of keys) {
          const client = createClient(server.address, key, observed.onReply)
          const reply = await call(client, operation, sample)
          expectRefusal(reply, 401, 'unauthorized')
          expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="narthex"')
        }
        expect(await countEvents(suite())).toBe(before)
      },
    )

    it.each(byKey)("$id answers 401 to an external user's own access token", async (operation) => {
      const { client } = suite().server
      const sample = await sampleOf(operation, client)
      const externalUser = await (tokenHolder ??= callerOf(byToken[0] as Operation, client))
      const before = await countEvents(suite())
      for (const caller of [externalUser, externalUser.as(externalUser.key.replace('Bearer ', ''))]) {
        expectRefusal(await call(caller, operation, sample), 401, 'unauthorized')
      }
      expect(await countEvents(suite())).toBe(before)
    })

    it.each(byToken)('$id answers 401 to an API key with every scope', async (operation) => {
      const { client } = suite().server
      for (const key of [client.key, `Bearer ${client.key}`]) {
        expectRefusal(await call(client.as(key), operation, await sampleOf(operation, client)), 401, 'unauthorized')
      }
    })

    it.each(byKey)(
      '$id answers 403 to a key that holds every scope but its own, and changes nothing',
      async (operation) => {
        const { server } = suite()
        const sample = await sampleOf(operation, server.client)
        const others = scopes.filter((scope) => scope !== operation.scope)
        const client = await server.clientWith(others)
        const before = await countEvents(suite())
        expectRefusal(await call(client, operation, sample), 403, 'scope_missing')
        expect(await countEvents(suite())).toBe(before)
      },
    )

    it('takes the bare key, and Bearer in any case', async () => {
      const { server } = suite()
      const bare = createClient(server.address, '')
      for (const value of [server.client.key, `Bearer ${server.client.key}`, `bearer  ${server.client.key}`]) {
        expect((await bare.get('/workspace', { authorization: value })).status).toBe(200)
      }
      expect((await bare.get('/workspace', { authorization: `Basic ${server.client.key}` })).status).toBe(401)
    })
  })

  let tokenHolder: Promise<Client> | undefined
  let made: Promise<string[]> | undefined
  function badKeys(): Promise<string[]> {
    return (made ??= makeBadKeys(suite().server.client))
  }
}

async function makeBadKeys(client: Client): Promise<string[]> {
  const make = async (fields: object = {}) =>
    (await client.post('/api-keys', { name: 'To be refused', scopes, ...fields })).body as {
      id: string
      apiKey: string
    }
  const revoked = await make()
  await client.post(`/api-keys/${revoked.id}/revoke`, {})
  const ended = await make({ expiresAt: new Date(Date.now() + 50).toISOString() })
  await new Promise((resolve) => setTimeout(resolve, 60))
  const wrongChecksum = `${client.key.slice(0, -1)}${client.key.endsWith('a') ? 'b' : 'a'}`
  // The one made here is well-formed, and nobody was ever given it.
  return ['', 'x', 'Bearer', 'nxk_', wrongChecksum, makeSecret('nxk'), revoked.apiKey, ended.apiKey]
}

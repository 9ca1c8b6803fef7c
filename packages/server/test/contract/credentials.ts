// No operation without a good credential, none with a key that lacks its scope, none for a member whose role does not allow it.
import { randomUUID } from 'node:crypto'
import { roles, scopes, type Operation, type Role } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import { makeSecret } from '../../src/lib/secret.ts'
import { createClient, type Client } from '../client.ts'
import { makeMemberToken } from '../factories.ts'
import { allOperations } from './observed.ts'
import { call, callerOf, sampleOf } from './samples.ts'
import { countEvents, expectRefusal, type Suite, type SuiteOf } from './suite.ts'

const byToken = allOperations.filter(({ credential }) => credential === 'access-token')
const byKeyOrMember = allOperations.filter(({ credential }) => credential !== 'access-token')
const byKey = allOperations.filter(({ scope }) => scope !== null)
const byMember = allOperations.filter(({ credential }) => credential === 'member')
const byRole = allOperations.filter((operation) => operation.roles)
const inWorkspace = byKeyOrMember.filter(({ surface }) => surface === 'workspace')

export function describeCredentials(suite: SuiteOf): void {
  /** Runs calls of which each is refused, and changes nothing. */
  const unchanged = async (work: () => Promise<void>) => {
    const before = await countEvents(suite())
    await work()
    expect(await countEvents(suite())).toBe(before)
  }

  describe('credentials', () => {
    it.each(allOperations)(
      '$id answers 401 without a credential, and to one that is unknown, garbled, revoked or past its end',
      async (operation) => {
        const { server, observed, party } = suite()
        const sample = await sampleOf(operation, party)
        const secrets = await badSecrets()
        await unchanged(async () => {
          for (const secret of secrets) {
            const client = createClient(server.address, secret, observed.onReply)
            const reply = await call(client, operation, sample)
            expectRefusal(reply, 401, 'unauthorized')
            expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="narthex"')
          }
        })
      },
    )

    it.each(byKeyOrMember)("$id answers 401 to an external user's own access token", async (operation) => {
      const { party } = suite()
      const sample = await sampleOf(operation, party)
      const externalUser = await (tokenHolder ??= callerOf(byToken[0] as Operation, party))
      await unchanged(async () => {
        for (const caller of [externalUser, externalUser.as(externalUser.key.replace('Bearer ', ''))]) {
          expectRefusal(await call(caller, operation, sample), 401, 'unauthorized')
        }
      })
    })

    it.each(byToken)('$id answers 401 to an API key with every scope, and to a member', async (operation) => {
      const { party } = suite()
      for (const { key } of [party.client, party.owner]) {
        for (const shown of [key, `Bearer ${key}`]) {
          expectRefusal(
            await call(party.client.as(shown), operation, await sampleOf(operation, party)),
            401,
            'unauthorized',
          )
        }
      }
    })

    it.each(byKey)(
      '$id answers 403 to a key that holds every scope but its own, and changes nothing',
      async (operation) => {
        const { server, party } = suite()
        const sample = await sampleOf(operation, party)
        const client = await server.clientWith(scopes.filter((scope) => scope !== operation.scope))
        await unchanged(async () => expectRefusal(await call(client, operation, sample), 403, 'scope_missing'))
      },
    )

    it.each(byMember)('$id answers 403 to an API key with every scope, and changes nothing', async (operation) => {
      const { party } = suite()
      const sample = await sampleOf(operation, party)
      await unchanged(async () => expectRefusal(await call(party.client, operation, sample), 403, 'member_required'))
    })

    it.each(byRole)('$id answers 403 to members of every other role, and changes nothing', async (operation) => {
      const sample = await sampleOf(operation, suite().party)
      for (const role of roles.filter((role) => !operation.roles?.includes(role))) {
        const member = await memberWith(role)
        await unchanged(async () => expectRefusal(await call(member, operation, sample), 403, 'role_insufficient'))
      }
    })

    it.each(inWorkspace)(
      '$id answers a member that names another workspace as one that names a workspace that nobody has',
      async (operation) => {
        const { party, stranger } = suite()
        const sample = await sampleOf(operation, party)
        await unchanged(async () => {
          for (const id of [stranger.workspaceId, stranger.workspaceId.toUpperCase(), randomUUID(), 'x', '%00']) {
            const reply = await call(party.owner, operation, sample, { 'x-workspace-id': id })
            expectRefusal(reply, 404, 'workspace_not_found')
          }
        })
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
  function badSecrets(): Promise<string[]> {
    return (made ??= makeBadSecrets(suite()))
  }
  const members = new Map<Role, Promise<Client>>()
  function memberWith(role: Role): Promise<Client> {
    const member =
      members.get(role) ??
      suite()
        .server.memberWith(role)
        .then(({ client }) => client)
    members.set(role, member)
    return member
  }
}

async function makeBadSecrets({ party: { client, owner, ownerId } }: Suite): Promise<string[]> {
  const expiresAt = () => new Date(Date.now() + 50).toISOString()
  const makeKey = async (fields: object = {}) =>
    (await client.post('/api-keys', { name: 'To be refused', scopes, ...fields })).body as {
      id: string
      apiKey: string
    }
  const revoked = await makeKey()
  await client.post(`/api-keys/${revoked.id}/revoke`, {})
  const revokedToken = await makeMemberToken(owner, ownerId)
  await owner.post(`/member-tokens/${revokedToken.id}/revoke`)
  const ended = await makeKey({ expiresAt: expiresAt() })
  const endedToken = await makeMemberToken(owner, ownerId, { expiresAt: expiresAt() })
  await new Promise((resolve) => setTimeout(resolve, 60))
  const garbled = ({ key }: Client) => `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`
  // Those made here are well-formed, and nobody was ever given them.
  const unknown = [garbled(client), garbled(owner), makeSecret('nxk'), makeSecret('nxm')]
  const dead = [revoked.apiKey, revokedToken.memberToken, ended.apiKey, endedToken.memberToken]
  return ['', 'x', 'Bearer', 'nxk_', 'nxm_', ...unknown, ...dead]
}

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('super identities on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  const vouching = async () => (await makeChannel(client, { identifierKind: 'email', admission: 'referral' })).id
  const person = (id: string) => client.get(`/super-identities/${id}`)
  const address = () => `Ann.${randomUUID()}@Example.com`

  it('stands above every account from its first moment', async () => {
    const user = await makeExternalUser(client, { name: 'Ann Doe' })
    const { body, headers } = await person(user.superIdentityId)
    expect(body).toEqual({
      id: user.superIdentityId,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
      firstname: null,
      lastname: null,
      email: null,
      externalUserIds: [user.id],
      mergedIntoId: null,
      workspaceId: server.workspaceId,
    })
    expect(headers.get('etag')).toBe('"1"')
  })

  it('joins accounts of one address where the integrator vouches for it, and raises the version', async () => {
    const identifier = address()
    const first = await makeExternalUser(client, { channelId: await vouching(), identifier })
    const second = await makeExternalUser(client, {
      channelId: await vouching(),
      identifier: ` ${identifier.toUpperCase()} `,
    })
    expect(second.superIdentityId).toBe(first.superIdentityId)
    const { body, headers } = await person(first.superIdentityId)
    expect(body).toMatchObject({ email: identifier, externalUserIds: [first.id, second.id] })
    expect(headers.get('etag')).toBe('"2"')
  })

  it.each([
    ['an open e-mail channel', { identifierKind: 'email', admission: 'open' }],
    ['a guarded channel of another kind', { identifierKind: 'opaque', admission: 'referral' }],
  ])('inherits nothing from an address typed on %s', async (_, settings) => {
    const identifier = address()
    const known = await makeExternalUser(client, { channelId: await vouching(), identifier })
    const typed = await makeExternalUser(client, { channelId: (await makeChannel(client, settings)).id, identifier })
    expect(typed.superIdentityId).not.toBe(known.superIdentityId)
    expect((await person(typed.superIdentityId)).body.email).toBeNull()
  })

  it('shows another address under another version when the account changes its own', async () => {
    const [before, after] = [address(), address()]
    const user = await makeExternalUser(client, { channelId: await vouching(), identifier: before })
    const tag = (await person(user.superIdentityId)).headers.get('etag') as string
    await client.patch(`/external-users/${user.id}`, { identifier: after })
    const changed = await client.get(`/super-identities/${user.superIdentityId}`, { 'if-none-match': tag })
    expect([changed.status, changed.body.email]).toEqual([200, after])
    const free = await makeExternalUser(client, { channelId: await vouching(), identifier: before })
    expect(free.superIdentityId).not.toBe(user.superIdentityId)
  })

  it('never joins by a patch', async () => {
    const identifier = address()
    await makeExternalUser(client, { channelId: await vouching(), identifier })
    const other = await makeExternalUser(client, { channelId: await vouching(), identifier: address() })
    const { status, body } = await client.patch(`/external-users/${other.id}`, { identifier })
    expect([status, body.code]).toEqual([409, 'identifier_held_by_another_person'])
  })

  it('forgets names and address with the last account, under a new version', async () => {
    const identifier = address()
    const user = await makeExternalUser(client, { channelId: await vouching(), identifier })
    const path = `/super-identities/${user.superIdentityId}`
    await client.patch(path, { firstname: 'Ann', lastname: 'Doe' })
    await client.post(`/external-users/${user.id}/erase`)
    const { body, headers } = await client.get(path)
    expect(body).toMatchObject({ firstname: null, lastname: null, email: null, externalUserIds: [user.id] })
    expect(headers.get('etag')).toBe('"3"')
  })

  it('takes names of one letter, clears with null and is found by a part of either', async () => {
    const { superIdentityId: id } = await makeExternalUser(client)
    await client.patch(`/super-identities/${id}`, { firstname: 'Ö', lastname: 'Nguyễn' })
    const found = await client.get(`/super-identities?search=${encodeURIComponent('o nguyen')}`)
    expect(found.body.map((one: { id: string }) => one.id)).toEqual([id])
    const { body } = await client.patch(`/super-identities/${id}`, { firstname: null })
    expect(body).toMatchObject({ firstname: null, lastname: 'Nguyễn' })
    expect((await client.patch(`/super-identities/${id}`, { email: 'a@example.com' })).status).toBe(400)
  })
})

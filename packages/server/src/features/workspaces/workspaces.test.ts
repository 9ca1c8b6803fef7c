import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeExternalUser, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('workspaces on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
  })
  afterAll(() => server.close())

  const audienceOf = async (one: Client) => decodeJwt((await makeExternalUser(one)).accessToken as string).aud

  it('answers the workspace of the key, with its defaults', async () => {
    const { body } = await client.get('/workspace')
    expect(body).toEqual({
      id: server.workspaceId,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
      name: 'My workspace',
      parentId: null,
      tokenAudience: 'https://id.example.com',
      tokenLifetimeSeconds: 3600,
      defaultTierId: null,
      policies: {
        reviewersMayRefer: false,
        partnerOrganizationIds: [],
        admissionDaysMax: null,
        reviewerCommentRequired: false,
        provisionalAccess: null,
      },
    })
  })

  it('gives every other workspace an audience of its own, and its tokens name it', async () => {
    const other = await server.otherWorkspace()
    const expected = `https://id.example.com/workspaces/${other.workspaceId}`
    expect((await other.client.get('/workspace')).body.tokenAudience).toBe(expected)
    expect(await audienceOf(other.client)).toBe(expected)
    expect(await audienceOf(client)).toBe('https://id.example.com')
  })

  it('never lets two workspaces accept the same tokens', async () => {
    const [one, two] = [await server.otherWorkspace(), await server.otherWorkspace()]
    const take = (of: Client, tokenAudience: string) => of.patch('/workspace', { tokenAudience })
    expect((await take(one.client, 'urn:shop')).body.tokenAudience).toBe('urn:shop')
    const own = `https://id.example.com/workspaces/${one.workspaceId}`
    for (const audience of ['urn:shop', 'https://id.example.com', own]) {
      const { status, body } = await take(two.client, audience)
      expect([status, body.code], audience).toEqual([409, 'audience_taken'])
    }
    expect(await audienceOf(one.client)).toBe('urn:shop')
    expect((await take(one.client, own)).body.tokenAudience).toBe(own)
    // Tokens for it live on.
    expect((await take(two.client, 'urn:shop')).status).toBe(409)
  })

  it('takes any visible ASCII as an audience, but with a colon only what begins like a URI', async () => {
    const { client } = await server.otherWorkspace()
    for (const tokenAudience of ['1:2', ':', 'a b', 'ünder', '', 'x'.repeat(256)]) {
      expect((await client.patch('/workspace', { tokenAudience })).status, tokenAudience).toBe(400)
    }
    for (const tokenAudience of ['shop', 'shop/1', 'urn:shop:1', 'https://shop.example.com:8443/a?b#c']) {
      expect((await client.patch('/workspace', { tokenAudience })).body.tokenAudience).toBe(tokenAudience)
    }
  })

  it('keeps an audience it gave up from every other workspace, since tokens for it live on', async () => {
    const [one, other] = [await server.otherWorkspace(), await server.otherWorkspace()]
    const claim = async (client: Client, tokenAudience: string) =>
      (await client.patch('/workspace', { tokenAudience })).status
    expect([await claim(one.client, 'urn:first'), await claim(one.client, 'urn:second')]).toEqual([200, 200])
    expect(await claim(other.client, 'urn:first')).toBe(409)
    expect(await claim(one.client, 'urn:first')).toBe(200)
  })

  it('sets the lifetime of tokens that neither tier nor channel sets', async () => {
    const { client } = await server.otherWorkspace()
    await client.patch('/workspace', { tokenLifetimeSeconds: 600 })
    const { exp, iat } = decodeJwt((await makeExternalUser(client)).accessToken as string)
    expect((exp as number) - (iat as number)).toBe(600)
    for (const tokenLifetimeSeconds of [59, 86_401, null]) {
      expect((await client.patch('/workspace', { tokenLifetimeSeconds })).status).toBe(400)
    }
  })

  it('keeps its default tier from being deleted', async () => {
    const { client } = await server.otherWorkspace()
    const { id } = await makeTier(client)
    expect((await client.patch('/workspace', { defaultTierId: id })).body.defaultTierId).toBe(id)
    expect((await client.delete(`/tiers/${id}`)).body.message).toContain('by the workspace itself')
    await client.patch('/workspace', { defaultTierId: null })
    expect((await client.delete(`/tiers/${id}`)).status).toBe(200)
  })
})

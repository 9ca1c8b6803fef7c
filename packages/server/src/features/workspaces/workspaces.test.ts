import { randomUUID } from 'node:crypto'
import { scopes } from '@narthex/contract'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client, Reply } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf } from '../../../test/events.ts'
import { makeExternalUser, makeTier } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

/** What holds where nobody chose. */
const careful = {
  reviewersMayRefer: false,
  partnerOrganizationIds: [],
  admissionDaysMax: null,
  reviewerCommentRequired: false,
  provisionalAccess: null,
}

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

  describe('policies', () => {
    it('change one by one, over the version that the caller was shown, and only when they differ', async () => {
      const { client, workspaceId } = await server.otherWorkspace()
      const partner = randomUUID()
      const change = (policies: object, headers?: Record<string, string>) =>
        client.patch('/workspace', { policies }, headers)
      expect((await change({ reviewersMayRefer: true })).body.policies).toEqual({ ...careful, reviewersMayRefer: true })
      const partnerOrganizationIds = [partner.toUpperCase(), partner]
      const { body, headers } = await change({ partnerOrganizationIds, admissionDaysMax: 90 })
      const chosen = {
        ...careful,
        reviewersMayRefer: true,
        partnerOrganizationIds: [partner],
        admissionDaysMax: 90,
      }
      expect([body.policies, headers.get('etag')]).toEqual([chosen, '"3"'])
      const same = await change({ partnerOrganizationIds: [partner], reviewersMayRefer: true })
      expect(same.headers.get('etag')).toBe('"3"')
      expect((await change({ admissionDaysMax: null }, { 'if-match': '"2"' })).status).toBe(412)
      expect((await client.patch('/workspace', { name: 'Renamed' })).body.policies).toEqual(chosen)
      expect(
        (await change({ admissionDaysMax: null }, { 'if-match': '"4"' })).body.policies.admissionDaysMax,
      ).toBeNull()
      const events = await eventsOf(server.db, workspaceId)
      expect(events.map(({ after }) => JSON.parse(after as string).policies)).toEqual([
        undefined,
        { ...careful, reviewersMayRefer: true },
        chosen,
        undefined,
        { ...chosen, admissionDaysMax: null },
      ])
    })

    it('are refused where they mean nothing, and the place is named', async () => {
      const { client } = await server.otherWorkspace()
      const access = { tierId: randomUUID(), hours: 24 }
      for (const [policy, value, path = `policies.${policy}`] of [
        ['admissionDaysMax', 0],
        ['admissionDaysMax', 3651],
        ['reviewersMayRefer', null],
        ['partnerOrganizationIds', ['nowhere'], 'policies.partnerOrganizationIds.0'],
        ['provisionalAccess', { ...access, hours: 25 }, 'policies.provisionalAccess.hours'],
        ['provisionalAccess', { ...access, hours: 0 }, 'policies.provisionalAccess.hours'],
        ['provisionalAccess', { hours: 1 }, 'policies.provisionalAccess.tierId'],
        ['unknown', true],
      ] as const) {
        const { status, body } = await client.patch('/workspace', { policies: { [policy]: value } })
        expect([status, body.issues?.[0].path], `${policy} ${JSON.stringify(value)}`).toEqual([400, path])
      }
      expect((await client.get('/workspace')).body.policies).toEqual(careful)
    })

    it('keep the tier of provisional access from being deleted, and know no tier of another workspace', async () => {
      const [{ client }, other] = [await server.otherWorkspace(), await server.otherWorkspace()]
      const provide = (tierId: string) =>
        client.patch('/workspace', { policies: { provisionalAccess: { tierId, hours: 24 } } })
      for (const tierId of [randomUUID(), (await makeTier(other.client)).id]) {
        const { status, body } = await provide(tierId)
        expect([status, body.code]).toEqual([404, 'tier_not_found'])
      }
      const { id } = await makeTier(client)
      expect((await provide(id.toUpperCase())).body.policies.provisionalAccess).toEqual({ tierId: id, hours: 24 })
      const refused = await client.delete(`/tiers/${id}`)
      expect([refused.status, refused.body.code]).toEqual([409, 'tier_in_use'])
      await client.patch('/workspace', { policies: { provisionalAccess: null } })
      expect((await client.delete(`/tiers/${id}`)).status).toBe(200)
    })

    it('give access before a decision only by a key that may open a guarded door', async () => {
      const { client, workspaceId } = await server.otherWorkspace()
      const rest = scopes.filter((scope) => scope !== 'channels:admission')
      const weak = await server.clientWith(rest, workspaceId)
      const { id: tierId } = await makeTier(client)
      const give = (of: Client, provisionalAccess: object | null) =>
        of.patch('/workspace', { policies: { provisionalAccess } })
      const refusal = [403, 'scope_missing', expect.stringContaining('channels:admission')]
      const told = ({ status, body }: Reply) => [status, body.code, body.message]
      expect(told(await give(weak, { tierId, hours: 1 }))).toEqual(refusal)
      expect((await client.get('/workspace')).body.policies).toEqual(careful)
      expect((await give(client, { tierId, hours: 1 })).status).toBe(200)
      expect(told(await give(weak, { tierId, hours: 2 }))).toEqual(refusal)
      // What stays as it is, or is taken away, opens nothing.
      expect((await give(weak, { hours: 1, tierId })).status).toBe(200)
      expect((await weak.patch('/workspace', { name: 'Renamed by a key' })).status).toBe(200)
      expect((await give(weak, null)).body.policies).toEqual(careful)
    })

    it('are changed by owners and admins alone, of all members', async () => {
      const statuses: Record<string, number> = {}
      for (const role of ['owner', 'admin', 'reviewer', 'referrer', 'viewer'] as const) {
        const member = await server.memberWith(role)
        const body = { policies: { reviewerCommentRequired: false } }
        statuses[role] = (await member.client.patch('/workspace', body)).status
      }
      expect(statuses).toEqual({ owner: 200, admin: 200, reviewer: 403, referrer: 403, viewer: 403 })
    })
  })
})

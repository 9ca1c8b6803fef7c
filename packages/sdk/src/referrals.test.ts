import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { testDatabases, type TestDatabaseKind } from '../../server/test/databases.ts'
import { startTestServer, type TestServer } from '../../server/test/test-server.ts'
import { createClient, NarthexError, type Client, type FindReferrals, type Referral } from './index.ts'

describe('the SDK on members and referrals, against a real service', () => {
  let server: TestServer
  let owner: Client
  let referrer: Client
  let organizationId: string
  const as = (memberToken: string, workspaceId?: string) =>
    createClient({ baseUrl: server.address, memberToken, workspaceId })

  beforeAll(async () => {
    server = await startTestServer(testDatabases[0] as TestDatabaseKind)
    organizationId = server.workspaceId
    owner = as(server.owner.key)
    referrer = as((await server.memberWith('referrer')).client.key)
  })
  afterAll(() => server.close())

  let made = 0
  const refer = async (fields: { firstname?: string } = {}) =>
    (await referrer.referrals.refer({ organizationId, email: `guest-${(made += 1)}@example.com`, ...fields })).data

  it('refers a person, whom another member admits and lets in', async () => {
    const { data: channel } = await owner.channels.create({
      name: 'Portal',
      kind: 'portal',
      identifierKind: 'email',
      admission: 'referral',
    })
    const identifier = 'ann@example.com'
    const knock = () => owner.externalUsers.authenticate({ channelId: channel.id, identifier })
    await expect(knock()).rejects.toMatchObject({ code: 'admission_required' })

    const { data: referral, etag } = await referrer.referrals.refer({ organizationId, email: identifier })
    expect(referral).toMatchObject({ status: 'REFERRED', referredUser: { email: identifier } })
    expect(etag).toBe(`"${referral.meta.version}"`)
    const { data: admitted } = await owner.referrals.admit(referral, { reviewerComment: 'A good friend' })
    expect(admitted).toMatchObject({ status: 'ADMITTED', reviewerUser: { userId: server.ownerId } })
    expect((await knock()).data.accessToken).not.toBe('')

    await expect(owner.referrals.revoke(referral)).rejects.toMatchObject({ code: 'narthex.referral.noMatch' })
    const { data: revoked } = await owner.referrals.revoke(admitted)
    await expect(knock()).rejects.toMatchObject({ code: 'admission_ended' })
    await owner.referrals.review(referral.id, { status: 'ADMITTED' }, { ifMatch: `"${revoked.meta.version}"` })
    const { data: history } = await owner.referrals.decisions(referral.id)
    expect(history.decisions.map(({ to }) => to)).toEqual(['ADMITTED', 'REVOKED', 'ADMITTED'])
  })

  it('rejects one, and withdraws one as long as nobody decided', async () => {
    expect((await owner.referrals.reject(await refer())).data.status).toBe('REJECTED')
    const referral = await refer()
    const withdrawn = await referrer.referrals.withdraw(referral.id, { ifMatch: `"${referral.meta.version}"` })
    expect([withdrawn.data, withdrawn.requestId === '']).toEqual([null, false])
    const again = referrer.referrals.withdraw(referral.id, { ifMatch: '*' })
    await expect(again).rejects.toMatchObject({ code: 'narthex.referral.conflict', status: 409 })
  })

  it('shows the evidence on a referral to who decides, and not to who refers', async () => {
    const { id } = await refer()
    expect((await owner.referrals.evidence(id)).data).toMatchObject({ accounts: [], refusals: [], blocks: [] })
    await expect(referrer.referrals.evidence(id)).rejects.toMatchObject({ code: 'narthex.referral.forbidden' })
  })

  it('finds referrals by a filter and in an order, page by page and all of them', async () => {
    for (const firstname of ['Ada', 'Bob', 'Cy']) await refer({ firstname })
    const query: FindReferrals = {
      organizationId,
      filter: { 'referredUser.firstname': { in: ['Ada', 'Bob', 'Cy'] }, not: { status: 'ADMITTED' } },
      sort: ['-referredUser.firstname', 'id'],
    }
    const names = (all: readonly Referral[]) => all.map(({ referredUser }) => referredUser.firstname)
    const first = await owner.referrals.list({ ...query, size: 2 })
    expect([names(first.data), first.page.totalElements, first.page.totalPages]).toEqual([['Cy', 'Bob'], 3, 2])
    expect(names((await owner.referrals.list({ ...query, size: 2, number: 1 })).data)).toEqual(['Ada'])
    const walked: Referral[] = []
    for await (const referral of owner.referrals.listAll({ ...query, size: 1 })) walked.push(referral)
    expect(names(walked)).toEqual(['Cy', 'Bob', 'Ada'])
    const same = await owner.referrals.list({ ...query, size: 2 }, { ifNoneMatch: first.etag })
    expect([same.notModified, same.data]).toEqual([true, null])
    const since = { referredAt: { after: '2999-01-01T00:00:00Z' } }
    expect((await owner.referrals.list({ organizationId, filter: since })).data).toEqual([])
    const { data: one, etag } = await owner.referrals.get((walked[0] as Referral).id)
    expect([one, (await owner.referrals.get(one.id, { ifNoneMatch: etag })).data]).toEqual([walked[0], null])
  })

  it('finds organizations, members and the persons who were referred', async () => {
    const { referredUser } = await refer({ firstname: 'Dora' })
    expect((await owner.organizations.list()).data.map(({ id }) => id)).toEqual([organizationId])
    expect((await owner.organizations.get(organizationId)).data.name).toBe('My workspace')
    for await (const organization of referrer.organizations.listAll()) expect(organization.id).toBe(organizationId)
    const { data: dora } = await referrer.users.get(referredUser.userId)
    expect(dora).toMatchObject({ firstname: 'Dora', kind: 'PERSON' })
    const { data: found } = await owner.users.list({ organizationId, filter: { firstname: 'Dora' } })
    expect(found).toEqual([dora])
    const all: string[] = []
    for await (const { kind } of owner.users.listAll({ organizationId, filter: { kind: 'MEMBER' }, size: 1 }))
      all.push(kind)
    expect(all).toEqual(['MEMBER', 'MEMBER'])
  })

  it('invites, promotes and removes a member', async () => {
    const person = { email: 'eve@example.com', firstname: 'Eve', lastname: 'Adams', role: 'viewer' } as const
    const { data: invited } = await owner.members.create(person)
    expect(invited).toMatchObject({ ...person, joinedAt: null, invitation: expect.stringMatching(/^nxi_/) })
    expect((await owner.members.invite(invited.id)).data.invitation).not.toBe(invited.invitation)
    const { data: promoted, etag } = await owner.members.update(invited.id, { role: 'reviewer' })
    expect(promoted.role).toBe('reviewer')
    expect((await owner.members.get(invited.id, { ifNoneMatch: etag })).notModified).toBe(true)
    expect((await owner.members.list({ search: 'Adams' })).data).toEqual([promoted])
    const members: string[] = []
    for await (const { id } of owner.members.listAll()) members.push(id)
    expect(members).toContain(invited.id)
    expect((await owner.members.delete(invited.id, { ifMatch: etag })).data.message).not.toBe('')
    await expect(owner.members.get(invited.id)).rejects.toMatchObject({ code: 'member_not_found' })
    const keyed = createClient({ baseUrl: server.address, apiKey: server.client.key })
    await expect(keyed.members.create(person)).rejects.toMatchObject({ code: 'member_required', status: 403 })
  })

  it('makes and revokes a member token, which opens what the member may', async () => {
    const { data: token } = await owner.memberTokens.create(server.ownerId, { name: 'Laptop' })
    const laptop = as(token.memberToken)
    expect((await laptop.workspace.get()).data.id).toBe(organizationId)
    expect((await owner.memberTokens.list(server.ownerId)).data.map(({ id }) => id)).toContain(token.id)
    expect((await owner.memberTokens.revoke(token.id)).data.revokedAt).not.toBeNull()
    await expect(laptop.workspace.get()).rejects.toMatchObject({ code: 'unauthorized', status: 401 })
  })

  it('names the workspace that is meant on the Workspace API, and none on the Referral API', async () => {
    const email = 'twice@example.com'
    const { workspaceId } = await server.otherWorkspace()
    await server.memberWith('admin', { workspaceId, email })
    const { key } = (await server.memberWith('viewer', { email })).client
    const workspaceOf = async (client: Client) => (await client.workspace.get()).data.id
    expect([await workspaceOf(as(key)), await workspaceOf(as(key, workspaceId))]).toEqual([organizationId, workspaceId])
    const { data: both } = await as(key, workspaceId).organizations.list()
    expect(both.map(({ id }) => id).toSorted()).toEqual([organizationId, workspaceId].toSorted())
    await expect(as(server.owner.key, workspaceId).workspace.get()).rejects.toMatchObject({
      code: 'workspace_not_found',
    })
  })

  it('says of a refusal its code, its places and what the log knows it by', async () => {
    const error = await referrer.referrals.refer({ organizationId, email: 'x', firstname: '' }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NarthexError)
    expect(error).toMatchObject({
      code: 'narthex.referral.invalidRequestBodyProperty',
      status: 400,
      issues: expect.arrayContaining([{ path: 'email', message: expect.stringMatching(/^email must/) }]),
    })
    expect((error as NarthexError).requestId).toMatch(/^[\da-f-]{36}$/)
    const missing = await owner.referrals.get('nothing').catch((e: unknown) => e)
    expect(missing).toMatchObject({ code: 'narthex.referral.notFound', status: 404, issues: [] })
  })

  it('takes one credential and no other', () => {
    const { address: baseUrl } = server
    const both = { baseUrl, apiKey: 'nxk_a', memberToken: 'nxm_b' } as unknown as Parameters<typeof createClient>[0]
    expect(() => createClient(both)).toThrow(TypeError)
    expect(() => createClient({ baseUrl, memberToken: '' })).toThrow(/memberToken/)
    expect(() => createClient({ baseUrl } as { baseUrl: string; apiKey: string })).toThrow(/apiKey/)
    expectTypeOf<{ baseUrl: string; apiKey: string; workspaceId: string }>().not.toExtend<
      Parameters<typeof createClient>[0]
    >()
  })
})

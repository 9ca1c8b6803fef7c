import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser, makeReferral } from '../../../test/factories.ts'
import { decide, freshEmail, readReferral, refer, refusal, withdraw } from '../../../test/referrals.ts'
import { startTestServer, type TestMemberClient, type TestServer } from '../../../test/test-server.ts'

const invalid = (property: string, message: string, kind = 'invalid') => ({
  status: 400,
  body: {
    errors: [
      {
        code: `narthex.referral.${kind}RequestBodyProperty`,
        message: `${property} ${message}.`,
        messageParameters: { property },
        logref: expect.any(String),
      },
    ],
  },
})

describe.each(testDatabases)('referring on $name', (kind) => {
  let server: TestServer
  let referrer: TestMemberClient
  let reviewer: TestMemberClient

  beforeAll(async () => {
    server = await startTestServer(kind)
    referrer = await server.memberWith('referrer', { firstname: 'Rolf', lastname: 'Ritter' })
    reviewer = await server.memberWith('reviewer')
  })
  afterAll(() => server.close())

  const person = async (id: string) => (await server.client.get(`/super-identities/${id}`)).body

  it('answers 201 with the referral, where it is and its version', async () => {
    const email = `Ann.${randomUUID()}@Example.com`
    const reply = await refer(referrer.client, server.workspaceId.toUpperCase(), {
      email,
      firstname: 'Ann',
      lastname: 'Doe',
      referrerComment: 'A technician for robot arms',
      admittedUntil: new Date(Date.now() + 60_000).toISOString(),
    })
    expect([reply.status, reply.body]).toEqual([
      201,
      {
        id: expect.any(String),
        organizationId: server.workspaceId,
        organizationName: 'My workspace',
        referredUser: { userId: expect.any(String), firstname: 'Ann', lastname: 'Doe', email },
        status: 'REFERRED',
        referredAt: expect.any(String),
        referrerUser: { userId: referrer.id, firstname: 'Rolf', lastname: 'Ritter', email: referrer.email },
        referrerComment: 'A technician for robot arms',
        meta: { version: expect.stringMatching(/^1\./) },
      },
    ])
    expect(reply.headers.get('location')).toBe(`https://id.example.com/api/referral/v1/external-users/${reply.body.id}`)
    expect(reply.headers.get('etag')).toBe(`"${reply.body.meta.version}"`)
    expect(await readReferral(referrer.client, reply.body)).toEqual(reply.body)
    expect(await person(reply.body.referredUser.userId)).toMatchObject({ firstname: 'Ann', lastname: 'Doe', email })
  })

  it('leaves out of the answer what nobody knows', async () => {
    const { referredUser, referrerUser, ...rest } = await makeReferral(server.owner, server.workspaceId)
    expect(Object.keys(referredUser)).toEqual(['userId', 'email'])
    expect(referrerUser.userId).toBe(server.ownerId)
    for (const key of ['reviewerUser', 'reviewerComment', 'reviewedAt', 'referrerComment']) {
      expect(rest).not.toHaveProperty(key)
    }
  })

  it('needs exactly one of userId and email, and names the field', async () => {
    const { referredUser } = await makeReferral(referrer.client, server.workspaceId)
    const attempts = [
      [{ email: undefined }, invalid('email', 'is required unless userId is given', 'missing')],
      [
        { userId: referredUser.userId, email: freshEmail() },
        invalid('userId', 'must not be given together with email'),
      ],
    ] as const
    for (const [fields, expected] of attempts) {
      expect(await refer(referrer.client, server.workspaceId, fields)).toMatchObject(expected)
    }
    expect(await refer(referrer.client, server.workspaceId, { email: 'no address' })).toMatchObject(
      invalid('email', 'must have exactly one "@" with text on both sides'),
    )
  })

  it('refuses a proposed end that has come', async () => {
    const admittedUntil = new Date(Date.now() - 1).toISOString()
    expect(await refer(referrer.client, server.workspaceId, { admittedUntil })).toMatchObject(
      invalid('admittedUntil', 'must be in the future'),
    )
    expect((await refer(referrer.client, server.workspaceId, { admittedUntil: null })).status).toBe(201)
  })

  it('finds whoever holds the address, however it is spelled, and only where somebody vouched for it', async () => {
    const guarded = await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })
    const open = await makeChannel(server.client, { identifierKind: 'email' })
    const identifier = freshEmail()
    const typed = await makeExternalUser(server.client, { channelId: open.id, identifier })
    const vouched = await makeExternalUser(server.client, { channelId: guarded.id, identifier })
    const { referredUser } = await makeReferral(referrer.client, server.workspaceId, {
      email: ` ${identifier.toUpperCase()} `,
    })
    expect(referredUser).toEqual({ userId: vouched.superIdentityId, email: identifier })
    expect(referredUser.userId).not.toBe(typed.superIdentityId)
  })

  it('makes a person whose later account on a vouching channel is the same person', async () => {
    const email = freshEmail()
    const { referredUser } = await makeReferral(referrer.client, server.workspaceId, { email })
    const guarded = await makeChannel(server.client, { identifierKind: 'email', admission: 'referral' })
    const account = await makeExternalUser(server.client, { channelId: guarded.id, identifier: email.toUpperCase() })
    expect(account.superIdentityId).toBe(referredUser.userId)
  })

  it('fills names that are not known, and no others', async () => {
    const email = freshEmail()
    const first = await makeReferral(referrer.client, server.workspaceId, { email, firstname: 'Ann' })
    expect((await withdraw(referrer.client, first)).status).toBe(204)
    const path = `/super-identities/${first.referredUser.userId}`
    const [, version] = /^"(\d+)"$/.exec((await server.client.get(path)).headers.get('etag') as string) as string[]
    const names = { firstname: 'Berta', lastname: 'Doe' }
    const second = await makeReferral(referrer.client, server.workspaceId, { email, ...names })
    expect(second.referredUser).toMatchObject({ firstname: 'Ann', lastname: 'Doe' })
    // The first referral shows the same person.
    expect((await readReferral(referrer.client, first)).referredUser).toEqual(second.referredUser)
    const after = await server.client.get(path)
    expect(after.headers.get('etag')).toBe(`"${Number(version) + 1}"`)
    expect((await server.client.get('/super-identities?search=ann doe')).body).toHaveLength(2)
  })

  it('names a known person by id: anybody for owners, those it referred for a referrer', async () => {
    const { superIdentityId } = await makeExternalUser(server.client)
    const unseen = await refer(referrer.client, server.workspaceId, { userId: superIdentityId })
    const random = await refer(referrer.client, server.workspaceId, { userId: randomUUID() })
    expect(refusal(unseen)).toEqual([404, 'narthex.referral.notFound', 'User not found.'])
    expect(refusal(random)).toEqual(refusal(unseen))
    const own = await makeReferral(referrer.client, server.workspaceId)
    await withdraw(referrer.client, own)
    const { userId } = own.referredUser
    expect((await refer(referrer.client, server.workspaceId, { userId: userId.toUpperCase() })).status).toBe(201)
    const byOwner = await makeReferral(server.owner, server.workspaceId, { userId: superIdentityId })
    expect(byOwner.referredUser).toEqual({ userId: superIdentityId })
  })

  it('knows no person of another workspace, none who was erased, and none by an id that is no id', async () => {
    const other = await server.otherWorkspace()
    const foreign = (await makeExternalUser(other.client)).superIdentityId
    const gone = await makeExternalUser(server.client)
    await server.client.post(`/external-users/${gone.id}/erase`, {})
    for (const userId of [foreign, gone.superIdentityId, 'nobody', "'; drop table", server.ownerId]) {
      const reply = await refer(server.owner, server.workspaceId, { userId })
      expect(refusal(reply), userId).toEqual([404, 'narthex.referral.notFound', 'User not found.'])
    }
  })

  it('lets nobody vouch for themselves, in any spelling and by any way', async () => {
    const own = await server.memberWith('owner', { email: `Own.${randomUUID()}@Example.com` })
    const expected = 'must be of somebody else: nobody refers themselves'
    const byEmail = await refer(own.client, server.workspaceId, { email: own.email.toUpperCase() })
    expect(byEmail).toMatchObject(invalid('email', expected))
    const channel = await makeChannel(server.client, { identifierKind: 'email' })
    const account = await makeExternalUser(server.client, { channelId: channel.id, identifier: own.email })
    const byId = await refer(own.client, server.workspaceId, { userId: account.superIdentityId })
    expect(byId).toMatchObject(invalid('userId', expected))
  })

  it('refuses a second referral while one is open or admitted, and takes it after the others', async () => {
    const email = freshEmail()
    const again = () => refer(referrer.client, server.workspaceId, { email })
    const expected = [409, 'narthex.referral.conflict', 'Another referral of this person is open or admitted.']
    const first = await makeReferral(server.owner, server.workspaceId, { email })
    expect(refusal(await again())).toEqual(expected)
    await decide(reviewer.client, first, { status: 'ADMITTED' })
    expect(refusal(await again())).toEqual(expected)
    await decide(reviewer.client, first, { status: 'REVOKED' })
    const second = (await again()).body
    await decide(reviewer.client, second, { status: 'REJECTED' })
    const third = (await again()).body
    await withdraw(referrer.client, third)
    expect((await again()).status).toBe(201)
  })

  it('leaves nothing behind when it is refused', async () => {
    const email = freshEmail()
    await makeReferral(server.owner, server.workspaceId, { email })
    const count = async () => (await server.db.read.selectFrom('super_identities').select('id').execute()).length
    const before = await count()
    await refer(referrer.client, server.workspaceId, { email, firstname: 'Zoe' })
    await refer(referrer.client, server.workspaceId, { email: referrer.email })
    expect(await count()).toBe(before)
  })
})

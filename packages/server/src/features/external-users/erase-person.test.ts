// What erasure leaves of a person who was referred: the decisions stay provable, and nothing tells who it was.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admissionsIn, makeDoor, type Admissions } from '../../../test/admissions.ts'
import { authenticate, isAlive, makeBlock } from '../../../test/blocks.ts'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { eventsOf, requireWholeChain } from '../../../test/events.ts'
import { makeExternalUser } from '../../../test/factories.ts'
import { decisionsOf, freshEmail, readReferral, refer } from '../../../test/referrals.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { claimsOf } from '../../../test/verifying.ts'

describe.each(testDatabases)('erasing a person on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let client: Client
  let people: Admissions
  let channelId: string

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    client = server.client
    people = await admissionsIn(server)
    channelId = (await makeDoor(client)).id
  })
  afterAll(async () => {
    await requireWholeChain(server.db, server.workspaceId)
    await server.close()
  })

  const erase = async (id: string) => expect((await client.post(`/external-users/${id}/erase`)).status).toBe(200)
  const names = { firstname: 'Ann', lastname: 'Personal', referrerComment: 'A personal friend' }
  const comment = { reviewerComment: 'Personally known' }
  const countsOf = async () =>
    Object.fromEntries(
      (
        await server.db.read
          .selectFrom('referral_counts')
          .select((eb) => ['status', eb.fn.sum<string>('count').as('count')])
          .where('workspace_id', '=', server.workspaceId)
          .groupBy('status')
          .execute()
      ).map(({ status, count }) => [status, Number(count)]),
    )
  /** Everything that the database holds of the referral: rows, decisions, events with their openings. */
  const heldOf = async (id: string) => {
    const read = server.db.read
    return JSON.stringify([
      await read.selectFrom('referrals').selectAll().where('id', '=', id).execute(),
      await read.selectFrom('referral_decisions').selectAll().where('referral_id', '=', id).execute(),
      await eventsOf(server.db, id),
    ])
  }

  it('with its last account ends the admission and every token, and takes names, addresses and comments', async () => {
    const email = freshEmail()
    const other = await makeDoor(client)
    const referral = await people.admit({ email, ...names }, comment)
    const first = await makeExternalUser(client, { channelId, identifier: email })
    const last = await makeExternalUser(client, { channelId: other.id, identifier: email })
    await erase(first.id)
    expect((await readReferral(people.reviewer, referral)).status).toBe('ADMITTED')
    expect(await isAlive(client, last.accessToken as string)).toBe(true)
    expect(await heldOf(referral.id)).toContain('Personally known')
    const before = await countsOf()
    clock.at += 1
    await erase(last.id)
    expect(await countsOf()).toEqual({
      ...before,
      ADMITTED: (before['ADMITTED'] as number) - 1,
      REVOKED: (before['REVOKED'] ?? 0) + 1,
    })
    const shown = await readReferral(people.reviewer, referral)
    expect(shown).toMatchObject({ status: 'REVOKED', reviewerUser: { firstname: 'Rita' } })
    expect(shown.referredUser).toEqual({ userId: referral.referredUser.userId })
    expect(JSON.stringify(shown)).not.toMatch(/ersonal/)
    expect(await decisionsOf(people.reviewer, referral)).toMatchObject([
      { from: 'REFERRED', to: 'ADMITTED', comment: null, by: { firstname: 'Rita' } },
      { from: 'ADMITTED', to: 'REVOKED', comment: null, by: null, at: new Date(clock.at).toISOString() },
    ])
    const held = await heldOf(referral.id)
    for (const text of [email, 'Ann', 'ersonal']) expect(held).not.toContain(text)
    expect(await isAlive(client, last.accessToken as string)).toBe(false)
    // One event for the erasure, which tells the end.
    const [event] = (await eventsOf(server.db, last.id)).slice(-1)
    expect([event?.type, JSON.parse(event?.after ?? '{}').endedReferral]).toEqual([
      'external_user.erased',
      { id: referral.id, status: 'REVOKED' },
    ])
    expect((await eventsOf(server.db, referral.id)).map(({ type }) => type)).toEqual([
      'referral.referred',
      'referral.admitted',
    ])
  })

  it('is told by the explanation, before it and after it', async () => {
    const email = freshEmail()
    const { id } = await people.admit({ email })
    const user = await makeExternalUser(client, { channelId, identifier: email })
    const before = clock.at
    clock.at += 10
    await erase(user.id)
    clock.at += 10
    const explain = async (query = '') => (await client.get(`/external-users/${user.id}/access${query}`)).body
    const then = await explain(`?at=${new Date(before).toISOString()}`)
    expect([then.allowed, then.admission?.id, then.referrals[0].status]).toEqual([true, id, 'ADMITTED'])
    for (const told of [await explain(), await explain(`?at=${new Date(clock.at).toISOString()}`)]) {
      expect(told.reasons.map(({ code }: { code: string }) => code)).toEqual([
        'external_user_not_found',
        'admission_ended',
      ])
      expect([told.admission, told.referrals[0].status]).toEqual([null, 'REVOKED'])
    }
  })

  it('withdraws a referral that waits, and leaves one that is over as it was', async () => {
    const [waiting, rejected] = [freshEmail(), freshEmail()]
    const open = await people.refer({ email: waiting })
    const over = await people.refer({ email: rejected })
    await people.decide(over, 'REJECTED', comment)
    for (const identifier of [waiting, rejected]) {
      await erase((await makeExternalUser(client, { channelId, identifier })).id)
    }
    expect((await readReferral(people.reviewer, open)).status).toBe('WITHDRAWN')
    const shown = await readReferral(people.reviewer, over)
    expect([shown.status, shown.reviewerComment, shown.referredUser.email]).toEqual(['REJECTED', undefined, undefined])
    expect(await decisionsOf(people.reviewer, over)).toHaveLength(1)
  })

  it('records an end that had come before, and does not revoke what was over', async () => {
    const email = freshEmail()
    const end = clock.at + 1_000
    const referral = await people.admit({ email }, { admittedUntil: new Date(end).toISOString() })
    const { id } = await makeExternalUser(client, { channelId, identifier: email })
    clock.at = end + 5_000
    await erase(id)
    expect(await decisionsOf(people.reviewer, referral)).toMatchObject([
      { to: 'ADMITTED' },
      { to: 'EXPIRED', by: null, at: new Date(end).toISOString() },
    ])
  })

  it('gives the address back: whoever comes with it is somebody new whom nobody admitted', async () => {
    const email = freshEmail()
    const { referredUser } = await people.admit({ email })
    await erase((await makeExternalUser(client, { channelId, identifier: email })).id)
    expect(await authenticate(client, { channelId, identifier: email })).toBe('admission_required')
    const again = await people.refer({ email })
    expect(again.referredUser.userId).not.toBe(referredUser.userId)
    const erased = await refer(people.referrer, server.workspaceId, { userId: referredUser.userId })
    expect([erased.status, erased.body.errors[0].code]).toEqual([404, 'narthex.referral.notFound'])
  })

  it('who was only referred takes one call, which also forgets the text of a block on the address', async () => {
    const email = freshEmail()
    await makeDoor(client)
    const referral = await people.refer({ email, ...names })
    const personId = referral.referredUser.userId
    const block = await makeBlock(client, { reach: 'identifier', identifier: email, reason: 'Personal reasons' })
    const erasePerson = (by = client) => by.post(`/super-identities/${personId}/erase`)
    const other = await server.otherWorkspace()
    expect([(await erasePerson(other.client)).body.code, (await erasePerson()).status]).toEqual([
      'super_identity_not_found',
      200,
    ])
    expect((await readReferral(people.reviewer, referral)).status).toBe('WITHDRAWN')
    const held = (await heldOf(referral.id)) + JSON.stringify(await eventsOf(server.db, block.id))
    for (const text of [email, 'Ann', 'ersonal']) expect(held).not.toContain(text)
    expect((await client.get(`/blocks/${block.id}`)).body).toMatchObject({ identifier: null, reason: null })
    expect((await client.get(`/super-identities/${personId}`)).body).toMatchObject({ firstname: null, email: null })
    // The block goes on keeping the address out.
    expect(await authenticate(client, { channelId, identifier: email })).toBe('external_user_blocked')
    const { version } = await server.db.read
      .selectFrom('super_identities')
      .select('version')
      .where('id', '=', personId)
      .executeTakeFirstOrThrow()
    expect((await erasePerson()).status).toBe(200)
    expect((await client.get(`/super-identities/${personId}`)).headers.get('etag')).toBe(`"${version}"`)
  })

  it('who was admitted and never came in loses the admission, and the door stays shut', async () => {
    const email = freshEmail()
    const { id, referredUser } = await people.admit({ email })
    expect((await client.post(`/super-identities/${referredUser.userId}/erase`)).status).toBe(200)
    expect((await readReferral(people.reviewer, { id })).status).toBe('REVOKED')
    expect(await authenticate(client, { channelId, identifier: email })).toBe('admission_required')
  })

  it('is refused while the person has an account, also one that is made at this moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = freshEmail()
      const { referredUser } = await people.admit({ email })
      const [erased, made] = await Promise.all([
        client.post(`/super-identities/${referredUser.userId}/erase`),
        client.post('/external-users/authenticate', { channelId, identifier: email, externalId: randomUUID() }),
      ])
      if (made.status === 200) {
        expect([erased.status, erased.body.code]).toEqual([409, 'super_identity_in_use'])
        expect(claimsOf<{ super_identity_id: string }>(made.body.accessToken).super_identity_id).toBe(
          referredUser.userId,
        )
        expect(await isAlive(client, made.body.accessToken)).toBe(true)
      } else {
        expect([erased.status, made.status]).toEqual([200, 403])
      }
    }
  })
})

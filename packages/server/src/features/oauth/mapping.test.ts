import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { exchange, trust, trustNew } from '../../../test/exchange.ts'
import { startTestIssuer, type TestIssuer } from '../../../test/issuer.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

describe.each(testDatabases)('the claims of an exchanged token on $name', (kind) => {
  let server: TestServer
  let issuer: TestIssuer

  beforeAll(async () => {
    server = await startTestServer(kind, { environment: { NARTHEX_OUTGOING_ALLOW: '127.0.0.1' } })
    issuer = await startTestIssuer()
    await trust(server.client, issuer)
  })
  afterAll(async () => {
    await server.close()
    await issuer.close()
  })

  const eventCount = async () => (await server.db.read.selectFrom('events').select('id').execute()).length

  it('maps identifier and external id together, in canonical form', async () => {
    const both = await trustNew(
      server.client,
      { mapping: { identifier: 'phone_number', externalId: 'https://app.example/customer' } },
      { identifierKind: 'phone', defaultCountry: 'DE' },
    )
    const { body } = await both.swap({ phone_number: '030 901820', 'https://app.example/customer': 'c-100' })
    const found = await server.client.post('/external-users/authenticate', {
      channelId: both.channel.id,
      identifier: '+4930901820',
    })
    expect(found.body).toMatchObject({ id: decodeJwt(body.access_token).sub, externalId: 'c-100' })
    const disagree = await both.swap({ phone_number: '030 901820', 'https://app.example/customer': 'c-101' })
    expect([disagree.status, disagree.body.error]).toEqual([400, 'invalid_grant'])
    await both.close()
  })

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['a number', 7],
    ['true', true],
    ['null', null],
    ['a list', ['ann']],
    ['an object', { a: 1 }],
    ['too short', 'ab'],
    ['too long', 'x'.repeat(251)],
    ['with U+0000', 'ann\u0000x'],
    ['with a lone surrogate', 'ann\ud800'],
  ])('refuses a mapped claim that is %s, and creates nobody', async (_what, sub) => {
    const before = await eventCount()
    const { status, body } = await exchange(server.client, await issuer.sign({ sub } as never))
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
    expect(body.error_description).toContain('sub')
    expect(await eventCount()).toBe(before)
  })

  it('never reads a claim that an object merely inherits', async () => {
    const odd = await trustNew(server.client, { mapping: { identifier: null, externalId: 'constructor' } })
    expect((await odd.swap({ sub: 'ann' })).body.error).toBe('invalid_grant')
    await odd.close()
  })

  it('maps an e-mail address only beside email_verified: true', async () => {
    const cases = [
      await trustNew(
        server.client,
        { mapping: { identifier: 'email', externalId: null } },
        { identifierKind: 'email' },
      ),
      await trustNew(
        server.client,
        { mapping: { identifier: 'preferred_username', externalId: null } },
        { identifierKind: 'email' },
      ),
      await trustNew(
        server.client,
        { mapping: { identifier: 'email', externalId: null } },
        { identifierKind: 'opaque' },
      ),
      await trustNew(server.client, { mapping: { identifier: null, externalId: 'email' } }),
    ]
    for (const { swap, close } of cases) {
      const claims = { email: 'Ann@Example.com', preferred_username: 'Ann@Example.com' }
      for (const email_verified of [undefined, false, null, 'true', 1, {}]) {
        const { status, body } = await swap({ ...claims, email_verified })
        expect([status, body.error]).toEqual([400, 'invalid_grant'])
        expect(body.error_description).toContain('email_verified')
      }
      expect((await swap({ ...claims, email_verified: true })).status).toBe(200)
      await close()
    }
  })

  it('refuses an identifier that its channel cannot take, naming the claim', async () => {
    const mail = await trustNew(
      server.client,
      { mapping: { identifier: 'email', externalId: null } },
      { identifierKind: 'email' },
    )
    const { status, body } = await mail.swap({ email: 'no address', email_verified: true })
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
    expect(body.error_description).toMatch(/^The claim email /)
    await mail.close()
  })
})

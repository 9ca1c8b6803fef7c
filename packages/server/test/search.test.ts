// What every list makes of a search, whatever it lists.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from './client.ts'
import { testDatabases } from './databases.ts'
import { makeChannel, makeExternalUser, makeGroup, makeTier } from './factories.ts'
import { startTestServer, type TestServer } from './test-server.ts'

describe.each(testDatabases)('a search on $name', (kind) => {
  let server: TestServer
  let client: Client

  beforeAll(async () => {
    server = await startTestServer(kind)
    client = server.client
    await makeTier(client, { name: 'Gold', description: 'For the first\r\nof all' })
    await makeGroup(client, { name: 'Gold', externalId: 'first' })
    const channel = await makeChannel(client, { name: 'Gold', description: 'The first' })
    const user = await makeExternalUser(client, { channelId: channel.id, name: 'Gold', externalId: 'first' })
    await client.patch(`/super-identities/${user.superIdentityId}`, { firstname: 'Gold', lastname: 'First' })
  })
  afterAll(() => server.close())

  const search = (list: string, text: string) => client.get(`/${list}?search=${encodeURIComponent(text)}&count=exact`)

  describe.each(['tiers', 'external-user-groups', 'channels', 'external-users', 'super-identities'])(
    'of %s',
    (list) => {
      it('finds by short and by long parts of a text', async () => {
        for (const text of ['g', 'ol', 'old', 'ＧÖLD', 'first']) {
          const { body, headers } = await search(list, text)
          expect([text, body.length, headers.get('total-count')]).toEqual([text, 1, '1'])
        }
        for (const text of ['q', 'zq', 'goldfirst', 'gold%', '"old'])
          expect((await search(list, text)).body).toEqual([])
      })

      it('refuses a text of accents alone, which would find everybody', async () => {
        for (const text of ['\u0301', '\u0301\u0308']) {
          const { status, body } = await search(list, text)
          expect([status, body.issues?.[0].path]).toEqual([400, 'search'])
        }
      })

      it('takes a line break for a space, and never reaches from one field into the next', async () => {
        for (const text of ['\n', 'gold\nfirst', 'd\nf', 'gold\r\nfor', 'd\u2028t']) {
          const spaced = await search(list, text.replace(/\r\n|[\n\u2028]/, ' '))
          expect([text, (await search(list, text)).body]).toEqual([text, spaced.body])
        }
        if (list !== 'super-identities') expect((await search(list, 'gold\nf')).body).toEqual([])
      })
    },
  )

  it('finds a text across its own line breaks', async () => {
    for (const text of ['first of all', 'first\nof', 'first\r\nof']) {
      expect((await search('tiers', text)).body).toHaveLength(1)
    }
  })

  it('forgets what a person was called before', async () => {
    const { superIdentityId } = await makeExternalUser(client)
    const call = (firstname: string | null) => client.patch(`/super-identities/${superIdentityId}`, { firstname })
    const named = async (text: string) => (await search('super-identities', text)).body.length
    await call('Brontosaur')
    expect([await named('ontos'), await named('on')]).toEqual([1, 1])
    await call('Kumquat')
    expect([await named('ontos'), await named('umqu')]).toEqual([0, 1])
    await call(null)
    expect([await named('ontos'), await named('umqu')]).toEqual([0, 0])
    await call('Brontosaur')
    expect(await named('ontos')).toBe(1)
  })
})

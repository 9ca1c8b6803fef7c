// Which pages memory keeps: those that were asked for again, until somebody on them is erased.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { isTextKept } from './presenter.ts'
import { forgetShown } from './shown-pages.ts'

describe.each(testDatabases)('pages of external users on $name', (kind) => {
  const statements: string[] = []
  let whileRead = () => {}
  let server: TestServer
  let client: Client
  let channelId: string

  beforeAll(async () => {
    const onStatement = (text: string) => {
      statements.push(text)
      if (/"createdAt"|channel_identifier_kind/.test(text)) whileRead()
    }
    server = await startTestServer(kind, { database: { onStatement } })
    client = server.client
    channelId = (await makeChannel(client, { identifierKind: 'email' })).id
  })
  afterAll(() => server.close())

  const person = (name: string) => makeExternalUser(client, { channelId, identifier: `${name}@example.com`, name })

  /** Whether the accounts themselves were asked for, or only whether they are still the same. */
  async function wasRead(query: string): Promise<boolean> {
    statements.length = 0
    expect((await client.get(`/external-users?${query}`)).status).toBe(200)
    return statements.some((text) => text.includes('"createdAt"'))
  }

  // All is forgotten when another process wrote meanwhile: these try again then.
  it('are kept once they were asked for a second time', async () => {
    const { id } = await person('ada')
    let pageSize = 1
    await vi.waitFor(async () => {
      const query = `ids=${id}&pageSize=${(pageSize += 1)}`
      expect([await wasRead(query), await wasRead(query)]).toEqual([true, true])
      expect([await wasRead(query), await wasRead(query)]).toEqual([false, false])
    }, 10_000)
  })

  it('are not kept under what somebody is called', async () => {
    await person('bob')
    const query = 'identifier=bob@example.com'
    for (let time = 0; time < 4; time += 1) expect(await wasRead(query)).toBe(true)
  })

  it('are forgotten with an account that was erased, and no others', async () => {
    const [eve, joan] = [await person('eve'), await person('joan')]
    const queries = [`ids=${eve.id}`, `ids=${joan.id}`, `ids=${joan.id}&ids=${eve.id}`]
    const read = async () => {
      const asked: boolean[] = []
      for (const query of queries) asked.push(await wasRead(query))
      return asked
    }
    await vi.waitFor(async () => {
      await read()
      await read()
      expect(await read()).toEqual([false, false, false])
      forgetShown(eve.id)
      expect(await read()).toEqual([true, false, true])
    }, 10_000)
  })

  it('are not kept when somebody on them is erased while they are read', async () => {
    const { id } = await person('mia')
    const query = `ids=${id}`
    await wasRead(query)
    whileRead = () => forgetShown(id)
    expect(await wasRead(query)).toBe(true)
    whileRead = () => {}
    expect(await wasRead(query)).toBe(true)
    await expect.poll(async () => [await wasRead(query), await wasRead(query)]).toContain(false)
  })

  it('leave no text of who is erased while it comes in', async () => {
    const { id } = await person('liv')
    const comeIn = async () => {
      expect((await client.post('/external-users/authenticate', { channelId, id })).status).toBe(200)
      return isTextKept(id)
    }
    expect(await comeIn()).toBe(false)
    whileRead = () => forgetShown(id)
    expect(await comeIn()).toBe(false)
    whileRead = () => {}
    expect(await comeIn()).toBe(true)
  })
})

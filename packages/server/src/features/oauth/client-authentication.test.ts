import { oauthOperations, type Scope } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, postForm, postRaw } from '../../../test/oauth.ts'
import { testDatabases } from '../../../test/databases.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'

const endpoints = ['/oauth2/introspect', '/oauth2/revoke', '/oauth2/token'] as const
const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: 'x',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
}
const fieldsOf = (path: string) => (path === '/oauth2/token' ? exchange : { token: 'x' })

describe.each(testDatabases)('clients of the OAuth endpoints on $name', (kind) => {
  let server: TestServer
  let id: string
  let key: string

  beforeAll(async () => {
    server = await startTestServer(kind)
    key = server.client.key
    id = (await server.client.get('/api-keys')).body[0].id
  })
  afterAll(() => server.close())

  /** What an authenticated client is told about the token `x`. */
  const welcomed = { '/oauth2/introspect': 200, '/oauth2/revoke': 200, '/oauth2/token': 400 }
  const post = (path: string, headers: Record<string, string>, more: object = {}) =>
    postForm(server.address, path, { ...fieldsOf(path), ...more }, headers)
  const keyWith = async (scopes: Scope[]) => {
    const made = await server.client.post('/api-keys', { name: 'For OAuth', scopes })
    return { id: made.body.id as string, key: made.body.apiKey as string }
  }

  describe.each(endpoints)('%s', (path) => {
    const isWelcome = (reply: { status: number; body: { error?: string; error_description?: string } }) => {
      expect(reply.status).toBe(welcomed[path])
      if (path === '/oauth2/token') expect(reply.body.error_description).toContain('subject token')
    }

    it('knows a key as Bearer token in any case of the scheme, and bare', async () => {
      for (const authorization of [`Bearer ${key}`, `bearer ${key}`, `BEARER   ${key}`, key]) {
        isWelcome(await post(path, { authorization }))
      }
      isWelcome(await post(path, { authorization: `Bearer ${key}` }, { client_id: id }))
    })

    it('knows id and key by HTTP Basic, form-encoded or not', async () => {
      isWelcome(await post(path, basic(id, key)))
      isWelcome(await post(path, basic(id.toUpperCase(), key)))
      const encoded = (text: string) =>
        [...text].map((c) => (c === '-' || c === '_' ? `%${c.charCodeAt(0).toString(16)}` : c)).join('')
      isWelcome(await post(path, basic(encoded(id), encoded(key))))
      isWelcome(await post(path, { authorization: basic(id, key).authorization.replace('Basic', 'bAsIc') }))
      isWelcome(await post(path, basic(id, key), { client_id: id }))
    })

    it('knows id and key in the form', async () => {
      isWelcome(await post(path, {}, { client_id: id, client_secret: key }))
    })

    it('takes one method, not two', async () => {
      for (const headers of [basic(id, key), { authorization: `Bearer ${key}` }]) {
        const { status, body } = await post(path, headers, { client_id: id, client_secret: key })
        expect([status, body.error]).toEqual([400, 'invalid_request'])
      }
    })

    it('refuses who is nobody, with a challenge for the method that was tried', async () => {
      const other = await keyWith(['tokens:introspect'])
      const nobody: [Record<string, string>, object, RegExp][] = [
        [{}, {}, /^Basic .*, Bearer /],
        [{}, { client_id: id }, /^Basic .*, Bearer /],
        [{}, { client_secret: key }, /^Basic .*, Bearer /],
        [{}, { client_id: id, client_secret: 'x' }, /^Basic /],
        [{}, { client_id: other.id, client_secret: key }, /^Basic /],
        [{}, { client_id: id, client_secret: `${key.slice(0, -1)}` }, /^Basic /],
        [basic(id, 'wrong'), {}, /^Basic [^,]*, charset/],
        [basic('someone', key), {}, /^Basic /],
        [basic(other.id, key), {}, /^Basic /],
        [basic(id, key), { client_id: other.id }, /^Basic /],
        [{ authorization: 'Basic' }, {}, /^Basic /],
        [{ authorization: 'Basic !!!' }, {}, /^Basic /],
        [{ authorization: `Basic ${Buffer.from(key).toString('base64')}` }, {}, /^Basic /],
        [basic('%zz', key), {}, /^Basic /],
        [{ authorization: 'Bearer wrong' }, {}, /^Bearer .*invalid_token/],
        [{ authorization: `Bearer ${key}` }, { client_id: other.id }, /^Bearer /],
        [{ authorization: `Digest username="${id}"` }, {}, /^Bearer /],
      ]
      for (const [headers, fields, challenge] of nobody) {
        const reply = await post(path, headers, fields)
        expect([reply.status, reply.body.error]).toEqual([401, 'invalid_client'])
        expect(reply.headers.get('www-authenticate')).toMatch(challenge)
        expect(Object.keys(reply.body)).toEqual(['error', 'error_description'])
        expect(JSON.stringify(reply.body)).not.toContain(key)
      }
    })

    it('says that a scope is missing in the words of the method', async () => {
      const { id: poorId, key: poor } = await keyWith(['tiers:read'])
      const bearer = await post(path, { authorization: `Bearer ${poor}` })
      expect([bearer.status, bearer.body.error]).toEqual([403, 'insufficient_scope'])
      expect(bearer.headers.get('www-authenticate')).toMatch(/error="insufficient_scope", scope="[\w:-]+"$/)
      for (const reply of [
        await post(path, basic(poorId, poor)),
        await post(path, {}, { client_id: poorId, client_secret: poor }),
      ]) {
        expect([reply.status, reply.body.error]).toEqual([400, 'unauthorized_client'])
      }
    })

    it('refuses malformed forms in the words of the RFC, and never keeps an answer', async () => {
      const headers = { authorization: `Bearer ${key}` }
      const form = new URLSearchParams(fieldsOf(path)).toString()
      const invalid: [string | Uint8Array, Record<string, string>?][] = [
        [''],
        ['token='],
        ['token'],
        [`${form}&${form}`],
        [`${form}&client_id=${id}&client_id=${id}`],
        [`${form}&unknown=1&unknown=2`],
        [`${form}&unknown=%zz`],
        [`${form}&%ff=1`],
        [`${form}&x=%C3%28`],
        [Buffer.concat([Buffer.from(`${form}&x=`), Buffer.from([0xff])])],
        [form.replace('=x', '=%00')],
        [form.replace('=x', '=%C3%A9')],
        [form, { 'content-type': 'text/plain' }],
        [form, { 'content-type': 'application/x-www-form-urlencoded; charset=iso-8859-1' }],
        [JSON.stringify(fieldsOf(path)), { 'content-type': 'application/json' }],
        [form, { 'content-type': 'multipart/form-data; boundary=x' }],
      ]
      for (const [body, more] of invalid) {
        const reply = await postRaw(server.address, path, body, { ...headers, ...more })
        expect([reply.status, reply.body.error, String(body)]).toEqual([400, 'invalid_request', String(body)])
        expect(reply.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
        expect(reply.headers.get('cache-control')).toBe('no-store')
      }
      const large = await postRaw(server.address, path, `${form}&x=${'y'.repeat(65_536)}`, headers)
      expect([large.status, large.body.error]).toEqual([413, 'invalid_request'])
    })

    it('ignores parameters that it does not know, and empty ones', async () => {
      const headers = { authorization: `Bearer ${key}` }
      isWelcome(await post(path, headers, { unknown: '1', __proto__x: '2', constructor: '3', client_secret: '' }))
      const form = `&&${new URLSearchParams(fieldsOf(path)).toString()}&__proto__=1&toString=2&`
      isWelcome(await postRaw(server.address, path, form, headers))
      isWelcome(
        await postRaw(server.address, path, form, {
          ...headers,
          'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        }),
      )
    })

    it('answers POST only', async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const reply = await fetch(server.address + path, { method })
        expect([reply.status, reply.headers.get('allow'), (await reply.json()).error]).toEqual([
          405,
          'POST',
          'invalid_request',
        ])
      }
    })
  })

  it('are held to all of this at every address that takes a form', () => {
    const paths = Object.values(oauthOperations).flatMap((operation) => ('form' in operation ? [operation.path] : []))
    expect(paths).toEqual(endpoints)
  })

  it('says that there is nothing at another address below /oauth2', async () => {
    const reply = await postForm(server.address, '/oauth2/authorize', {})
    expect([reply.status, reply.body.error]).toEqual([404, 'invalid_request'])
  })

  it('still takes JSON and no form on the Workspace API', async () => {
    const reply = await postRaw(server.address, '/api/v1/tiers', 'name=Free', { authorization: key })
    expect([reply.status, reply.body.code]).toEqual([415, 'unsupported_media_type'])
  })
})

describe.each(testDatabases.slice(0, 1))('rates of the OAuth endpoints', (kind) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(kind, { environment: { NARTHEX_RATE_LIMIT: '20' } })
  })
  afterAll(() => server.close())

  it('are those of every other operation: per key, and less for strangers', async () => {
    const ask = (headers: Record<string, string>) =>
      postForm(server.address, '/oauth2/introspect', { token: 'x' }, headers)
    const key = { authorization: `Bearer ${server.client.key}` }
    expect((await ask(key)).status).toBe(200)
    const strangers = await Promise.all(Array.from({ length: 10 }, () => ask(basic('me', 'x'))))
    const refused = strangers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.body.error).toBe('temporarily_unavailable')
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    const known = await Promise.all(Array.from({ length: 60 }, () => ask(key)))
    expect(known.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10)
    expect(known.some(({ status }) => status === 429)).toBe(true)
  })
})

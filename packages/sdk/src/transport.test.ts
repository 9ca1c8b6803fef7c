import { inspect } from 'node:util'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createClient, NarthexError, type KeyOptions } from './index.ts'

const apiKey = 'nxk_a-very-secret-key'
const refused = (status: number, code: string, retryAfter?: string) =>
  new Response(JSON.stringify({ code, message: 'Not now.', name: 'Name', requestId: 'r-1' }), {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  })

/** A client that gets these answers, one after the other; the last one again and again. */
function answering(answers: (() => Response | Promise<Response>)[], options: Partial<KeyOptions> = {}) {
  const sent: { url: string; headers: Headers }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)] as () => Response
    sent.push({ url: String(input), headers: new Headers(init?.headers) })
    init?.signal?.throwIfAborted()
    return answer()
  }
  return { sent, client: createClient({ baseUrl: 'https://id.example.com', apiKey, fetch, ...options }) }
}

const failure = (call: Promise<unknown>): Promise<NarthexError> =>
  call.then(
    () => expect.fail('The call should have failed'),
    (error: unknown) => error as NarthexError,
  )

describe('a call', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([429, 503])(
    'to read is repeated after %i, once the time that the service named has passed',
    async (status) => {
      vi.useFakeTimers()
      const { client, sent } = answering([
        () => refused(status, 'rate_limited', '2'),
        () => new Response('{"name":"Free"}'),
      ])
      const call = client.tiers.get('t-1')
      await vi.advanceTimersByTimeAsync(1_900)
      expect(sent.length).toBe(1)
      await vi.advanceTimersByTimeAsync(200)
      expect((await call).data.name).toBe('Free')
      expect(sent.length).toBe(2)
    },
  )

  it('to create is repeated with the key it was first sent with', async () => {
    const { client, sent } = answering([() => refused(503, 'overloaded', '0'), () => new Response('{}')])
    await client.tiers.create({ name: 'Free' })
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'))
    expect(keys[0]).toMatch(/^[\da-f]{32}$/)
    expect(keys).toEqual([keys[0], keys[0]])
  })

  it('is repeated twice at most', async () => {
    const { client, sent } = answering([() => refused(503, 'overloaded', '0')])
    expect(await failure(client.tiers.list())).toMatchObject({ code: 'overloaded', status: 503, retryAfterSeconds: 0 })
    expect(sent.length).toBe(3)
  })

  it('to ask about a token, or to end one, is repeated: it does the same twice', async () => {
    const told = () =>
      new Response('{"error":"temporarily_unavailable","error_description":"Not now."}', {
        status: 503,
        headers: { 'retry-after': '0', 'x-request-id': 'r-2' },
      })
    const asked = answering([told, () => new Response('{"active":false}')])
    expect((await asked.client.tokens.introspect('a-token')).data).toEqual({ active: false })
    const ended = answering([told, () => new Response('')])
    expect((await ended.client.tokens.revoke('a-token')).data).toBeNull()
    expect([asked.sent.length, ended.sent.length]).toEqual([2, 2])
    const error = await failure(answering([told]).client.tokens.introspect('a-token'))
    expect(error).toMatchObject({ code: 'temporarily_unavailable', message: 'Not now.', requestId: 'r-2', status: 503 })
  })

  it('that changes something without a key is never repeated', async () => {
    const { client, sent } = answering([() => refused(503, 'overloaded', '0')])
    const calls = [
      client.tiers.update('t-1', { name: 'Free' }),
      client.tiers.delete('t-1'),
      client.externalUsers.erase('u-1'),
      client.externalUsers.authenticate({ channelId: 'c-1', identifier: 'ada' }),
      client.channels.archive('c-1'),
      client.blocks.lift('b-1'),
      client.tokens.exchange({ subject_token: 'a-token' }),
    ]
    await Promise.all(calls.map(failure))
    expect(sent.length).toBe(calls.length)
  })

  it.each([
    ['another refusal', () => refused(500, 'internal_error', '0')],
    ['a refusal that names no time', () => refused(503, 'overloaded')],
    ['a wait beyond the time limit', () => refused(429, 'rate_limited', '3600')],
  ])('is not repeated after %s', async (_what, answer) => {
    const { client, sent } = answering([answer])
    expect(await failure(client.tiers.get('t-1'))).toBeInstanceOf(NarthexError)
    expect(sent.length).toBe(1)
  })

  it('tells code, status, message, request id and issues of a refusal', async () => {
    const issues = [{ path: 'name', message: 'is required' }]
    const body = { code: 'invalid_request', message: 'Not valid.', name: 'BadRequest', requestId: 'r-7', issues }
    const { client } = answering([() => new Response(JSON.stringify(body), { status: 400 })])
    const error = await failure(client.tiers.create({ name: 'Free' }))
    expect(error).toMatchObject({
      code: 'invalid_request',
      status: 400,
      message: 'Not valid.',
      requestId: 'r-7',
      issues,
    })
    expect(error.retryAfterSeconds).toBeNull()
  })

  it('says so when something else than the service answered', async () => {
    const proxy = answering([() => new Response('<h1>Bad gateway</h1>', { status: 502 })])
    expect(await failure(proxy.client.tiers.list())).toMatchObject({
      code: 'invalid_answer',
      status: 502,
      requestId: null,
    })
    const page = answering([() => new Response('<h1>Hello</h1>')])
    expect(await failure(page.client.tiers.list())).toMatchObject({ code: 'invalid_answer', status: 200 })
    expect(await failure(page.client.revocations.get())).toMatchObject({ code: 'invalid_answer', status: 200 })
    expect(await failure(page.client.tokens.revoke('a-token'))).toMatchObject({ code: 'invalid_answer', status: 200 })
  })

  it('ends when its time is up, whether the answer does not begin or does not end', async () => {
    const server: Server = createServer((request, response) => {
      if (request.url?.includes('/tiers')) response.writeHead(200).write('[')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = createClient({ baseUrl, apiKey, timeoutMs: 50 })
    expect(await failure(client.tiers.list())).toMatchObject({ code: 'timeout', status: 0 })
    expect(await failure(client.channels.list())).toMatchObject({ code: 'timeout', status: 0 })
    server.close()
    server.closeAllConnections()
  })

  it("ends with the caller's own reason when the caller gives up, also during a wait", async () => {
    const { client, sent } = answering([() => refused(503, 'overloaded', '5')])
    const controller = new AbortController()
    const call = client.tiers.get('t-1', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('Closed the page')), 10)
    await expect(call).rejects.toThrow('Closed the page')
    await expect(client.tiers.get('t-1', { signal: controller.signal })).rejects.toThrow('Closed the page')
    expect(sent.length).toBe(1)
  })

  it('never follows a redirect with the key', async () => {
    let visits = 0
    const server: Server = createServer((_request, response) => {
      visits += 1
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await failure(createClient({ baseUrl, apiKey }).tiers.list())).toMatchObject({ code: 'network_error' })
    expect(visits).toBe(1)
    server.close()
    server.closeAllConnections()
  })

  it('names why a service cannot be reached by a short code, and nothing of the request', async () => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const error = await failure(createClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey }).tiers.list())
    expect(error).toMatchObject({ code: 'network_error', status: 0, requestId: null })
    expect(error.message).toBe('The service could not be reached (ECONNREFUSED).')
  })

  it('repeats the key of a filter with several values and leaves out what is absent', async () => {
    const { client, sent } = answering([() => new Response('[]')])
    await client.externalUsers.list({
      tierIds: ['a', 'b'],
      ids: 'c',
      blocked: false,
      search: 'Zoë & co',
      name: undefined,
    } as never)
    expect(sent[0]?.url).toBe(
      'https://id.example.com/api/v1/external-users?tierIds=a&tierIds=b&ids=c&blocked=false&search=Zo%C3%AB+%26+co',
    )
  })

  it('keeps a path below the base address and encodes ids', async () => {
    const { client, sent } = answering([() => new Response('{}')], { baseUrl: 'https://example.com/narthex/' })
    await client.tiers.get('a/b?c')
    expect(sent[0]?.url).toBe('https://example.com/narthex/api/v1/tiers/a%2Fb%3Fc')
    for (const id of ['', '.', '..']) expect(() => client.tiers.delete(id)).toThrow(TypeError)
  })
})

describe('the API key', () => {
  const everythingOf = (error: unknown) => `${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error)}`

  it('is in no error, whatever goes wrong', async () => {
    const broken = [
      () => Promise.reject(new TypeError(`Headers.append: "${apiKey}" is an invalid header value.`)),
      () => new Response(JSON.stringify({ code: 'invalid_request', message: `Bad ${apiKey}` }), { status: 400 }),
      () => new Response(`<p>${apiKey}</p>`, { status: 502 }),
      () => new Response(`not json ${apiKey}`),
    ]
    for (const answer of broken) {
      expect(everythingOf(await failure(answering([answer]).client.tiers.list()))).not.toContain(apiKey)
    }
  })

  it('is in no refusal of options that cannot be used', () => {
    const bad: Partial<KeyOptions>[] = [
      { apiKey: `${apiKey}\n` },
      { apiKey: '' },
      { baseUrl: `https://user:${apiKey}@example.com` },
      { baseUrl: `https://example.com/?key=${apiKey}` },
      { baseUrl: 'ftp://example.com' },
      { baseUrl: 'example.com' },
      { timeoutMs: 0 },
      { timeoutMs: Number.NaN },
    ]
    for (const options of bad) {
      let thrown: unknown
      try {
        createClient({ baseUrl: 'https://id.example.com', apiKey, ...options })
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(TypeError)
      expect(everythingOf(thrown)).not.toContain(apiKey)
    }
  })

  it('is not shown when the client is printed', () => {
    expect(everythingOf(answering([() => new Response('{}')]).client)).not.toContain(apiKey)
  })

  it('goes out in a header only, and no header value that would break the request is sent', async () => {
    const { client, sent } = answering([() => new Response('{}')])
    await client.tiers.get('t-1')
    expect(sent[0]?.url).not.toContain(apiKey)
    expect(sent[0]?.headers.get('authorization')).toBe(apiKey)
    await expect(client.tiers.create({ name: 'Free' }, { idempotencyKey: 'a\nb' })).rejects.toThrow(TypeError)
    expect(sent.length).toBe(1)
  })
})

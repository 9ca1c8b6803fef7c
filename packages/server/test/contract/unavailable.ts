// What every operation answers when the service cannot: too many requests, no database, no room, on its way out.
import { randomUUID } from 'node:crypto'
import { basePaths, scopes, type Operation } from '@narthex/contract'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApp, type App } from '../../src/app.ts'
import type { Database } from '../../src/db/database.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from '../../src/db/errors.ts'
import { sqliteHandles } from '../../src/db/sqlite-handles.ts'
import { noStreams } from '../../src/db/transaction-connection.ts'
import { Cursors } from '../../src/http/cursor.ts'
import { limits, RateLimits } from '../../src/http/limits.ts'
import { createOutgoing } from '../../src/lib/outgoing.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { testSecret } from '../test-server.ts'
import { allOperations } from './observed.ts'
import { bodyFor, leastQueryOf } from './samples.ts'
import { toldBy } from './surfaces.ts'
import type { SuiteOf } from './suite.ts'

const apiKey = { kind: 'api_key', workspaceId: randomUUID(), id: randomUUID(), scopes: new Set(scopes) } as const

const externalUser = {
  kind: 'external_user',
  workspaceId: randomUUID(),
  id: randomUUID(),
  channelId: randomUUID(),
  clientId: randomUUID(),
} as const

const place = {
  workspaceId: randomUUID(),
  id: randomUUID(),
  role: 'owner',
  email: 'ann@example.com',
  emailCanonical: 'ann@example.com',
} as const
const member = {
  kind: 'member',
  id: randomUUID(),
  loginId: randomUUID(),
  memberships: [place],
  homeWorkspaceId: place.workspaceId,
} as const

/** What is shown tells who is asking, without a look at the database. */
const callers = (secret: string) => (secret === 'member' ? member : apiKey)
const authorization = { authorization: 'any' }

/** The whole application on a database of which every statement ends as `outcome` does. */
function appOn(outcome: () => Promise<never>, requestsPerSecond: number | null = null): App {
  const db = {
    read: sqliteHandles.reading({ executeQuery: outcome, streamQuery: noStreams }),
    aside: sqliteHandles.reading({ executeQuery: outcome, streamQuery: noStreams }),
    write: outcome,
    listening: true,
    subscribe: () => () => {},
    stats: () => ({ writesWaiting: 0, transactions: 0, commits: 0 }),
  }
  return createApp({
    db: db as unknown as Database,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    instance: {
      publicUrl: '',
      secret: testSecret,
      signer: { keyInForce: () => 'key', sign: outcome },
      publicKey: () => null,
      fingerprintKey: Buffer.alloc(32),
      outgoing: createOutgoing({ allow: [] }),
      issuerKeys: { find: outcome },
      wakeSealer() {},
    },
    credentials: {
      digest: (secret) => ({ kind: 'nxk', hash: secret }),
      known: ({ hash }) => callers(hash),
      find: async ({ hash }) => callers(hash),
    },
    externalUser: async () => externalUser,
    rates: new RateLimits(requestsPerSecond),
    cursors: new Cursors(Buffer.alloc(32)),
    oidc: null,
    checkAnswers: true,
    publishedKeys: () => ({ keys: [] }),
  })
}

export function describeUnavailable(suite: SuiteOf): void {
  const requests = new Map<string, ReturnType<typeof leastOf>>()
  /** Made once: within the second of a rate there is no time for it. */
  const requestOf = (operation: Operation) => {
    const request = requests.get(operation.id) ?? leastOf(operation)
    requests.set(operation.id, request)
    return request
  }
  const leastOf = async (operation: Operation) => ({
    query: await leastQueryOf(operation, suite().party),
    body: await bodyFor(operation, suite().party),
  })
  const ask = async (app: App, operation: Operation) => {
    const { query, body } = await requestOf(operation)
    const { method, surface, path, guarded, credential } = operation
    const reply = await app.http.inject({
      method,
      url: basePaths[surface] + path.replace('{id}', credential === 'member' ? place.id : randomUUID()) + query,
      headers: {
        authorization: credential ?? 'any',
        ...(guarded && { 'if-match': '*' }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { payload: JSON.stringify(body) }),
    })
    const answer = { status: reply.statusCode, headers: new Headers(), body: reply.json() }
    return { status: reply.statusCode, wait: reply.headers['retry-after'], code: toldBy(operation, answer)?.code }
  }
  const expectEverywhere = async (app: App, status: number, code: string) => {
    for (const operation of allOperations) {
      const reply = await ask(app, operation)
      suite().observed.note(operation.id, String(reply.code))
      expect(reply, operation.id).toEqual({ status, code, wait: expect.stringMatching(/^[1-9]\d*$/) })
    }
    await app.http.close()
  }

  describe('when the service cannot', () => {
    it('answers 503 database_unavailable everywhere while the database cannot be reached', () =>
      expectEverywhere(
        appOn(() => Promise.reject(new DatabaseUnavailable('gone'))),
        503,
        'database_unavailable',
      ))

    it('answers 503 overloaded everywhere while the database takes no more work', () =>
      expectEverywhere(
        appOn(() => Promise.reject(new DatabaseOverloaded(1))),
        503,
        'overloaded',
      ))

    it('answers 503 shutting_down everywhere once it drains', async () => {
      const app = appOn(() => Promise.reject(new Error('must not be reached')))
      await app.drain()
      await expectEverywhere(app, 503, 'shutting_down')
    })

    it('answers 429 everywhere once a key has used up its second', async () => {
      const app = appOn(() => Promise.reject(new DatabaseUnavailable('gone')), 1)
      await Promise.all(allOperations.map(requestOf))
      for (const credential of [undefined, 'member', 'access-token']) {
        const first = allOperations.find((operation) => operation.credential === credential)
        expect((await ask(app, first as Operation)).status).toBe(503)
      }
      await expectEverywhere(app, 429, 'rate_limited')
    })

    it('answers 503 overloaded at once when too many requests are being answered', async () => {
      let release = () => {}
      const held = new Promise<never>((_, reject) => (release = () => reject(new DatabaseUnavailable('gone'))))
      const app = appOn(() => held)
      // The injector sends nothing before somebody waits for the answer.
      const get = async () => await app.http.inject({ method: 'GET', url: '/api/v1/workspace', headers: authorization })
      const waiting = Array.from({ length: limits.requestsInFlightMax }, get)
      expect((await get()).json().code).toBe('overloaded')
      expect((await app.http.inject({ method: 'GET', url: '/healthz' })).statusCode).toBe(200)
      release()
      expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual(waiting.map(() => 503))
      await app.http.close()
    })

    it('answers 500 with nothing but the request id when something unforeseen happens', async () => {
      const app = appOn(() => Promise.reject(new Error('select secret from private')))
      const reply = await app.http.inject({
        method: 'GET',
        url: '/api/v1/workspace',
        headers: { ...authorization, 'x-request-id': 'mine-1' },
      })
      expect([reply.statusCode, reply.json()]).toEqual([
        500,
        { code: 'internal_error', name: 'InternalServerError', message: expect.any(String), requestId: 'mine-1' },
      ])
      expect(reply.body).not.toContain('secret')
      await app.http.close()
    })
  })
}

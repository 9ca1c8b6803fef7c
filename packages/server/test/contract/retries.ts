// Preconditions and idempotency keys, for every operation whose shape takes them.
import { randomUUID } from 'node:crypto'
import type { Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import type { Client } from '../client.ts'
import { holdingWrites } from '../hold-writes.ts'
import { allOperations } from './observed.ts'
import { bodyFor, call, callerOf, sampleOf, type Sample } from './samples.ts'
import { addressOf, successOf, told } from './surfaces.ts'
import { countEvents, expectRefusal, type SuiteOf } from './suite.ts'

const withVersion = allOperations.filter(
  ({ versioned, method }) => versioned && (method === 'PATCH' || method === 'DELETE'),
)
const guarded = allOperations.filter((operation) => operation.guarded)
const creating = allOperations.filter(({ creates }) => creates)

export function describeRetries(suite: SuiteOf): void {
  const tagOf = async (client: Client, operation: Operation, { path }: Sample) =>
    (await client.get(addressOf(operation, path))).headers.get('etag') as string

  describe('preconditions', () => {
    it.each(withVersion)(
      '$id refuses an If-Match of another version, a weak or an unquoted one, and changes nothing',
      async (operation) => {
        const { party } = suite()
        const caller = await callerOf(operation, party)
        const sample = await sampleOf(operation, party)
        const tag = await tagOf(caller, operation, sample)
        const before = await countEvents(suite())
        const version = /\d+/.exec(tag)?.[0] as string
        for (const value of ['"999"', `W/${tag}`, version, '""', 'x', '"999", "998"', `"${version}x"`, '"*"']) {
          expectRefusal(await call(caller, operation, sample, { 'if-match': value }), 412, 'precondition_failed')
        }
        expect(await countEvents(suite())).toBe(before)
        expect(await tagOf(caller, operation, sample)).toBe(tag)
      },
    )

    it.each(withVersion)('$id goes through with the version in force, in a list, and with *', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      for (const [before, after] of [
        ['', ''],
        ['"999", ', ''],
        ['W/"999",', ' , "998"'],
      ] as const) {
        const sample = await sampleOf(operation, party)
        const tag = await tagOf(caller, operation, sample)
        const reply = await call(caller, operation, sample, { 'if-match': before + tag + after })
        expect(reply.status).toBe(successOf(operation))
      }
      const reply = await call(caller, operation, await sampleOf(operation, party), { 'if-match': '*' })
      expect(reply.status).toBe(successOf(operation))
    })

    it.each(guarded)('$id refuses to change anything without If-Match', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      const sample = await sampleOf(operation, party)
      const before = await countEvents(suite())
      const reply = await call(caller, operation, sample, { 'if-match': undefined })
      expectRefusal(reply, 428, 'precondition_required')
      expect(await countEvents(suite())).toBe(before)
    })
  })

  describe('idempotency keys', () => {
    it.each(creating)('$id answers a repeated request as it did the first, with one effect', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      const sample = await sampleOf(operation, party)
      const headers = { 'idempotency-key': randomUUID() }
      const first = await call(caller, operation, sample, headers)
      expect(first.status).toBe(200)
      const before = await countEvents(suite())
      const second = await call(caller, operation, sample, headers)
      expect([second.status, second.body]).toEqual([200, first.body])
      for (const name of ['etag', 'cache-control']) expect(second.headers.get(name)).toBe(first.headers.get(name))
      expect(await countEvents(suite())).toBe(before)
    })

    it.each(creating)('$id refuses a key that was used for another body', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      const headers = { 'idempotency-key': randomUUID() }
      const sample = await sampleOf(operation, party)
      await call(caller, operation, { ...sample, body: { ...sample.body, ...otherwise(operation.id) } }, headers)
      expectRefusal(await call(caller, operation, sample, headers), 422, 'idempotency_key_reused')
    })

    it.each(creating)('$id has one effect however many of the same request come at once', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      const sample = await sampleOf(operation, party)
      const headers = { 'idempotency-key': randomUUID() }
      const before = await countEvents(suite())
      const replies = await Promise.all(Array.from({ length: 20 }, () => call(caller, operation, sample, headers)))
      const done = replies.filter(({ status }) => status === 200)
      for (const reply of done) expect(reply.body).toEqual(done[0]?.body)
      for (const reply of replies.filter(({ status }) => status !== 200))
        expectRefusal(reply, 409, 'idempotency_in_progress')
      expect(done.length).toBeGreaterThan(0)
      expect(await countEvents(suite())).toBe(before + 1)
    })

    it.each(creating)('$id tells a second try that the first is still running', async (operation) => {
      const { server, party } = suite()
      const caller = await callerOf(operation, party)
      const sample = await sampleOf(operation, party)
      const headers = { 'idempotency-key': randomUUID() }
      const tries = await holdingWrites(server, async () => {
        const both = [call(caller, operation, sample, headers), call(caller, operation, sample, headers)]
        expectRefusal(await Promise.race(both), 409, 'idempotency_in_progress')
        return { both }
      })
      expect((await Promise.all(tries.both)).map(({ status }) => status).toSorted()).toEqual([200, 409])
    })

    it.each(creating)('$id refuses a key that is empty, too long or not visible ASCII', async (operation) => {
      const { party } = suite()
      const caller = await callerOf(operation, party)
      const sample = { ...(await sampleOf(operation, party)), body: (await bodyFor(operation, party)) ?? {} }
      for (const key of ['', 'a b', 'x'.repeat(256), 'é']) {
        const reply = await call(caller, operation, sample, { 'idempotency-key': key })
        expectRefusal(reply, 400, 'invalid_request')
        expect(told(reply).issues[0]?.path).toBe('headers.idempotency-key')
      }
    })
  })
}

/** A body that differs from the sample's. */
function otherwise(operationId: string): object {
  const differing: Readonly<Record<string, object>> = {
    'apiKeys.rotate': { overlapSeconds: 1 },
    'blocks.create': { reason: 'Otherwise' },
    'members.create': { lastname: 'Otherwise' },
    'trustedIssuers.create': { audience: 'otherwise' },
  }
  return differing[operationId] ?? { name: 'Otherwise' }
}

// What many readers and followers of one workspace cost: counted in readings of its entries and in signatures.
import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer, type TestServer } from '../../../test/test-server.ts'
import { eventually } from '../../../test/verifying.ts'
import type { Instance } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { insertCutOffs } from '../cut-offs/queries.ts'
import { revocationRoutes } from './routes.ts'
import { offerStatement, revocationStatement, type Parts } from './service.ts'
import { createRevocationFeed } from './stream.ts'

const entries = 5_000
const many = 100

describe.each(testDatabases)('many who ask for one list of revocations on $name', (kind) => {
  const clock = settableClock()
  let server: TestServer
  let workspaceId: string
  let parts: Parts
  let keyInForce: string
  let signed: object[]
  let failures: number
  let readings: number

  beforeAll(async () => {
    server = await startTestServer(kind, { clock })
    ;({ workspaceId } = await server.otherWorkspace())
    await cutOff(entries)
    clock.at = Math.ceil(clock.at / 300_000) * 300_000
  })
  afterAll(() => server.close())
  beforeEach(() => {
    keyInForce = 'key 1'
    signed = []
    failures = 0
    readings = 0
    const sign = async (_type: string, claims: object) => {
      if (failures > 0) {
        failures -= 1
        throw new Error('no signature')
      }
      return `${keyInForce} signature ${signed.push(claims)}`
    }
    const signer = { keyInForce: () => keyInForce, sign }
    const instance = { publicUrl: 'https://id.example.com', signer } as unknown as Instance
    parts = { db: counting(server.db), clock, instance }
  })

  const cutOff = (count: number) =>
    server.db.write((tx) =>
      insertCutOffs(
        tx,
        workspaceId,
        Array.from({ length: count }, () => ({
          reach: 'account' as const,
          subjectId: randomUUID(),
          now: clock.now(),
        })),
      ),
    )
  /** Counts the statements that read entries. */
  const counting = (db: Database): Database => {
    const read = db.read.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (result.rows.some((row) => 'subject' in row)) readings += 1
        return result
      },
    })
    return Object.create(db, { read: { value: read } }) as Database
  }
  const ask = async (since: number | null = null) => (await revocationStatement(parts, workspaceId, since)).sign()
  const times = <T>(count: number, one: () => Promise<T>) => Promise.all(Array.from({ length: count }, one))

  it('costs one reading and one signature, at once and soon after', async () => {
    const texts = await times(many, () => ask())
    clock.at += 60_000
    texts.push(...(await times(many, () => ask())))
    clock.at -= 60_000
    expect(new Set(texts)).toEqual(new Set(['key 1 signature 1']))
    expect([readings, signed.length]).toEqual([1, 1])
    expect(signed).toMatchObject([{ since: null, cursor: entries }])
    expect((signed[0] as { cutOffs: object[] }).cutOffs).toHaveLength(entries)
  })

  it('costs one reading and one signature to begin a hundred streams, and again for news to all of them', async () => {
    const log = pino({ level: 'silent' })
    const feed = createRevocationFeed({ ...parts, log, heartbeatMs: 60_000, published: () => {} })
    const texts = Array.from({ length: many }, () => '')
    await Promise.all(
      texts.map(async (_, i) => {
        const stream = await feed.follow(workspaceId, null)
        stream.on('data', (piece: Buffer) => (texts[i] += piece.toString()))
      }),
    )
    await eventually(() => texts.every((text) => text.includes('data: key 1 signature 1\n')), true)
    expect([readings, signed.length]).toEqual([1, 1])
    await cutOff(1)
    await eventually(() => texts.every((text) => text.includes('data: key 1 signature 2\n')), true)
    expect(new Set(texts).size).toBe(1)
    expect([readings, signed.length]).toEqual([2, 2])
    feed.close()
  })

  it('tells that nothing changed without reading any entry', async () => {
    const tagOf = async (since: number | null) => (await offerStatement(parts, workspaceId, since)).tag
    const tags = [await tagOf(null), await tagOf(0), await tagOf(1)]
    expect(new Set(tags).size).toBe(3)
    expect([await tagOf(null), await tagOf(0), await tagOf(1)]).toEqual(tags)
    const routes = revocationRoutes(null as never)
    const ctx = { ...parts, principal: { workspaceId } }
    await routes['revocations.get'](ctx as never, { query: {} } as never)
    expect([readings, signed.length]).toEqual([0, 0])
  })

  it('is never shared beyond an entry, the time of a tag, a clock that was set back, or the signing key', async () => {
    const changes: (() => unknown)[] = [
      () => cutOff(1),
      () => (clock.at += 310_000),
      () => (clock.at -= 5_000),
      () => (keyInForce = 'key 2'),
    ]
    const texts = [await ask()]
    for (const change of changes) {
      await change()
      texts.push(await ask(), await ask())
    }
    expect(new Set(texts).size).toBe(changes.length + 1)
    expect(texts.at(-1)).toMatch(/^key 2/)
    expect([readings, signed.length]).toEqual([changes.length + 1, changes.length + 1])
  })

  it('does not go on failing when one signature failed', async () => {
    failures = 1
    await expect(ask()).rejects.toThrow('no signature')
    expect(await ask()).toBe('key 1 signature 1')
    expect(readings).toBe(1)
  })

  it('does not grow with what was asked: of many large ones the oldest are made again', async () => {
    for (let since = 1; since <= 30; since += 1) await ask(since)
    await ask(30)
    expect(signed.length).toBe(30)
    await ask(1)
    expect(signed.length).toBe(31)
  })
})

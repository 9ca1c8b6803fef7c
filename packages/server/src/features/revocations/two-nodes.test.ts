// A block on one node, felt by a verifier that is connected to the other: how long it takes, and that none is missed.
import { randomUUID } from 'node:crypto'
import type { Verifier } from '@narthex/sdk'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../test/client.ts'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel, makeExternalUser } from '../../../test/factories.ts'
import { startTestServer, testSecret, type TestServer } from '../../../test/test-server.ts'
import { claimsOf, eventually, statement, verdict, verifierOf } from '../../../test/verifying.ts'
import { systemClock } from '../../lib/clock.ts'
import { openKeySet } from '../signing-keys/key-set.ts'

const blocks = 1_000
const atOnce = 4

describe.each(testDatabases.filter(({ name }) => name === 'PostgreSQL'))('two nodes on $name', (kind) => {
  let server: TestServer
  let other: { client: Client; close(): Promise<void> }
  let verifier: Verifier

  beforeAll(async () => {
    server = await startTestServer(kind)
    other = await server.anotherNode()
    verifier = verifierOf(other.client)
    await verifier.ready()
    await eventually(() => verifier.status.connected, true)
  })
  afterAll(async () => {
    verifier.close()
    await server.close()
  })

  it('refuse 1,000 of 1,000 tokens on the one after a block on the other', async () => {
    const channelId = (await makeChannel(server.client)).id
    const people = await Promise.all(
      Array.from({ length: atOnce }, () => makeExternalUser(server.client, { channelId })),
    )
    const pattern = claimsOf<object>(people[0]?.accessToken as string)
    const keys = await openKeySet({
      db: server.db,
      clock: systemClock,
      log: pino({ level: 'silent' }),
      secret: testSecret,
    })
    keys.close()
    const felt: number[] = []
    let missed = 0

    /** Each time anew: a token issued after the block before is good until the next one. */
    async function blockOne(superIdentityId: string): Promise<void> {
      const claims = {
        ...pattern,
        super_identity_id: superIdentityId,
        jti: randomUUID(),
        cut_off: verifier.status.cursor,
      }
      const token = await keys.sign('at+jwt', claims)
      if ((await verdict(verifier, token)) !== 'good') missed += 1
      const { status } = await server.client.post('/blocks', { reach: 'person', superIdentityId })
      const committed = performance.now()
      const answer = status === 200 && (await eventually(() => verdict(verifier, token), 'revoked', 10_000))
      if (answer === 'revoked') felt.push(performance.now() - committed)
      else missed += 1
    }
    const blockAgain = async (superIdentityId: string) => {
      for (let i = 0; i < blocks / atOnce; i += 1) await blockOne(superIdentityId)
    }
    await Promise.all(people.map(({ superIdentityId }) => blockAgain(superIdentityId)))

    const sorted = felt.toSorted((a, b) => a - b)
    const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] as number).toFixed(1)
    console.log(`block answered → refused on the other node: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`)
    expect([felt.length, missed]).toEqual([blocks, 0])
    expect(sorted.at(-1)).toBeLessThan(10_000)
    expect(verifier.status.cursor).toBe((await statement(other.client)).cursor)
  }, 180_000)

  it('let a verifier go on with the node that is left', async () => {
    const moving = verifierOf(server.client, {
      fetch: (input, init) => fetch(String(input).replace(server.address, target), init),
    })
    let target = other.client.address
    await moving.ready()
    const user = await makeExternalUser(server.client)
    await other.close()
    target = server.address
    await server.client.post(`/external-users/${user.id}/revoke-tokens`)
    expect(await eventually(() => verdict(moving, user.accessToken as string), 'revoked')).toBe('revoked')
    moving.close()
  })
})

// A rotation while two nodes issue tokens: a stock verifier that reads the published keys every five minutes misses none.
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { testDatabases } from '../../../test/databases.ts'
import { makeChannel } from '../../../test/factories.ts'
import { settableClock } from '../../../test/settable-clock.ts'
import { startTestServer } from '../../../test/test-server.ts'

const minute = 60_000

describe.each(testDatabases)('a rotation under load on $name', (kind) => {
  it('fails no verification by clients that keep the keys for five minutes and ask for them no sooner', async () => {
    const clock = settableClock()
    const server = await startTestServer(kind, { clock })
    try {
      const nodes = [server.client, (await server.anotherNode()).client] as const
      const channelId = (await makeChannel(server.client)).id
      // Neither an unknown key nor time makes these ask again: only the five minutes that the answer may be kept.
      const verifiers = nodes.map(({ address }) =>
        createRemoteJWKSet(new URL(`${address}/.well-known/jwks.json`), {
          cacheMaxAge: Infinity,
          cooldownDuration: Infinity,
        }),
      )
      const tokens: string[] = []
      const verify = async (token: string) => {
        const expected = { issuer: 'https://id.example.com', typ: 'at+jwt', currentDate: new Date(clock.at) }
        for (const verifier of verifiers) await jwtVerify(token, verifier, expected)
      }
      const issue = async (i: number) => {
        const { body } = await nodes[i % 2]!.post('/external-users/authenticate', {
          channelId,
          externalId: `crm-${i % 20}`,
        })
        await verify(body.accessToken)
        tokens.push(body.accessToken)
      }
      for (let now = 0; now <= 40; now += 1) {
        // Each at its own moment, so that one is always as late as may be.
        if (now % 5 === 0) await verifiers[0]!.reload()
        if (now % 5 === 4) await verifiers[1]!.reload()
        const load = Promise.all(Array.from({ length: 12 }, (_, i) => issue(i)))
        if (now === 6) {
          const { kid } = (await server.client.post('/signing-keys/rotate', {})).body
          for (const node of nodes) {
            await vi.waitFor(async () => {
              const { keys } = (await node.get('//.well-known/jwks.json')).body
              expect(keys.map((key: { kid: string }) => key.kid)).toContain(kid)
            }, 10_000)
          }
        }
        await load
        clock.at += minute
      }
      for (const token of tokens) await verify(token)
      const used = tokens.map((token) => decodeProtectedHeader(token).kid)
      expect([tokens.length, new Set(used).size]).toEqual([41 * 12, 2])
      // 6 minutes before it, 10 while it is published, the rest after it.
      expect(used.filter((kid) => kid === used[0])).toHaveLength(16 * 12)
    } finally {
      await server.close()
    }
  })
})

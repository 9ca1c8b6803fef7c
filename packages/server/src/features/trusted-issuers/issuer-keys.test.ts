import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeIssuerKey, startTestIssuer, type IssuerKey, type TestIssuer } from '../../../test/issuer.ts'
import { settableClock, type SettableClock } from '../../../test/settable-clock.ts'
import type { IssuerKeys, KeySource } from '../../context.ts'
import { createOutgoing, type Outgoing } from '../../lib/outgoing.ts'
import { createIssuerKeys } from './issuer-keys.ts'

describe('the keys of a trusted issuer', () => {
  let issuer: TestIssuer
  let outgoing: Outgoing
  let clock: SettableClock
  let keys: IssuerKeys
  let source: KeySource

  beforeEach(async () => {
    issuer = await startTestIssuer()
    clock = settableClock()
    outgoing = createOutgoing({ allow: ['127.0.0.1'] })
    keys = createIssuerKeys({ outgoing, clock, log: pino({ level: 'silent' }) })
    source = { workspaceId: 'w', id: 'i', version: 1, jwksUri: issuer.jwksUri, jwks: null }
  })
  afterEach(async () => {
    await outgoing.close()
    await issuer.close()
  })

  const find = (kid: string, from = source) => keys.find(from, { alg: 'ES256', kid })
  const codeOf = (kid: string, from = source) =>
    find(kid, from).then(
      () => 'found',
      (error: { code: string }) => error.code,
    )
  const published = async (...kids: string[]): Promise<IssuerKey[]> => {
    const made = await Promise.all(kids.map((kid) => makeIssuerKey(kid)))
    issuer.keys = made.map(({ publicJwk }) => publicJwk)
    return made
  }
  const later = (seconds: number) => (clock.at += seconds * 1000)

  it('are asked for once by however many at a time', async () => {
    await published('a', 'b')
    await Promise.all(Array.from({ length: 50 }, (_, i) => find(i % 2 ? 'a' : 'b')))
    expect(issuer.asked).toBe(1)
  })

  it('are believed for ten minutes, and no longer', async () => {
    await published('a')
    await find('a')
    await published('b')
    later(599)
    expect(await codeOf('a')).toBe('found')
    later(1)
    expect(await codeOf('a')).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.asked).toBe(2)
  })

  it('are asked for again when a token names an unknown one, but not more than every 30 seconds', async () => {
    await published('a')
    await find('a')
    await published('a', 'b')
    for (let i = 0; i < 20; i += 1) expect(await codeOf('b')).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.asked).toBe(1)
    later(30)
    expect(await codeOf('b')).toBe('found')
    expect(issuer.asked).toBe(2)
    await Promise.all(Array.from({ length: 50 }, (_, i) => codeOf(`made-up-${i}`)))
    later(29)
    expect(await codeOf('made-up')).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.asked).toBe(2)
  })

  it('are still known when asking again fails, until their ten minutes are over', async () => {
    await published('a')
    await find('a')
    issuer.answer = (_request, response) => void response.writeHead(500).end()
    later(60)
    expect(await codeOf('b')).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(await codeOf('a')).toBe('found')
    later(541)
    expect(await codeOf('a')).toBe('issuer_unavailable')
  })

  it('are not asked for again at once when their issuer fails, and are found when it is back', async () => {
    await published('a')
    issuer.answer = (_request, response) => void response.writeHead(500).end()
    for (let i = 0; i < 10; i += 1) expect(await codeOf('a')).toBe('issuer_unavailable')
    expect(issuer.asked).toBe(1)
    issuer.answer = null
    later(4)
    expect(await codeOf('a')).toBe('issuer_unavailable')
    later(1)
    expect(await codeOf('a')).toBe('found')
  })

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['text', '"keys"'],
    ['an object without keys', '{}'],
    ['keys that are no list', '{"keys":{}}'],
    ['no JSON', '<html>'],
  ])('are unavailable when the issuer answers %s', async (_what, body) => {
    issuer.answer = (_request, response) => void response.end(body)
    expect(await codeOf('a')).toBe('issuer_unavailable')
  })

  it('belong to one version of one issuer of one workspace', async () => {
    await published('a')
    await find('a')
    for (const other of [{ version: 2 }, { id: 'j' }, { workspaceId: 'v' }]) await find('a', { ...source, ...other })
    expect(issuer.asked).toBe(4)
  })

  it('come without a question when they are pasted', async () => {
    const [a] = await published('a')
    const pasted = { ...source, jwksUri: null, jwks: { keys: [a?.publicJwk] } }
    expect(await codeOf('a', pasted)).toBe('found')
    later(3_600)
    expect(await codeOf('a', pasted)).toBe('found')
    expect(await codeOf('b', pasted)).toBe('ERR_JWKS_NO_MATCHING_KEY')
    expect(issuer.asked).toBe(0)
  })

  it('are not believed longer because the clock was set back', async () => {
    await published('a')
    await find('a')
    later(-3_600)
    await find('a')
    expect(issuer.asked).toBe(2)
  })
})

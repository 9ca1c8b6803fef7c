// Bad bodies: whatever a stranger sends is a 4xx that names the place, and the server goes on answering.
import { gzipSync } from 'node:zlib'
import type { Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import type { Reply } from '../client.ts'
import { allOperations } from './observed.ts'
import { callerOf, membersOf, sampleOf, send, typesOf, type Sample, type Schema, type Sending } from './samples.ts'
import { countEvents, expectRefusal, type SuiteOf } from './suite.ts'
import { told } from './surfaces.ts'
import { wrongLiterals } from './wrong-values.ts'

const withBody = allOperations.filter(({ body }) => body !== undefined)
const readingBodies = allOperations.filter(({ method }) => method !== 'GET')
const json = { 'content-type': 'application/json' }
const mergePatch = { 'content-type': 'application/merge-patch+json' }

/** Whole bodies that no operation takes. */
const badBodies: Record<string, string | Uint8Array> = {
  'an array': '[]',
  'a text': '"text"',
  'a number': '1',
  null: 'null',
  'no JSON': '{',
  'JSON with a comment': '{/**/}',
  'JSON with a comma too many': '{"a":1,}',
  'two values': '{}{}',
  NaN: '{"name":NaN}',
  Infinity: '{"name":-Infinity}',
  'a number beyond all bounds': '{"name":1e400}',
  'a lone surrogate in a key': String.raw`{"\ud800":1}`,
  'the key __proto__': '{"__proto__":{"admin":true}}',
  'the key constructor': '{"constructor":{"prototype":{}}}',
  'an escaped __proto__': String.raw`{"__pr\u006fto__":1}`,
  'a nested __proto__': '{"metadata":{"a":[{"__proto__":1}]}}',
  'arrays 10,000 deep': '['.repeat(10_000),
  'closed arrays 10,000 deep': `{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  'objects 5,000 deep': '{"a":'.repeat(5_000),
  'one key twice': '{"name":"Free","name":"Paid"}',
  'one key twice, once escaped': String.raw`{"name":"Free","n\u0061me":"Paid"}`,
  'an unknown key': '{"workspaceId":"6b3f0f0e-0000-4000-8000-000000000000"}',
  'thirty unknown keys': JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`key-${i}`, i]))),
  'an empty key': '{"":1}',
  'a byte order mark': '\uFEFF{}',
  'invalid UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  'overlong UTF-8': Uint8Array.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
  'a control character in a text': '{"name":"a\nb\u0001c"}',
  NUL: '\0',
}

const contentTypes: Record<string, Record<string, string>> = {
  'plain text': { 'content-type': 'text/plain' },
  'a form': { 'content-type': 'application/x-www-form-urlencoded' },
  'another charset': { 'content-type': 'application/json; charset=latin1' },
  'JSON of another kind': { 'content-type': 'application/ld+json' },
  'a merge patch': mergePatch,
  'no content type': { 'content-type': '' },
  nonsense: { 'content-type': 'json' },
  'a compressed body': { ...json, 'content-encoding': 'gzip' },
}

/** A merge patch is what a PATCH of the Referral API takes as well. */
function refusedTypes({ surface, method }: Operation): Record<string, string>[] {
  const takesPatch = surface === 'referral' && method === 'PATCH'
  return Object.values(contentTypes).filter((headers) => !takesPatch || headers !== mergePatch)
}

export function describeMalformed(suite: SuiteOf): void {
  const sent = async (operation: Operation, sample: Sample, sending: Sending): Promise<Reply> => {
    const { party } = suite()
    const caller = await callerOf(operation, party)
    const before = await countEvents(suite())
    const reply = await send(caller, operation, sample, sending)
    expect(await countEvents(suite())).toBe(before)
    expect((await caller.get('//healthz')).status).toBe(200)
    return reply
  }

  describe('malformed bodies', () => {
    it.each(withBody)('$id refuses every value that does not fit, and names its place', async (operation) => {
      const sample = await sampleOf(operation, suite().party)
      for (const [key, schema] of Object.entries(membersOf(operation.body))) {
        for (const literal of wrongLiterals(schema)) {
          const members = { ...sample.body, [key]: undefined }
          const raw = JSON.stringify({ ...members, '~': 0 }).replace('"~":0', `${JSON.stringify(key)}:${literal}`)
          const reply = await sent(operation, sample, { raw, headers: json })
          const { code, issues } = told(reply)
          const shown = `${key} = ${literal.slice(0, 80)} → ${JSON.stringify(reply.body)}`
          expect([reply.status, code], shown).toEqual([400, 'invalid_request'])
          expect(
            issues.some(({ path }) => path === key || path.startsWith(`${key}.`)),
            shown,
          ).toBe(true)
        }
      }
    })

    it.each(withBody)('$id names each required key that is missing or null', async (operation) => {
      const sample = await sampleOf(operation, suite().party)
      for (const key of (operation.body as Schema).required ?? []) {
        if (membersOf(operation.body)[key]?.default !== undefined) continue
        const { [key]: _, ...body } = sample.body as Record<string, unknown>
        const reply = await sent(operation, sample, { body })
        expectRefusal(reply, 400, 'invalid_request')
        expect(told(reply).issues).toContainEqual({ path: key, message: 'is required' })
        if (typesOf(membersOf(operation.body)[key] as Schema).includes('null')) continue
        expectRefusal(await sent(operation, sample, { body: { ...body, [key]: null } }), 400, 'invalid_request')
      }
    })

    it.each(readingBodies)('$id refuses bodies that are no plain JSON object of its keys', async (operation) => {
      const sample = await sampleOf(operation, suite().party)
      for (const [what, raw] of Object.entries(badBodies)) {
        const reply = await sent(operation, sample, { raw, headers: json })
        expect([reply.status, told(reply).code], what).toEqual([400, 'invalid_request'])
        expectRefusal(reply, 400, 'invalid_request')
      }
    })

    it.each(readingBodies)(
      '$id refuses other content types with 415 and more than 64 KiB with 413',
      async (operation) => {
        const sample = await sampleOf(operation, suite().party)
        for (const headers of refusedTypes(operation)) {
          expectRefusal(await sent(operation, sample, { raw: '{}', headers }), 415, 'unsupported_media_type')
        }
        const packed = { raw: gzipSync('{}'), headers: { ...json, 'content-encoding': 'gzip' } }
        expectRefusal(await sent(operation, sample, packed), 415, 'unsupported_media_type')
        const body = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`
        const large = await sent(operation, sample, { raw: body(65_537), headers: json })
        expectRefusal(large, 413, 'payload_too_large')
        expectRefusal(await sent(operation, sample, { raw: body(65_536), headers: json }), 400, 'invalid_request')
      },
    )

    it('takes the content type in any case, with UTF-8 or without', async () => {
      const { client } = suite().party
      for (const type of ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"']) {
        const reply = await client.send('POST', '/tiers', { raw: '{"name":"Free"}', headers: { 'content-type': type } })
        expect(reply.status).toBe(200)
      }
    })

    it('counts code points after NFC, so that a letter with its accent is one and an emoji is one', async () => {
      const { client } = suite().party
      const status = async (name: string) => (await client.post('/tiers', { name })).status
      expect(await status('e\u0301'.repeat(50))).toBe(200)
      expect(await status('e\u0301'.repeat(51))).toBe(400)
      expect(await status('e\u0301e\u0301')).toBe(400)
      expect(await status('👍'.repeat(50))).toBe(200)
      expect(await status('👍'.repeat(51))).toBe(400)
      expect(await status('👍👍')).toBe(400)
      expect(await status('👨‍👩‍👧')).toBe(200)
      expect(await status(`a${'\u0323\u0302\u0360'.repeat(50)}`)).toBe(400)
      const { body } = await client.post('/tiers', { name: 'Cafe\u0301' })
      expect(body.name).toBe('Café')
    })
  })
}

// Requests made at random from the contract's own schemas, some of them damaged: no answer is ever a fault.
import fc from 'fast-check'
import type { Operation } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import type { Client } from '../client.ts'
import { allOperations } from './observed.ts'
import type { Party } from './party.ts'
import { callerOf, makers, membersOf, sampleOf, send, typesOf, type Schema } from './samples.ts'
import { expectRefusal, type SuiteOf } from './suite.ts'
import { told } from './surfaces.ts'

/** Enough to meet each member's odd values a few times, few enough for a quick suite. */
const runsPerOperation = 200

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }))
/** Any JSON; keys and texts of every kind, lone surrogates included. */
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 })

function valueOf(schema: Schema, key: string, known: Known): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, key, known)))
  if (schema.const !== undefined) return fc.constant(schema.const)
  const types = typesOf(schema)
  const value = fitting(schema, key, known)
  return types.includes('null') ? fc.option(value, { freq: 4 }) : value
}

function fitting(schema: Schema, key: string, known: Known): fc.Arbitrary<unknown> {
  switch (typesOf(schema)[0]) {
    case 'string':
      if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...known(key)), fc.uuid())
      if (schema.format === 'date-time') return timeText
      if (key.endsWith('Id')) return fc.oneof(fc.constantFrom(...known(key)), anyText)
      if (key in languages) return languages[key] as fc.Arbitrary<string>
      if (schema.pattern) return fc.oneof(fc.stringMatching(new RegExp(schema.pattern)), anyText)
      return fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: schema.maxLength ?? 40 })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1, max: schema.maximum ?? 2 ** 40 })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valueOf(schema.items as Schema, key, known), { maxLength: Math.min(schema.maxItems ?? 5, 5) })
    case 'object':
      return schema.properties ? objectOf(schema, known) : fc.dictionary(anyText, anyJson, { maxKeys: 3 })
    default:
      return anyJson
  }
}

/** Texts with a language of their own: most of what is sent should at least be read. */
const field = fc.constantFrom('id', 'status', 'name', 'referredAt', 'referredUser.email', 'parentId', 'nowhere')
const operator = fc.constantFrom('eq', 'in', 'not', 'or', 'and', 'startsWith', 'contains', 'before', 'between', 'like')
const condition = fc.letrec((tie) => ({
  value: fc.oneof(anyJson, fc.constantFrom('REFERRED', '2026-01-01T00:00:00Z', '[2026-01-01T00:00:00Z,)', '%')),
  operand: fc.oneof(
    { maxDepth: 5 },
    tie('value'),
    fc.dictionary(operator, tie('operand'), { maxKeys: 2 }),
    tie('whole'),
  ),
  whole: fc.dictionary(fc.oneof(field, operator), tie('operand'), { maxKeys: 3 }),
})).whole
const languages: Readonly<Record<string, fc.Arbitrary<string>>> = {
  filter: fc.oneof(
    condition.map((value) => JSON.stringify(value)),
    anyText,
  ),
  sort: fc.oneof(
    fc
      .array(
        fc.tuple(fc.constantFrom('', '+', '-', ' '), field).map((parts) => parts.join('')),
        { maxLength: 3 },
      )
      .map((parts) => parts.join(',')),
    anyText,
  ),
}

const timeText = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
  .map((date) => date.toISOString())

function objectOf(schema: Schema, known: Known): fc.Arbitrary<object> {
  const members: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [key, member] of Object.entries(membersOf(schema))) members[key] = valueOf(member, key, known)
  return fc.record(members, { requiredKeys: [...(schema.required ?? [])] })
}

/** Now and then a member is replaced, added or dropped. */
function damaged(valid: fc.Arbitrary<object>): fc.Arbitrary<unknown> {
  const damage = fc.tuple(valid, fc.nat(), anyText, anyJson, fc.constantFrom('replace', 'add', 'drop'))
  const broken = damage.map(([body, index, key, value, how]) => {
    const keys = Object.keys(body)
    const target = how === 'add' ? key : (keys[index % Math.max(1, keys.length)] ?? key)
    const { [target]: _, ...rest } = body as Record<string, unknown>
    return how === 'drop' ? rest : Object.fromEntries([...Object.entries(rest), [target, value]])
  })
  return fc.oneof({ weight: 3, arbitrary: valid }, { weight: 2, arbitrary: broken }, { weight: 1, arbitrary: anyJson })
}

function queryText(query: unknown): string {
  if (typeof query !== 'object' || query === null) return ''
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().map((one) => [key, asText(one)] as [string, string]),
  )
  return `?${pairs.map(([key, value]) => `${escaped(key)}=${escaped(value)}`).join('&')}`
}

/** An object that holds a member `toString` cannot be made a text by the language. */
function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** Ids that exist, for a member of a name. */
type Known = (key: string) => readonly string[]

async function knownIds(party: Party): Promise<Known> {
  const ids = new Map<string, string>()
  for (const [key, make] of Object.entries(makers)) ids.set(key, (await make(party)).id)
  const all = [...ids.values()]
  return (key) => [ids.get(key.replace(/s$/, '')) ?? (all[0] as string), ...all]
}

export function describeFuzz(suite: SuiteOf): void {
  const attack = (operation: Operation, client: Client, subject: string | null, known: Known) => {
    const query = operation.query ? damaged(objectOf(operation.query as Schema, known)) : fc.constant(null)
    const body = operation.body
      ? damaged(objectOf(operation.body as Schema, known))
      : fc.option(anyJson, { nil: undefined })
    const id = fc.oneof(
      { weight: 4, arbitrary: fc.constant(subject ?? '') },
      { weight: 1, arbitrary: anyText.filter((text) => text !== '') },
    )
    return fc.asyncProperty(query, body, id, async (query, body, id) => {
      const path = operation.path.replace('{id}', () => escaped(id)) + queryText(query)
      const reply = await send(client, operation, { path }, operation.method === 'GET' ? {} : { body })
      // Every 200 matches its schema: the server checks that itself here, and a mismatch is a 500.
      expect(reply.status, `${operation.method} ${path} ${JSON.stringify(body)}`).toBeLessThan(500)
      if (reply.status >= 400) expectRefusal(reply, reply.status, told(reply).code)
    })
  }

  describe('anything at all', () => {
    it.each(allOperations)('$id never answers a 5xx, whatever is sent', async (operation) => {
      const { party } = suite()
      const { id } = await sampleOf(operation, party)
      await fc.assert(attack(operation, await callerOf(operation, party), id, await knownIds(party)), {
        numRuns: runsPerOperation,
      })
      expect((await party.client.get('/workspace')).status).toBe(200)
    })
  })
}

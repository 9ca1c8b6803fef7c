import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, type Json } from './canonical-json.ts'

/** The same by the library, key by key. */
function spelled(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${spelled(value[key] as Json)}`)
  return `{${members.join(',')}}`
}

it('spells every value as JSON does, with the keys of objects sorted by code unit', () => {
  expect(canonicalJson({ b: [1, 'ä"\\\n\u007f\ud800', null], a: { '10': true, '9': -0 } })).toBe(
    '{"a":{"10":true,"9":0},"b":[1,"ä\\"\\\\\\n\u007f\\ud800",null]}',
  )
  fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(value as Json) === spelled(value as Json)))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => canonicalJson(text) === JSON.stringify(text)))
})

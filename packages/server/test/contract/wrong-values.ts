// Values that do not fit a schema, as JSON text: what JSON.stringify would never write is among them.
import { typesOf, type Schema } from './samples.ts'

/** Refused wherever a value stands. */
const always = [
  String.raw`"\ud800"`,
  String.raw`"a\udfffb"`,
  String.raw`"abc\u0000"`,
  '1e400',
  '-1e400',
  '{"__proto__":null}',
  '[[[[]]]]',
]

const byType: Readonly<Record<string, readonly string[]>> = {
  string: ['"abc"'],
  integer: ['7200'],
  boolean: ['true', 'false'],
  array: ['[]', '["abc"]'],
  object: ['{}', '{"a":1}'],
}

export function wrongLiterals(schema: Schema): string[] {
  return [...always, ...wrongTypes(schema), ...outOfBounds(schema)]
}

function wrongTypes(schema: Schema): string[] {
  const types = schema.enum ? ['string'] : typesOf(schema)
  const others = Object.entries(byType).flatMap(([type, literals]) => (types.includes(type) ? [] : literals))
  return [
    ...others,
    ...(types.includes('null') ? [] : ['null']),
    ...(types.includes('integer') ? ['1.5', '"1"', '1e300', '-1', '9007199254740993'] : []),
    ...(types.includes('boolean') ? ['0', '1', '"true"'] : []),
  ]
}

function outOfBounds(schema: Schema): string[] {
  const text = (length: number, letter: string) => JSON.stringify(letter.repeat(length))
  const lengths = [
    ...(schema.minLength
      ? [text(schema.minLength - 1, 'a'), text(schema.minLength - 1, '👍'), text(schema.minLength - 1, 'e\u0301')]
      : []),
    ...(schema.maxLength
      ? [text(schema.maxLength + 1, 'a'), text(schema.maxLength + 1, '👍'), text(schema.maxLength + 1, 'e\u0301')]
      : []),
  ]
  const numbers = [
    ...(schema.minimum === undefined ? [] : [String(schema.minimum - 1)]),
    ...(schema.maximum === undefined ? [] : [String(schema.maximum + 1)]),
  ]
  const formats = [
    ...(schema.enum ? ['"x"', '""', JSON.stringify(`${String(schema.enum[0])} `)] : []),
    ...(schema.format === 'uuid'
      ? ['"x"', '""', '"{6b3f0f0e-0000-4000-8000-000000000000}"', '"6b3f0f0e000040008000000000000000"']
      : []),
    ...(schema.format === 'date-time' ? wrongTimes : []),
    ...(schema.pattern && !schema.format ? ['" "', '"\\n"', '"é"'] : []),
  ]
  const items = schema.items
    ? [
        ...wrongLiterals(schema.items).map((literal) => `[${literal}]`),
        ...(schema.maxItems ? [`[${Array.from({ length: schema.maxItems + 1 }, () => '"x"').join()}]`] : []),
      ]
    : []
  return [...lengths, ...numbers, ...formats, ...items]
}

const wrongTimes = [
  '"2026-03-03"',
  '"2026-02-30T00:00:00Z"',
  '"2026-03-03T09:30:00"',
  '"2026-03-03 09:30:00Z"',
  '"1998-12-31T23:59:60Z"',
  '"2026-03-03T09:30:00Z[Europe/Berlin]"',
  '"tomorrow"',
  '"+12026-03-03T09:30:00Z"',
]

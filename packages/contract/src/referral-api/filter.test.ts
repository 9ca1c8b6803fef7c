// The filter language and the order of a list, as texts: what each means, and which place is told when one means nothing.
import { describe, expect, it } from 'vitest'
import { referralFields } from './fields.ts'
import { parseFilter } from './filter.ts'
import { parseSort } from './sort.ts'

const parsed = (text: string) => parseFilter(text, referralFields)
const conditionOf = (text: string) => {
  const result = parsed(text)
  if ('issue' in result) throw new Error(`${text}: ${result.issue.path} ${result.issue.message}`)
  return result.condition
}
const placeOf = (text: string) => {
  const result = parsed(text)
  return 'issue' in result ? result.issue.path : null
}
const equal = (field: string, ...values: (string | number)[]) => ({ op: 'equal', field, values })
const within = (from: number | null, to: number | null) => ({ op: 'within', field: 'referredAt', from, to })
const day = Date.parse('2018-01-01T00:00:00Z')
const month = Date.parse('2018-02-01T00:00:00Z')

describe('a filter', () => {
  it.each([
    ['{}', { op: 'and', of: [] }],
    ['{"id":275}', equal('id', '275')],
    ['{"name":"CISCO"}', equal('name', 'CISCO')],
    ['{"parentId":263}', equal('parentId', '263')],
    [' {\n"name" : {"eq":"CISCO"} }\t', equal('name', 'CISCO')],
    ['{"name":null}', { op: 'absent', field: 'name' }],
    ['{"name":{"eq":null}}', { op: 'absent', field: 'name' }],
    ['{"status":{"in":["REFERRED","ADMITTED","REFERRED"]}}', equal('status', 'REFERRED', 'ADMITTED')],
    ['{"status":{"in":{"value":["REFERRED"]}}}', equal('status', 'REFERRED')],
    ['{"status":{"in":[]}}', equal('status')],
    ['{"status":{"in":{"value":[]}}}', equal('status')],
    ['{"status":{"in":[null,1]}}', { op: 'or', of: [{ op: 'absent', field: 'status' }, equal('status', '1')] }],
    ['{"status":{"in":[null]}}', { op: 'absent', field: 'status' }],
    ['{"name":{"startsWith":"%_*"}}', { op: 'startsWith', field: 'name', text: '%_*' }],
    ['{"name":{"endsWith":""}}', { op: 'endsWith', field: 'name', text: '' }],
    ['{"name":{"contains":"C"}}', { op: 'contains', field: 'name', text: 'C' }],
    ['{"referredAt":{"before":"2018-01-01T00:00:00Z"}}', within(null, day - 1)],
    ['{"referredAt":{"after":"2018-01-01T00:00:00Z"}}', within(day + 1, null)],
    ['{"referredAt":{"between":"[2018-01-01T00:00:00Z, 2018-02-01T00:00:00Z)"}}', within(day, month - 1)],
    ['{"referredAt":{"between":"(2018-01-01T00:00:00Z,2018-02-01T00:00:00Z]"}}', within(day + 1, month)],
    ['{"referredAt":{"between":"[2018-01-01T00:00:00Z,2018-01-01T00:00:00Z]"}}', within(day, day)],
    ['{"referredAt":"2018-01-01T00:00:00.000Z"}', equal('referredAt', day)],
    [
      '{"id":"a","name":"b"}',
      {
        op: 'and',
        of: [equal('id', 'a'), equal('name', 'b')],
      },
    ],
    ['{"or":{"id":"a","name":"b"}}', { op: 'or', of: [equal('id', 'a'), equal('name', 'b')] }],
    [
      '{"and":{"id":"a","not":{"name":"b"}}}',
      { op: 'and', of: [equal('id', 'a'), { op: 'not', of: equal('name', 'b') }] },
    ],
    ['{"not":{"id":"a","name":"b"}}', { op: 'not', of: { op: 'and', of: [equal('id', 'a'), equal('name', 'b')] } }],
    [
      '{"name":{"or":[{"eq":"a"},{"endsWith":"b"}]}}',
      { op: 'or', of: [equal('name', 'a'), { op: 'endsWith', field: 'name', text: 'b' }] },
    ],
    [
      '{"name":{"and":[{"startsWith":"a"},{"endsWith":"b"}]}}',
      {
        op: 'and',
        of: [
          { op: 'startsWith', field: 'name', text: 'a' },
          { op: 'endsWith', field: 'name', text: 'b' },
        ],
      },
    ],
    ['{"name":{"not":{"eq":"a"}}}', { op: 'not', of: equal('name', 'a') }],
    [
      '{"name":{"not":[{"startsWith":"a"},{"eq":"ab"}]}}',
      { op: 'not', of: { op: 'and', of: [{ op: 'startsWith', field: 'name', text: 'a' }, equal('name', 'ab')] } },
    ],
    [
      '{"name":{"startsWith":"a","endsWith":"b"}}',
      {
        op: 'and',
        of: [
          { op: 'startsWith', field: 'name', text: 'a' },
          { op: 'endsWith', field: 'name', text: 'b' },
        ],
      },
    ],
  ])('%s means what the reference says', (text, condition) => {
    expect(conditionOf(text)).toEqual(condition)
  })

  it.each([
    ['275', '275'],
    ['275.0', '275'],
    ['2.75e2', '275'],
    ['27500E-2', '275'],
    ['1e1', '10'],
    ['1.50', '1.5'],
    ['-0', '0'],
    ['0.00', '0'],
    ['-0.0250', '-0.025'],
    ['0.0001e-2', '0.000001'],
    ['12345678901234567890.10', '12345678901234567890.1'],
    ['1e30', `1${'0'.repeat(30)}`],
  ])('reads the number %s as the text %s, whatever its spelling', (number, text) => {
    expect(conditionOf(`{"id":${number}}`)).toEqual(equal('id', text))
  })

  it.each([
    ['equal', '"2018-01-01T00:00:00.0005Z"', equal('referredAt')],
    ['before', '{"before":"2018-01-01T00:00:00.0005Z"}', within(null, day)],
    ['after', '{"after":"2018-01-01T00:00:00.0005Z"}', within(day + 1, null)],
    ['between', '{"between":"[2018-01-01T00:00:00.0005Z,2018-02-01T00:00:00.0005Z)"}', within(day + 1, month)],
    ['between', '{"between":"(2018-01-01T00:00:00.0005Z,2018-02-01T00:00:00.0005Z]"}', within(day + 1, month)],
  ])('compares moments between two milliseconds exactly: %s %s', (_, operand, condition) => {
    expect(conditionOf(`{"referredAt":${operand}}`)).toEqual(condition)
  })

  it('takes a time in any offset', () => {
    expect(conditionOf('{"referredAt":"2018-01-01T05:30:00+05:30"}')).toEqual(equal('referredAt', day))
  })

  it('reads ids in either case and other texts as they are, in NFC', () => {
    expect(conditionOf('{"referredUser.userId":"A1B2"}')).toEqual(equal('referredUser.userId', 'a1b2'))
    expect(conditionOf('{"status":"admitted"}')).toEqual(equal('status', 'admitted'))
    expect(conditionOf(String.raw`{"name":"Cafe\u0301"}`)).toEqual(equal('name', 'Café'))
  })

  it.each([
    ['', 'filter'],
    ['{', 'filter'],
    ['{}{}', 'filter'],
    ['{"id":1,}', 'filter'],
    ['{"id":01}', 'filter'],
    ["{'id':1}", 'filter'],
    ['{"id":"a\nb"}', 'filter'],
    [String.raw`{"id":"\x"}`, 'filter'],
    ['\uFEFF{}', 'filter'],
    ['[]', 'filter'],
    ['null', 'filter'],
    ['"id"', 'filter'],
    ['{"id":1,"id":1}', 'filter.id'],
    [String.raw`{"id":1,"i\u0064":1}`, 'filter.id'],
    ['{"not":{"id":1,"id":2}}', 'filter.not.id'],
    ['{"status":{"eq":"a","eq":"a"}}', 'filter.status.eq'],
    ['{"__proto__":1}', 'filter.__proto__'],
    ['{"constructor":1}', 'filter.constructor'],
    ['{"colour":"red"}', 'filter.colour'],
    ['{"Status":"ADMITTED"}', 'filter.Status'],
    ['{"referredUser":{"email":"a"}}', 'filter.referredUser'],
    ['{"status":{"like":"A%"}}', 'filter.status.like'],
    ['{"status":{"EQ":"A"}}', 'filter.status.EQ'],
    ['{"status":true}', 'filter.status'],
    ['{"status":[]}', 'filter.status'],
    ['{"status":{}}', 'filter.status'],
    ['{"status":{"eq":{}}}', 'filter.status.eq'],
    ['{"status":{"in":"A"}}', 'filter.status.in'],
    ['{"status":{"in":{}}}', 'filter.status.in.value'],
    ['{"referredUser.email":{"in":{"value":"a"}}}', 'filter.referredUser.email.in.value'],
    ['{"status":{"in":{"value":[],"x":1}}}', 'filter.status.in.x'],
    ['{"status":{"in":["A",true]}}', 'filter.status.in.1'],
    ['{"status":{"in":{"value":["A",["B"]]}}}', 'filter.status.in.value.1'],
    ['{"name":{"startsWith":1}}', 'filter.name.startsWith'],
    ['{"name":{"contains":null}}', 'filter.name.contains'],
    ['{"name":{"before":"2018-01-01T00:00:00Z"}}', 'filter.name.before'],
    ['{"name":{"between":"[a,b]"}}', 'filter.name.between'],
    ['{"referredAt":{"startsWith":"2018"}}', 'filter.referredAt.startsWith'],
    ['{"referredAt":1514764800000}', 'filter.referredAt'],
    ['{"referredAt":"2018-01-01"}', 'filter.referredAt'],
    ['{"referredAt":"2018-02-30T00:00:00Z"}', 'filter.referredAt'],
    ['{"referredAt":{"after":null}}', 'filter.referredAt.after'],
    ['{"referredAt":{"between":"2018-01-01T00:00:00Z, 2018-02-01T00:00:00Z"}}', 'filter.referredAt.between'],
    ['{"referredAt":{"between":"[2018-01-01T00:00:00Z]"}}', 'filter.referredAt.between'],
    ['{"referredAt":{"between":"[2018-01-01T00:00:00Z,]"}}', 'filter.referredAt.between'],
    ['{"referredAt":{"between":"[2018-02-01T00:00:00Z,2018-01-01T00:00:00Z]"}}', 'filter.referredAt.between'],
    ['{"referredAt":{"between":["2018-01-01T00:00:00Z","2018-02-01T00:00:00Z"]}}', 'filter.referredAt.between'],
    ['{"or":[{"id":1}]}', 'filter.or'],
    ['{"and":[{"id":1}]}', 'filter.and'],
    ['{"and":{}}', 'filter.and'],
    ['{"or":{}}', 'filter.or'],
    ['{"not":{}}', 'filter.not'],
    ['{"not":[]}', 'filter.not'],
    ['{"name":{"or":{"eq":"a"}}}', 'filter.name.or'],
    ['{"name":{"or":[]}}', 'filter.name.or'],
    ['{"name":{"or":["a"]}}', 'filter.name.or.0'],
    ['{"name":{"not":[]}}', 'filter.name.not'],
    ['{"name":{"not":"a"}}', 'filter.name.not'],
    ['{"name":{"and":[{"eq":"a"},{"near":"b"}]}}', 'filter.name.and.1.near'],
    [String.raw`{"name":"\ud800"}`, 'filter.name'],
    [String.raw`{"name":"a\u0000"}`, 'filter.name'],
    ['{"id":1e101}', 'filter.id'],
    ['{"id":1e-101}', 'filter.id'],
    [`{"id":${'9'.repeat(101)}}`, 'filter.id'],
  ])('%s is refused at %s', (text, place) => {
    expect(placeOf(text)).toBe(place)
  })

  it('nests eight deep and no deeper, however it is written', () => {
    const across = (depth: number) => `${'{"not":'.repeat(depth)}{"id":1}${'}'.repeat(depth)}`
    const inside = (depth: number) => `{"name":${'{"or":['.repeat(depth)}{"eq":"a"}${']}'.repeat(depth)}}`
    for (const nested of [across, inside]) {
      expect(placeOf(nested(8))).toBeNull()
      expect(placeOf(nested(9))).toMatch(/^filter(\.\w+){9,}$/)
      expect(placeOf(nested(700))).not.toBeNull()
    }
    expect(placeOf('['.repeat(8000))).not.toBeNull()
  })

  it('holds a hundred conditions and no more, and 8 KiB', () => {
    const conditions = (count: number) => `{"name":{"or":[${Array(count).fill('{"eq":"a"}').join()}]}}`
    expect(placeOf(conditions(100))).toBeNull()
    expect(placeOf(conditions(101))).toBe('filter.name.or.100.eq')
    const long = (bytes: number) => `{"name":"${'é'.repeat((bytes - 12) / 2)}"} `
    expect(placeOf(long(8192))).toBeNull()
    expect(placeOf(long(8194))).toBe('filter')
  })
})

describe('an order', () => {
  it.each([
    [
      '-referredAt,+status',
      [
        ['referredAt', true],
        ['status', false],
      ],
    ],
    [
      '-referredAt, status',
      [
        ['referredAt', true],
        ['status', false],
      ],
    ],
    ['status', [['status', false]]],
    [' status', [['status', false]]],
    [
      'referredUser.email,-id',
      [
        ['referredUser.email', false],
        ['id', true],
      ],
    ],
  ] as const)('%s is read', (text, keys) => {
    expect(parseSort(text, referralFields)).toEqual({
      keys: keys.map(([field, descending]) => ({ field, descending })),
    })
  })

  it.each([
    '',
    ',',
    'status,',
    '-',
    '+',
    ' ',
    '  status',
    '--status',
    'status ',
    'colour',
    'status,-status',
    '__proto__',
  ])('%j is refused', (text) => {
    expect(parseSort(text, referralFields)).toMatchObject({ issue: { path: 'sort' } })
  })
})

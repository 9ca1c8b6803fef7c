// Operands of the filter language: numbers as decimal text, moments as ranges of milliseconds.
import Format from 'typebox/format'
import { Timestamp } from '../common.ts'
import { Misread } from './strict-json.ts'

/** Milliseconds since 1970, both inclusive; null where it has no end. A range whose end comes first is empty. */
export interface Range {
  readonly from: number | null
  readonly to: number | null
}

/** No id is longer; it bounds what an exponent may write out. */
const digitsMax = 100

/**
 * A JSON number as the shortest decimal text of exactly that number, so that its spellings are one: `275`, `275.0` and
 * `2.75e2` are `275`. Nothing is rounded.
 */
export function decimalText(literal: string, path: string): string {
  // The reader of JSON hands on literals of numbers only, so it matches; groups are typed as if they might all be absent.
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
    literal,
  ) as unknown as [string, string, string, string?, string?]
  const all = whole + fraction
  const digits = all.replace(/^0+/, '').replace(/0+$/, '')
  if (digits === '') return '0'
  // How many of the digits stand before the point; negative where zeros stand between.
  const point = whole.length + Number(exponent) - (all.length - all.replace(/^0+/, '').length)
  const written = point <= 0 ? digits.length - point : Math.max(digits.length, point)
  if (written > digitsMax) throw new Misread(path, `must not have more than ${digitsMax} digits`)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const interval = /^\s*([[(])\s*([^\s,]+)\s*,\s*([^\s,]+)\s*([\])])\s*$/

/** Which moments an operator means. Stored ones are whole milliseconds; an operand may lie between two of them. */
export function momentRange(operator: 'eq' | 'before' | 'after' | 'between', text: string, path: string): Range {
  if (operator === 'before') return { from: null, to: lastBefore(momentOf(text, path)) }
  if (operator === 'after') return { from: firstAfter(momentOf(text, path)), to: null }
  if (operator === 'eq') {
    const moment = momentOf(text, path)
    return { from: firstFrom(moment), to: lastUntil(moment) }
  }
  const [, opening, start, end, closing] = interval.exec(text) ?? []
  if (!start || !end) throw new Misread(path, 'must be an interval as in [2018-01-01T00:00:00Z, 2018-02-01T00:00:00Z)')
  const [first, last] = [momentOf(start, path), momentOf(end, path)]
  if (last.ms < first.ms) throw new Misread(path, 'must not end before it begins')
  return {
    from: opening === '[' ? firstFrom(first) : firstAfter(first),
    to: closing === ']' ? lastUntil(last) : lastBefore(last),
  }
}

interface Moment {
  /** Rounded down. */
  readonly ms: number
  /** Something was rounded off. */
  readonly rounded: boolean
}

const firstFrom = ({ ms, rounded }: Moment) => (rounded ? ms + 1 : ms)
const firstAfter = ({ ms }: Moment) => ms + 1
const lastUntil = ({ ms }: Moment) => ms
const lastBefore = ({ ms, rounded }: Moment) => (rounded ? ms : ms - 1)

// The library's type of a text does not show the keywords it was made with.
const timestamp = new RegExp((Timestamp as unknown as { pattern: string }).pattern)

function momentOf(text: string, path: string): Moment {
  if (!timestamp.test(text) || !Format.IsDateTime(text))
    throw new Misread(path, 'must be a time as in 2018-01-01T00:00:00Z')
  return { ms: Date.parse(text), rounded: /\.\d{3}\d*[1-9]/.test(text) }
}

// What may be written behind a command: each parser refuses the rest with a sentence, which is wrong usage.
import { scopes, type Scope } from '@narthex/server'
import { InvalidArgumentError } from 'commander'

const minuteMs = 60_000
const unitMs: Readonly<Record<string, number>> = { m: minuteMs, h: 60 * minuteMs, d: 24 * 60 * minuteMs }
/** Longer than any key should live; it also keeps the time within what can be written as a date. */
const daysMax = 3650

/** `90d`, `12h` or `30m` in milliseconds. */
export function duration(text: string): number {
  const parts = /^([1-9]\d{0,6})([mhd])$/.exec(text)
  const ms = parts ? Number(parts[1]) * (unitMs[parts[2] as string] as number) : Infinity
  if (ms > daysMax * (unitMs['d'] as number)) {
    throw new InvalidArgumentError(`Write a duration such as 90d, 12h or 30m, at most ${daysMax}d.`)
  }
  return ms
}

/** A name as the API takes it: 3 to 50 characters after Unicode normalisation. */
export function name(text: string): string {
  const normal = text.normalize('NFC')
  const length = [...normal].length
  if (length < 3 || length > 50 || !normal.isWellFormed() || /\p{Cc}/u.test(normal)) {
    throw new InvalidArgumentError('A name has 3 to 50 characters and no control characters.')
  }
  return normal
}

/** Collects the values of an option that may be given several times. */
export function scope(text: string, before: readonly Scope[] = []): Scope[] {
  const known = scopes.find((each) => each === text)
  if (!known) throw new InvalidArgumentError(`Known scopes: ${scopes.join(', ')}.`)
  return before.includes(known) ? [...before] : [...before, known]
}

/** Ten million is what one file of some ten gigabytes holds; nobody asks for more by intention. */
const sizeMax = 10_000_000

export function size(text: string): number {
  const value = /^[1-9]\d{0,7}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > sizeMax) throw new InvalidArgumentError(`Write a number from 1 to ${sizeMax}.`)
  return value
}

export function referrals(text: string): number {
  return text === '0' ? 0 : size(text)
}

export function seed(text: string): string {
  if (text === '' || text.length > 100) throw new InvalidArgumentError('A seed has 1 to 100 characters.')
  return text
}

/** A day or a moment, as ISO 8601 in UTC. */
export function moment(text: string): string {
  const ms = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Write a day or a moment: 2027-01-31, 2027-01-31T18:00:00Z.')
  return new Date(ms).toISOString()
}

export function count(text: string): number {
  const value = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('Write a number from 1.')
  return value
}

export function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Write a JSON object.')
}

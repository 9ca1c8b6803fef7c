// The filter language and the orders once more, word for word as the reference has them, over referrals as they are shown.
import type { Referral } from '@narthex/contract'

export type Filter = Readonly<Record<string, unknown>>
export type Sorting = readonly { readonly field: string; readonly descending: boolean }[]

type Value = string | null

const isObject = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A dotted field of the wire form; `name` is the organization's. */
function valueOf(referral: Referral, field: string, parentId: string): Value {
  if (field === 'parentId') return parentId
  const path = field === 'name' ? 'organizationName' : field
  let value: unknown = referral
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key]
  return (value as string | undefined) ?? null
}

export function isMatch(referral: Referral, filter: Filter, parentId: string): boolean {
  return Object.entries(filter).every((member) => isMember(referral, member, parentId))
}

function isMember(referral: Referral, [key, value]: [string, unknown], parentId: string): boolean {
  if (key === 'and') return isMatch(referral, value as Filter, parentId)
  if (key === 'or') return Object.entries(value as Filter).some((member) => isMember(referral, member, parentId))
  if (key === 'not') return !isMatch(referral, value as Filter, parentId)
  const operators = isObject(value) ? value : { eq: value }
  return satisfies(valueOf(referral, key, parentId), operators, key)
}

function satisfies(value: Value, operators: Filter, field: string): boolean {
  return Object.entries(operators).every(([name, operand]) => {
    const each = () => operand as Filter[]
    if (name === 'eq') return isEqual(value, operand, field)
    if (name === 'in') return each().some((one) => isEqual(value, one, field))
    if (name === 'or') return each().some((one) => satisfies(value, one, field))
    if (name === 'and') return each().every((one) => satisfies(value, one, field))
    if (name === 'not') return ![operand].flat().every((one) => satisfies(value, one as Filter, field))
    return value !== null && compares(value, name, operand as string)
  })
}

function isEqual(value: Value, operand: unknown, field: string): boolean {
  if (operand === null || value === null) return operand === value
  if (field.endsWith('At')) return moment(value) === moment(operand as string)
  const text = typeof operand === 'number' ? BigInt(operand).toString() : (operand as string)
  return /(^|\.)(\w+I|i)d$/.test(field) ? text.toLowerCase() === value : text === value
}

function compares(value: string, name: string, operand: string): boolean {
  if (name === 'startsWith') return value.startsWith(operand)
  if (name === 'endsWith') return value.endsWith(operand)
  if (name === 'contains') return value.includes(operand)
  if (name === 'before') return moment(value) < moment(operand)
  if (name === 'after') return moment(value) > moment(operand)
  const [, opening, from, to, closing] = /^([[(])(.*), (.*)([\])])$/.exec(operand) as unknown as string[]
  const at = moment(value)
  const [first, last] = [moment(from as string), moment(to as string)]
  return (opening === '[' ? at >= first : at > first) && (closing === ']' ? at <= last : at < last)
}

/** Nanoseconds. */
function moment(text: string): bigint {
  const digits = /\.(\d+)/.exec(text)?.[1] ?? ''
  const seconds = Date.parse(text.replace(/\.\d+/, ''))
  return BigInt(seconds) * 1_000_000n + BigInt(digits.padEnd(9, '0'))
}

/** Missing values last in both directions, ties by id. */
export function compareReferrals(sorting: Sorting, parentId: string): (a: Referral, b: Referral) => number {
  return (a, b) => {
    for (const { field, descending } of [...sorting, { field: 'id', descending: false }]) {
      const [left, right] = [valueOf(a, field, parentId), valueOf(b, field, parentId)]
      if (left === right) continue
      if (left === null || right === null) return left === null ? 1 : -1
      return byCodePoint(left, right) < 0 === descending ? 1 : -1
    }
    return 0
  }
}

function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]].map((text) => text.map((each) => each.codePointAt(0) as number))
  for (const [i, point] of (left as number[]).entries()) {
    const other = (right as number[])[i]
    if (other === undefined) return 1
    if (point !== other) return point - other
  }
  return -1
}

/** The same filter written in another way. */
export function respelled(filter: Filter, seed: number): string {
  let state = Math.abs(seed) % 233_280
  const chance = () => (state = (state * 9301 + 49_297) % 233_280) % 2 === 0
  const space = () => (chance() ? ' ' : '\n\t')
  const text = (value: string) =>
    chance()
      ? JSON.stringify(value)
      : `"${[...value]
          .map((each) =>
            each
              .split('')
              .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
              .join(''),
          )
          .join('')}"`
  const number = (value: number) => (chance() ? `${value}` : `${BigInt(value)}.0e0`)
  const scalar = (value: unknown) =>
    typeof value === 'string' ? text(value) : typeof value === 'number' ? number(value) : 'null'
  const list = (values: readonly string[]) => `[${space()}${values.join(` ,${space()}`)}]`
  const object = (members: readonly [string, string][]) => {
    const order = chance() ? members : members.toReversed()
    return `{${space()}${order.map(([key, value]) => `${text(key)}${space()}:${value}`).join(' , ')}}`
  }
  const operators = (value: Filter): string =>
    object(Object.entries(value).map(([name, operand]) => [name, operator(name, operand)]))
  const operator = (name: string, operand: unknown): string => {
    if (name === 'eq') return scalar(operand)
    if (name === 'in') {
      const values = list((operand as unknown[]).map(scalar))
      return chance() ? values : object([['value', values]])
    }
    if (name === 'or' || name === 'and') return list((operand as Filter[]).map(operators))
    if (name === 'not')
      return Array.isArray(operand)
        ? list(operand.map(operators))
        : chance()
          ? list([operators(operand as Filter)])
          : operators(operand as Filter)
    return text(operand as string)
  }
  const conditions = (value: Filter): string =>
    object(
      Object.entries(value).map(([key, member]) => {
        if (key === 'and' || key === 'or' || key === 'not') return [key, conditions(member as Filter)]
        if (isObject(member)) return [key, operators(member)]
        return [key, chance() ? scalar(member) : object([['eq', scalar(member)]])]
      }),
    )
  return conditions(filter)
}

// The filter language of the Referral API: from its JSON text to a typed tree, or to the place that is wrong.
import type { Issue } from '../common.ts'
import { decimalText, momentRange, type Range } from './filter-values.ts'
import { Misread, readJson, type Json } from './strict-json.ts'

/** What a field holds. Ids are texts that are the same in either case. */
export type FieldKind = 'text' | 'id' | 'time'

export type FilterFields = Readonly<Record<string, FieldKind>>

/** What must be true of a row. `and` of nothing is true, `or` of nothing false; a field that is absent satisfies `absent` alone. */
export type Condition =
  | { readonly op: 'and'; readonly of: readonly Condition[] }
  | { readonly op: 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  | Leaf

export type Leaf = { readonly field: string } & (
  | { readonly op: 'absent' }
  /** Any of these; times are milliseconds since 1970. */
  | { readonly op: 'equal'; readonly values: readonly (string | number)[] }
  | { readonly op: 'startsWith' | 'endsWith' | 'contains'; readonly text: string }
  /** Times from the one to the other, both inclusive. */
  | ({ readonly op: 'within' } & Range)
)

/** `and`, `or` and `not` inside each other. People follow three or four; what is built from parts needs hardly more. */
const depthMax = 8
/** Each is a part of the statement, and a longer list of values is one condition: `in`. */
const conditionsMax = 100
/** Two hundred ids in an `in`. Percent-encoded it is three times as long, and still within the longest address. */
const bytesMax = 8_192

const everything: Condition = { op: 'and', of: [] }

/** `{}` is true of every row. Only the first wrong place is told; its path begins with `filter`. */
export function parseFilter(
  text: string,
  fields: FilterFields,
): { readonly condition: Condition } | { readonly issue: Issue } {
  try {
    if (utf8Length(text) > bytesMax) throw new Misread('filter', `must not be longer than ${bytesMax} bytes`)
    const root = readJson(text, 'filter')
    if (root.type === 'object' && root.members.length === 0) return { condition: everything }
    return { condition: new Parser(fields).conditions(root, 'and', { path: 'filter', depth: 0 }) }
  } catch (error) {
    if (error instanceof Misread) return { issue: error.issue }
    throw error
  }
}

/** Where the parser is. */
interface Place {
  readonly path: string
  readonly depth: number
}

class Parser {
  readonly #fields: FilterFields
  #count = 0

  constructor(fields: FilterFields) {
    this.#fields = fields
  }

  /** An object of fields and of `and`, `or`, `not` across fields. */
  conditions(json: Json, op: 'and' | 'or', place: Place): Condition {
    const members = membersOf(json, place.path)
    return joined(
      op,
      members.map(([key, value]) => {
        const path = `${place.path}.${key}`
        if (key === 'and' || key === 'or') return this.conditions(value, key, deeper(place, key))
        if (key === 'not') return { op: 'not', of: this.conditions(value, 'and', deeper(place, key)) }
        if (!Object.hasOwn(this.#fields, key)) throw new Misread(path, 'is not known')
        return this.#field(key, value, { path, depth: place.depth })
      }),
    )
  }

  #field(field: string, json: Json, place: Place): Condition {
    return json.type === 'object' ? this.#operators(field, json, place) : this.#equal(field, [json], [place.path])
  }

  /** An object of operators on one field. */
  #operators(field: string, json: Json, place: Place): Condition {
    const operators = membersOf(json, place.path)
    return joined(
      'and',
      operators.map(([name, operand]) => this.#operator(field, name, operand, place)),
    )
  }

  #operator(field: string, name: string, operand: Json, place: Place): Condition {
    const path = `${place.path}.${name}`
    const kind = this.#fields[field] as FieldKind
    switch (name) {
      case 'eq':
        return this.#equal(field, [operand], [path])
      case 'in':
        return this.#any(field, operand, path)
      case 'startsWith':
      case 'endsWith':
      case 'contains':
        if (kind === 'time') throw new Misread(path, 'is not an operator of times')
        return this.#leaf({ op: name, field, text: textOf(operand, path) }, path)
      case 'before':
      case 'after':
      case 'between':
        if (kind !== 'time') throw new Misread(path, 'is an operator of times only')
        return this.#leaf({ op: 'within', field, ...momentRange(name, textOf(operand, path), path) }, path)
      case 'and':
      case 'or':
        return this.#each(field, name, operand, deeper(place, name))
      case 'not':
        return operand.type === 'list'
          ? { op: 'not', of: this.#each(field, 'and', operand, deeper(place, name)) }
          : { op: 'not', of: this.#operators(field, operand, deeper(place, name)) }
      default:
        throw new Misread(path, 'is not known')
    }
  }

  /** A list of objects of operators on one field. */
  #each(field: string, op: 'and' | 'or', json: Json, place: Place): Condition {
    if (json.type !== 'list') throw new Misread(place.path, 'must be a list of operator objects')
    if (json.items.length === 0) throw new Misread(place.path, 'must not be empty')
    return joined(
      op,
      json.items.map((item, i) => this.#operators(field, item, { ...place, path: `${place.path}.${i}` })),
    )
  }

  /** `[…]` or `{"value":[…]}`. */
  #any(field: string, json: Json, path: string): Condition {
    if (json.type === 'list')
      return this.#equal(
        field,
        json.items,
        json.items.map((_, i) => `${path}.${i}`),
      )
    if (json.type !== 'object') throw new Misread(path, 'must be a list of values')
    const unknown = json.members.find(([key]) => key !== 'value')
    if (unknown) throw new Misread(`${path}.${unknown[0]}`, 'is not known')
    const [, value] = json.members[0] ?? []
    if (value?.type !== 'list') throw new Misread(`${path}.value`, 'must be a list of values')
    return this.#any(field, value, `${path}.value`)
  }

  #equal(field: string, operands: readonly Json[], paths: readonly string[]): Condition {
    const kind = this.#fields[field] as FieldKind
    const values = operands.map((operand, i) => valueOf(operand, kind, paths[i] as string))
    const present = values.filter((value) => value !== null && value !== never)
    const equal = this.#leaf({ op: 'equal', field, values: [...new Set(present)] }, paths[0] ?? 'filter')
    if (!values.includes(null)) return equal
    return present.length === 0 ? { op: 'absent', field } : { op: 'or', of: [{ op: 'absent', field }, equal] }
  }

  #leaf(leaf: Leaf, path: string): Leaf {
    this.#count += 1
    if (this.#count > conditionsMax) throw new Misread(path, `is one more than ${conditionsMax} conditions`)
    return leaf
  }
}

function deeper({ path, depth }: Place, key: string): Place {
  const place = { path: `${path}.${key}`, depth: depth + 1 }
  if (place.depth > depthMax) throw new Misread(place.path, `must not nest deeper than ${depthMax} levels`)
  return place
}

function membersOf(json: Json, path: string) {
  if (json.type !== 'object') throw new Misread(path, 'must be an object')
  if (json.members.length === 0) throw new Misread(path, 'must not be empty')
  return json.members
}

function joined(op: 'and' | 'or', of: readonly Condition[]): Condition {
  return of.length === 1 ? (of[0] as Condition) : { op, of }
}

function textOf(json: Json, path: string): string {
  if (json.type !== 'text') throw new Misread(path, 'must be a text')
  return json.value
}

/** A moment between two that can be stored. */
const never = Symbol('never')

/** null: absent. */
function valueOf(json: Json, kind: FieldKind, path: string): string | number | null | typeof never {
  if (json.type === 'literal' && json.value === null) return null
  if (kind === 'time') {
    if (json.type !== 'text') throw new Misread(path, 'must be a time or null')
    const { from, to } = momentRange('eq', json.value, path)
    return from === to && from !== null ? from : never
  }
  if (json.type === 'number') return decimalText(json.digits, path)
  if (json.type !== 'text') throw new Misread(path, 'must be a text, a number or null')
  return kind === 'id' ? json.value.toLowerCase() : json.value
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const point = character.codePointAt(0) as number
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return length
}

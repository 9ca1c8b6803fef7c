// Conditions of the filter language, decided as far as values are known.
import type { Condition, Leaf } from '@narthex/contract'

/** null: the field is absent. */
export type FieldValue = string | number | null

export const always: Condition = { op: 'and', of: [] }
export const never: Condition = { op: 'or', of: [] }

export function isAlways(condition: Condition): boolean {
  return condition.op === 'and' && condition.of.length === 0
}

export function isNever(condition: Condition): boolean {
  return condition.op === 'or' && condition.of.length === 0
}

/** The condition with the fields decided that have one value; `valueOf` answers undefined for the others. */
export function fold(condition: Condition, valueOf: (field: string) => FieldValue | undefined): Condition {
  return mapLeaves(condition, (leaf) => {
    const value = valueOf(leaf.field)
    if (value !== undefined) return holds(leaf, value) ? always : never
    return leaf.op === 'equal' && leaf.values.length === 0 ? never : leaf
  })
}

/** The condition with others in place of its leaves; what they decide is left out. */
export function mapLeaves(condition: Condition, change: (leaf: Leaf) => Condition): Condition {
  switch (condition.op) {
    case 'and':
    case 'or':
      return joined(
        condition.op,
        condition.of.map((each) => mapLeaves(each, change)),
      )
    case 'not': {
      const of = mapLeaves(condition.of, change)
      if (isAlways(of)) return never
      return isNever(of) ? always : { op: 'not', of }
    }
    default:
      return change(condition)
  }
}

function joined(op: 'and' | 'or', of: readonly Condition[]): Condition {
  const [isNothing, isAll] = op === 'and' ? [isAlways, isNever] : [isNever, isAlways]
  if (of.some(isAll)) return op === 'and' ? never : always
  const left = of.filter((each) => !isNothing(each))
  return left.length === 1 ? (left[0] as Condition) : { op, of: left }
}

/** Texts compare by code point: no index of a well-formed text lies inside a character. */
export function holds(leaf: Leaf, value: FieldValue): boolean {
  if (value === null) return leaf.op === 'absent'
  switch (leaf.op) {
    case 'absent':
      return false
    case 'equal':
      return leaf.values.includes(value)
    case 'within':
      return (leaf.from === null || Number(value) >= leaf.from) && (leaf.to === null || Number(value) <= leaf.to)
    case 'startsWith':
      return String(value).startsWith(leaf.text)
    case 'endsWith':
      return String(value).endsWith(leaf.text)
    case 'contains':
      return String(value).includes(leaf.text)
  }
}

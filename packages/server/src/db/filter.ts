// A condition of the filter language as a condition of a statement. It is never null, so that `not` is true of a row without the field.
import type { Condition, Leaf } from '@narthex/contract'
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely'
import type { Db } from './database.ts'
import { listed } from './page.ts'
import { containsText, endsWith, startsWith } from './text-match.ts'

/** What a field is in the statement. */
export type ColumnOf = (field: string) => Expression<unknown>

export function conditionSql(db: Db, condition: Condition, columnOf: ColumnOf): RawBuilder<SqlBool> {
  return compiled({ db, columnOf }, condition, false)
}

interface Compiler {
  readonly db: Db
  readonly columnOf: ColumnOf
}

/** A negation goes down to the leaves, where what is unknown about a field that is absent becomes plainly false or true. */
function compiled(compiler: Compiler, condition: Condition, isNegated: boolean): RawBuilder<SqlBool> {
  if (condition.op === 'not') return compiled(compiler, condition.of, !isNegated)
  if (condition.op === 'and' || condition.op === 'or') {
    const isAnd = (condition.op === 'and') !== isNegated
    if (condition.of.length === 0) return isAnd ? sql<SqlBool>`true` : sql<SqlBool>`false`
    const parts = condition.of.map((each) => compiled(compiler, each, isNegated))
    return sql<SqlBool>`(${sql.join(parts, isAnd ? sql` and ` : sql` or `)})`
  }
  const leaf = leafSql(compiler, condition)
  return isNegated ? sql<SqlBool>`(${leaf}) is not true` : leaf
}

function leafSql({ db, columnOf }: Compiler, leaf: Leaf): RawBuilder<SqlBool> {
  const column = columnOf(leaf.field)
  switch (leaf.op) {
    case 'absent':
      return sql<SqlBool>`${column} is null`
    case 'equal':
      return anyOf(column, leaf.values)
    case 'within':
      return within(column, leaf)
    default:
      // Every text that is there begins, ends and goes on with nothing.
      if (leaf.text === '') return sql<SqlBool>`${column} is not null`
      if (leaf.op === 'startsWith') return startsWith(column, leaf.text)
      return leaf.op === 'endsWith' ? endsWith(column, leaf.text) : containsText(db, column, leaf.text)
  }
}

function anyOf(column: Expression<unknown>, values: readonly (string | number)[]): RawBuilder<SqlBool> {
  if (values.length === 0) return sql<SqlBool>`false`
  if (values.length === 1) return sql<SqlBool>`${column} = ${values[0]}`
  return sql<SqlBool>`${column} in (${sql.join(listed(values))})`
}

function within(
  column: Expression<unknown>,
  { from, to }: { readonly from: number | null; readonly to: number | null },
): RawBuilder<SqlBool> {
  if (from === null) return sql<SqlBool>`${column} <= ${to}`
  if (to === null) return sql<SqlBool>`${column} >= ${from}`
  return sql<SqlBool>`(${column} >= ${from} and ${column} <= ${to})`
}

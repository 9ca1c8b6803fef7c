// Conditions on the status: there are six, so that what a condition says of it is a choice among them.
import { referralStatuses, type Condition, type ReferralStatus } from '@narthex/contract'
import { fold, holds, isAlways, isNever, mapLeaves, never } from '../../lib/filter.ts'

/** The statuses that satisfy a condition on nothing but the status; null for any other condition. */
export function statusesOf(condition: Condition): readonly ReferralStatus[] | null {
  const decided = referralStatuses.map((status) =>
    fold(condition, (field) => (field === 'status' ? status : undefined)),
  )
  if (decided.some((each) => !isAlways(each) && !isNever(each))) return null
  return referralStatuses.filter((_, i) => isAlways(decided[i] as Condition))
}

/** The same condition with every one on the status as a choice, which an index serves. */
export function withStatuses(condition: Condition): Condition {
  return mapLeaves(condition, (leaf) => {
    if (leaf.field !== 'status') return leaf
    const values = referralStatuses.filter((status) => holds(leaf, status))
    return values.length === 0 ? never : { op: 'equal', field: 'status', values }
  })
}

// Statements on referrals and their decisions.
import { resourceTable, type Row } from '../../db/resource-table.ts'

export type ReferralRow = Row<'referrals'>

export const referrals = resourceTable('referrals')

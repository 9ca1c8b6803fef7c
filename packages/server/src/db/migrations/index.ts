// Every migration in its order. A released one is never edited: what follows is a new file and a new line here.
import type { Migration } from 'kysely'
import { theHouse } from './0001-the-house.ts'
import { blocksAndRevocations } from './0002-blocks-and-revocations.ts'
import { membersAndReferrals } from './0003-members-and-referrals.ts'
import { searchInBatches } from './0004-search-in-batches.ts'

export const migrations: Record<string, (dialect: 'sqlite' | 'postgres') => Migration> = {
  '0001-the-house': theHouse,
  '0002-blocks-and-revocations': blocksAndRevocations,
  '0003-members-and-referrals': membersAndReferrals,
  '0004-search-in-batches': searchInBatches,
}

// What deciding and explaining access read of referrals: those of one person, by an index.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../../test/databases.ts'
import { plansOf } from '../../../test/plans.ts'
import type { Database, Db } from '../../db/database.ts'
import { listDecisionsOn, listReferralsOf } from '../access/queries.ts'
import { listProvisional } from '../referrals/queries.ts'
import { findAdmission } from './queries.ts'

const [workspaceId, id] = [crypto.randomUUID(), crypto.randomUUID()]
const now = 1_772_528_400_000

describe('access on SQLite reads', () => {
  let database: TestDatabase
  let db: Database

  beforeAll(async () => {
    database = await (testDatabases[0] as TestDatabaseKind).create()
    db = await database.open()
    await db.migrate()
  })
  afterAll(() => database.drop())

  const ofThePerson = '(workspace_id=? AND super_identity_id=?)'
  it.each<[what: string, use: (db: Db) => Promise<unknown>, expected: string[]]>([
    [
      'a person with its admission',
      (read) => findAdmission(read, workspaceId, id),
      [
        'SEARCH w USING INDEX sqlite_autoindex_workspaces_1 (id=?)',
        `SEARCH a USING INDEX referrals_live ${ofThePerson}`,
        `SEARCH r USING INDEX referrals_by_super_identity_id ${ofThePerson}`,
      ],
    ],
    [
      'the referrals of a person',
      (read) => listReferralsOf(read, workspaceId, id, now),
      [`SEARCH referrals USING INDEX referrals_by_super_identity_id ${ofThePerson}`],
    ],
    [
      'the decisions on some referrals',
      (read) => listDecisionsOn(read, workspaceId, [id], now),
      [
        'SEARCH d USING INDEX sqlite_autoindex_referral_decisions_1 (workspace_id=? AND referral_id=?)',
        'SEARCH m USING INDEX sqlite_autoindex_members_1 (workspace_id=? AND id=?)',
      ],
    ],
    [
      'those who came in provisionally',
      (read) => listProvisional(read, workspaceId, now),
      ['SEARCH referrals USING INDEX referrals_queue (workspace_id=? AND status=? AND referred_at>?)'],
    ],
  ])('%s by indexes alone', async (_, use, expected) => {
    const plans = await plansOf(db, use)
    const reads = plans.filter((line) => /^(SCAN|SEARCH)/.test(line))
    expect(reads.map((line) => line.replace(/ LEFT-JOIN$/, ''))).toEqual(expected)
  })
})

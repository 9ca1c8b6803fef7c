// What the evidence reads on SQLite: beginning with the person, the address or the referrer, never a table or a workspace.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../../test/databases.ts'
import { plansOf } from '../../../test/plans.ts'
import type { Database, Db } from '../../db/database.ts'
import { findBlockedPersons, listBlocksOnPerson } from '../blocks/person-queries.ts'
import {
  findUsage,
  listAccountsAlike,
  listAccountsOf,
  listHeldEmails,
  listOutcomes,
  listReferredBy,
  listRefusals,
} from './evidence-queries.ts'
import type { ReferralRow } from './queries.ts'

const workspaceId = crypto.randomUUID()
const superIdentityId = crypto.randomUUID()
const some = (count: number) => Array.from({ length: count }, () => crypto.randomUUID())
const row = { workspace_id: workspaceId, id: crypto.randomUUID(), referrer_id: crypto.randomUUID() } as ReferralRow
const now = 1_772_528_400_000
const whose = { superIdentityId, limit: 50 }
const held = some(200).map((fingerprint) => ({ superIdentityId, fingerprint }))

const byPerson = 'u (workspace_id=? AND super_identity_id=?)'
const byAccount = 'b (workspace_id=? AND external_user_id=?)'
const byForm = 'f (workspace_id=? AND fingerprint=?)'
const byId = 'b (workspace_id=? AND id=?)'

describe('the evidence on SQLite reads', () => {
  let database: TestDatabase
  let db: Database

  beforeAll(async () => {
    database = await (testDatabases[0] as TestDatabaseKind).create()
    db = await database.open()
    await db.migrate()
  })
  afterAll(() => database.drop())

  /** How every table is reached, in the plans of the statements that `use` runs. */
  async function reads(use: (db: Db) => Promise<unknown>): Promise<string[]> {
    const details = (await plansOf(db, use)).filter((detail) => /^(SCAN|SEARCH)/.test(detail))
    return details.map((detail) => detail.replace(/^SEARCH (\S+) USING (?:COVERING )?INDEX \S+ (.*)$/, '$1 $2'))
  }

  it('the accounts of the person', async () => {
    const channel = 'c (workspace_id=? AND id=?)'
    expect(await reads((watched) => listAccountsOf(watched, workspaceId, whose))).toEqual([byPerson, channel])
    expect(await reads((watched) => findUsage(watched, workspaceId, superIdentityId))).toEqual([
      'external_users (workspace_id=? AND super_identity_id=?)',
    ])
  })

  it('the accounts of others by what identifies them', async () => {
    const channel = 'c (workspace_id=? AND id=?)'
    expect(await reads((watched) => listAccountsAlike(watched, workspaceId, some(100), whose))).toEqual([
      'u (workspace_id=? AND identifier_fingerprint=?)',
      channel,
    ])
  })

  it('the addresses of some persons', async () => {
    expect(await reads((watched) => listHeldEmails(watched, workspaceId, some(200), 1_000))).toEqual([
      'super_identity_emails (workspace_id=? AND super_identity_id=?)',
    ])
  })

  it('the decisions on referrals of some persons', async () => {
    expect(await reads((watched) => listRefusals(watched, workspaceId, some(51), 50))).toEqual([
      'r (workspace_id=? AND super_identity_id=?)',
      'd (workspace_id=? AND referral_id=?)',
      'm (workspace_id=? AND id=?) LEFT-JOIN',
    ])
  })

  it('the blocks of the person, its accounts and its addresses', async () => {
    const plan = await reads((watched) =>
      listBlocksOnPerson(watched, workspaceId, { superIdentityId, fingerprints: some(400) }, { now, limit: 50 }),
    )
    expect(plan).toEqual([
      byId,
      'blocks (workspace_id=? AND super_identity_id=?)',
      byPerson,
      byAccount,
      byPerson,
      byForm,
      byId,
      'block_fingerprints (workspace_id=? AND fingerprint=?)',
    ])
  })

  it('the blocks of the persons that were referred', async () => {
    const plan = await reads((watched) => findBlockedPersons(watched, workspaceId, { personIds: some(200), held }, now))
    expect(plan).toEqual([
      'b (workspace_id=? AND super_identity_id=?)',
      byPerson,
      byAccount,
      byPerson,
      byForm,
      byId,
      byForm,
      byId,
    ])
  })

  it('the latest referrals of the referrer, and counts instead of the others', async () => {
    // In the order of its index: nothing is sorted.
    expect(await plansOf(db, (watched) => listReferredBy(watched, row, 200))).toEqual([
      'SEARCH referrals USING INDEX referrals_own (workspace_id=? AND referrer_id=?)',
    ])
    expect(await reads((watched) => listOutcomes(watched, row, now))).toEqual([
      'r (workspace_id=? AND id=?)',
      'c (workspace_id=? AND referrer_id=?)',
      'd (admitted_until<?)',
    ])
  })
})

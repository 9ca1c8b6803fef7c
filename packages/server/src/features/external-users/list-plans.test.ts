// How SQLite finds what a list asks for: without statistics it takes any order it can read for cheaper than a look-up.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../../test/databases.ts'
import { plansOf } from '../../../test/plans.ts'
import type { Database, Db } from '../../db/database.ts'
import type { Page } from '../../db/page.ts'
import { sought } from '../../db/search.ts'
import {
  findHeldEmail,
  findLinks,
  listAddresses,
  personsMatching,
  superIdentities,
} from '../super-identities/queries.ts'
import { externalUsersMatching, type ExternalUserFilter } from './filter.ts'
import { listWhole } from './list-statements.ts'
import { externalUsers } from './queries.ts'

const workspaceId = crypto.randomUUID()
const some = (count: number) => Array.from({ length: count }, () => crypto.randomUUID())
const formOn = (kind: string) => ({ identifier_kind: kind, default_country: null, canonical: 'ada' })
const none: ExternalUserFilter = {
  workspaceId,
  ids: [],
  channelIds: [],
  groupIds: [],
  superIdentityIds: [],
  tierIds: [],
  identifierForms: undefined,
  externalId: undefined,
  blocked: undefined,
  neverSeen: undefined,
  createdAfter: undefined,
  createdBefore: undefined,
  lastSeenAfter: undefined,
  lastSeenBefore: undefined,
  search: undefined,
}
const ofPerson = expect.stringMatching(/super_identity_id=\?/)
const first: Page = { size: 10, offset: 0, after: null, few: true }
const later: Page = { ...first, after: { createdAt: 1_772_528_400_000, id: workspaceId } }

/** The tables that grow with the number of persons. */
const growing = / (u|external_users|super_identity_search|super_identity_emails) /

describe('what a list on SQLite reads', () => {
  let database: TestDatabase
  let db: Database

  beforeAll(async () => {
    database = await (testDatabases[0] as TestDatabaseKind).create()
    db = await database.open()
    await db.migrate()
  })
  afterAll(() => database.drop())

  /** The plan of every statement on accounts that `use` runs. */
  async function plans(use: (db: Db) => Promise<unknown>): Promise<string[]> {
    return (await plansOf(db, use)).filter((detail) => growing.test(detail))
  }

  const pages: [string, Page][] = [
    ['first', first],
    ['later', later],
  ]
  const filters: [string, Partial<ExternalUserFilter>, RegExp][] = [
    ['an external id', { externalId: 'crm-1' }, /channel_id=\? AND external_id=\?/],
    [
      'an identifier',
      { identifierForms: ['email', 'username'].map(formOn) },
      /channel_id=\? AND identifier_canonical=\?/,
    ],
    ['100 ids', { ids: some(100) }, /workspace_id=\? AND id=\?/],
    ['100 persons', { superIdentityIds: some(100) }, /super_identity_id=\?/],
  ]

  describe.each(pages)('for a %s page', (_, page) => {
    it.each(filters)('of %s: only what is asked for', async (_name, filter, lookUp) => {
      const read = await plans((watched) =>
        externalUsers.list(watched, workspaceId, externalUsersMatching(watched, { ...none, ...filter }, 0), page),
      )
      expect(read).toEqual([expect.stringMatching(lookUp)])
    })
  })

  it.each(pages)('for a %s page of a text that few have: whom the trigrams name', async (_, page) => {
    const filter: ExternalUserFilter = { ...none, channelIds: some(2), search: sought('ada') }
    const read = await plans((watched) => listWhole(watched, { filter, page: { ...page, byText: true } }, 0, true))
    expect(read).toContainEqual(expect.stringMatching(/SEARCH external_users USING INTEGER PRIMARY KEY/))
    expect(read).not.toContainEqual(expect.stringMatching(/external_users .*workspace_id/))
  })

  it.each(pages)('for a %s page of a text that many have: one after the other, newest first', async (_, page) => {
    const filter: ExternalUserFilter = { ...none, search: { ...sought('ada'), met: true } }
    const read = await plans((watched) => listWhole(watched, { filter, page: { ...page, few: false } }, 0, true))
    expect(read).toContainEqual(expect.stringMatching(/SEARCH external_users USING INDEX external_users_by_age/))
    expect(read).not.toContainEqual(expect.stringMatching(/INTEGER PRIMARY KEY|ORDER BY/))
  })

  it('for a page of persons: only their own accounts', async () => {
    const read = await plans((watched) => findLinks(watched, workspaceId, some(10)))
    expect(read).toEqual([ofPerson, ofPerson])
  })

  it.each([
    ['the address that one is shown with', findHeldEmail, [ofPerson]],
    ['every address that tells who one is', listAddresses, [ofPerson, ofPerson]],
  ])('for %s: only its own', async (_, find, plan) => {
    expect(await plans((watched) => find(watched, workspaceId, workspaceId))).toEqual(plan)
  })

  it.each(pages)('for a %s page of persons of some name: whom the trigrams name', async (_, page) => {
    const matching = (watched: Db) => personsMatching(watched, { ids: [], search: sought('ada') })
    const read = await plans((watched) => superIdentities.list(watched, workspaceId, matching(watched), page))
    expect(read).toEqual([expect.stringMatching(/super_identity_search VIRTUAL TABLE INDEX/)])
  })
})

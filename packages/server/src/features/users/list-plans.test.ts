// What a list of users reads on SQLite: those of whom something is known, by indexes, never every person of the workspace.
import { parseFilter, userListFields, type Condition } from '@narthex/contract'
import type { RootOperationNode } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabase, type TestDatabaseKind } from '../../../test/databases.ts'
import type { Database } from '../../db/database.ts'
import { countUsers, listUsers, type UserScope } from './queries.ts'

const organizationId = crypto.randomUUID()
const page = { keys: [], size: 10, offset: 0 }
const oneByOne = /INDEX \S+ \(workspace_id=\? AND id=\?\)$|INDEX super_identities_named \(workspace_id=\?\)$/

describe('a list of users on SQLite', () => {
  let database: TestDatabase
  let db: Database

  beforeAll(async () => {
    database = await (testDatabases[0] as TestDatabaseKind).create()
    db = await database.open()
    await db.migrate()
  })
  afterAll(() => database.drop())

  /** How the tables of persons are reached, by the statements that count and list. */
  async function reads(filter: object, scope: Partial<UserScope> = {}, emails: string[] | null = null) {
    const { condition } = parseFilter(JSON.stringify(filter), userListFields) as { condition: Condition }
    const nodes: RootOperationNode[] = []
    const watched = db.read.withPlugin({
      transformQuery({ node }) {
        nodes.push(node)
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const selection = { scope: { organizationId, places: null, referrerIds: null, ...scope }, condition, emails }
    await countUsers(watched, selection)
    await listUsers(watched, selection, page)
    const details: string[] = []
    for (const node of nodes) {
      const query = db.read.getExecutor().compileQuery(node, { queryId: 'plan' })
      const explained = { ...query, sql: `explain query plan ${query.sql}` }
      const { rows } = await db.read.executeQuery<{ detail: string }>(explained)
      details.push(...rows.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH)/.test(detail)))
    }
    return details
  }

  it.each([
    ['everybody', {}, {}, null],
    ['of a name', { lastname: { startsWith: 'Love' } }, {}, null],
    ['with an address', { email: 'a@example.com' }, {}, ['a@example.com']],
    ['of an id', { id: { in: [crypto.randomUUID(), crypto.randomUUID()] } }, {}, null],
    ["of a referrer's own", {}, { referrerIds: [crypto.randomUUID()] }, null],
  ] as const)('for %s reads persons one by one', async (_, filter, scope, emails) => {
    const read = await reads(filter, scope, emails ? [...emails] : null)
    const persons = read.filter((detail) => / super_identities /.test(detail))
    expect(persons.length).toBeGreaterThan(0)
    for (const detail of persons) expect(detail).toMatch(oneByOne)
    for (const detail of read) expect(detail).not.toMatch(/^SCAN (super_identit|members|referrals)/)
  })

  it('finds those who are known by an index of each reason', async () => {
    const read = (await reads({})).join('\n')
    expect(read).toMatch(/super_identities_named \(workspace_id=\?\)/)
    expect(read).toMatch(/super_identity_emails USING \S* ?INDEX \S+ \(workspace_id=\?\)/)
    expect(read).toMatch(/referrals USING COVERING INDEX \S+ \(workspace_id=\?\)/)
    const held = (await reads({ email: 'a@example.com' }, {}, ['a@example.com'])).join('\n')
    expect(held).toMatch(/super_identity_emails .*\(workspace_id=\? AND email_canonical=\?\)/)
  })
})

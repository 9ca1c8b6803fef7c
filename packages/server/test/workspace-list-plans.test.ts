// What every list of the Workspace API reads for each of its filters alone: an index, on both databases, never a whole table.
import { operations, type Operation } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explained } from './explained.ts'
import { testDatabases } from './databases.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const lists = (Object.values(operations) as Operation[]).filter(({ list, surface }) => list && surface === 'workspace')
/** What is not the request's own: the sealer looks for events that have no place yet. */
const background = /from "?(events|leases|signing_keys)/
const ofEveryPage = new Set(['cursor', 'pageNumber', 'pageSize', 'count'])

/**
 * What few are found by, to be sorted then. Sights are the exception: many may match, and their index is not in the order of
 * the list, so these are read aside.
 */
const found = /[?&](ids|superIdentityIds?|externalId|identifier|externalUserId|search|lastSeen\w+)=/

interface Parameter {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly string[]
}

/** Values that the schema of a parameter takes. */
function valuesOf({ type, format, enum: known }: Parameter): string[] {
  if (known) return [known[0] as string]
  if (type === 'boolean') return ['true', 'false']
  if (format === 'date-time') return ['2026-03-03T09:00:00Z']
  return type === 'array' || format === 'uuid' ? ['00000000-0000-4000-8000-000000000000'] : ['ada']
}

const requests = lists.flatMap(({ path, query }) => {
  const { properties } = query as unknown as { properties: Record<string, Parameter> }
  const filters = Object.entries(properties).filter(([name]) => !ofEveryPage.has(name))
  const asked = filters.flatMap(([name, parameter]) => valuesOf(parameter).map((value) => `${name}=${value}`))
  return ['pageSize=50', 'pageSize=50&pageNumber=3', ...asked].map((text) => `${path}?${text}`)
})

describe.each(testDatabases)('every filter of every list on $name', (kind) => {
  const texts: string[] = []
  let server: TestServer
  let tables: RegExp

  beforeAll(async () => {
    server = await startTestServer(kind, { database: { onStatement: (text) => void texts.push(text) } })
    const names = (await server.db.read.introspection.getTables()).map(({ name }) => name)
    tables = new RegExp(`(SCAN|Seq Scan on) (${names.join('|')})\\b(?!.*VIRTUAL TABLE)`)
  })
  afterAll(() => server.close())

  it('is looked at', () => {
    expect(requests.length).toBeGreaterThan(50)
  })

  it.each(requests)('%s', async (request) => {
    texts.length = 0
    expect((await server.client.get(request)).status).toBe(200)
    const asked = texts.filter((text) => text.startsWith('select') && !background.test(text))
    expect(asked.length).toBeGreaterThan(0)
    for (const text of asked) {
      const plan = await explained(server, text, { small: true })
      if (kind.name === 'SQLite' && !found.test(request)) expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY')
      expect(plan.filter((line) => tables.test(line))).toEqual([])
    }
  })
})

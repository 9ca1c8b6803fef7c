// The suites that walk the contract: a new operation is covered by being in it. At the end: what was seen of what is declared.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeCredentials } from './contract/credentials.ts'
import { describeIsolation } from './contract/isolation.ts'
import { describeFuzz } from './contract/fuzz.ts'
import { describeMalformed } from './contract/malformed.ts'
import { Observed } from './contract/observed.ts'
import { partyOf } from './contract/party.ts'
import { describeQueries } from './contract/queries.ts'
import { describeRefusals } from './contract/refusals.ts'
import { describeRetries } from './contract/retries.ts'
import type { Suite } from './contract/suite.ts'
import { describeUnavailable } from './contract/unavailable.ts'
import { testDatabases } from './databases.ts'
import { startTestServer } from './test-server.ts'

describe.each(testDatabases)('the contract on $name', (kind) => {
  const observed = new Observed()
  let current: Suite

  beforeAll(async () => {
    const server = await startTestServer(kind, { onReply: observed.onReply })
    const stranger = await partyOf(server, await server.otherWorkspace())
    current = { server, observed, party: await partyOf(server), stranger }
  })
  afterAll(() => current.server.close())

  const suite = () => current
  describeCredentials(suite)
  describeIsolation(suite)
  describeMalformed(suite)
  describeQueries(suite)
  describeRetries(suite)
  describeRefusals(suite)
  describeUnavailable(suite)
  describeFuzz(suite)

  it('provokes every code that an operation declares', () => {
    console.log(
      `Operations by codes seen of those declared, with their statuses, on ${kind.name}:\n${observed.table()}`,
    )
    expect(observed.missing()).toEqual([])
  })

  it('answers no code that an operation does not declare', () => {
    expect(observed.undeclared()).toEqual([])
  })
})

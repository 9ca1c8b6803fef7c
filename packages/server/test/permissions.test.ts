// Walks the tables of permissions.ts: every operation is really asked for by everybody, here and abroad.
import { randomUUID } from 'node:crypto'
import { operations, type Operation } from '@narthex/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allOperations } from './contract/observed.ts'
import type { Party } from './contract/party.ts'
import { call, sampleOf, type Sample } from './contract/samples.ts'
import { expectRefusal, fingerprint } from './contract/suite.ts'
import { successOf } from './contract/surfaces.ts'
import { testDatabases } from './databases.ts'
import { countEvents } from './events.ts'
import { makeWorld, requestOf, type Person, type World } from './permission-subjects.ts'
import {
  askers,
  outcomeAbroad,
  referralPermissions,
  workspacePermissions,
  type Asker,
  type Outcome,
  type Permission,
} from './permissions.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const rows = [...workspacePermissions, ...referralPermissions].map((row) => ({
  ...row,
  name: row.about === '' ? row.operation : `${row.operation}, ${row.about}`,
}))
/** Those whose request names something of the workspace. */
const naming = rows.filter(({ outcome }) => outcome.elsewhere === '404')
const ofHome = askers.slice(0, askers.indexOf('elsewhere'))
const members = askers.filter((asker) => asker !== 'nobody' && !/[:-]/.test(asker))

const codes: Readonly<Partial<Record<Outcome, readonly [status: number, code: string]>>> = {
  '401': [401, 'unauthorized'],
  role: [403, 'role_insufficient'],
  scope: [403, 'scope_missing'],
  member: [403, 'member_required'],
  review: [403, 'review_forbidden'],
}

/** What a precondition says is nothing to whoever may not ask. */
const preconditions: readonly Record<string, string | undefined>[] = [
  {},
  { 'if-match': undefined },
  { 'if-match': '"99"' },
  { 'if-match': '*' },
  { 'if-none-match': '*' },
]

describe.each(testDatabases)('permissions on $name', (kind) => {
  let server: TestServer
  let world: World

  beforeAll(async () => {
    server = await startTestServer(kind)
    world = await makeWorld(server)
  })
  afterAll(() => server.close())

  const eventsAtHome = async () => {
    const all = server.db.read.selectFrom('events').select('id').where('workspace_id', '=', world.home.workspaceId)
    return (await all.execute()).length
  }

  async function expectDone({ client }: Person, operation: Operation, sample: Sample): Promise<void> {
    const reply = await call(client, operation, sample)
    expect(reply.status, JSON.stringify(reply.body)).toBe(successOf(operation))
  }

  async function expectDoneElsewhere(asker: Person, operation: Operation, sample: Sample): Promise<void> {
    const before = await eventsAtHome()
    const { status, body } = await call(asker.client, operation, sample)
    expect(status, JSON.stringify(body)).toBe(successOf(operation))
    expect(JSON.stringify(body)).not.toContain(world.home.workspaceId)
    expect(await eventsAtHome()).toBe(before)
  }

  /** The same whatever the preconditions say, and nothing changes. */
  async function expectRefused({ client }: Person, operation: Operation, sample: Sample, outcome: Outcome) {
    const before = await countEvents(server.db)
    for (const headers of operation.versioned ? preconditions : [{}]) {
      const reply = await call(client, operation, sample, headers)
      const [status, code] = codes[outcome] ?? []
      if (status !== undefined && code !== undefined) expectRefusal(reply, status, code)
      else {
        expect(reply.status, JSON.stringify(reply.body)).toBe(404)
        expect(fingerprint(reply)).toEqual(fingerprint(await call(client, operation, ofNobody(sample), headers)))
      }
    }
    expect(await countEvents(server.db)).toBe(before)
  }

  async function expectOutcome(row: Permission, name: Asker, party: Party, outcome: Outcome): Promise<void> {
    const asker = world.askers[name]
    const operation = operations[row.operation]
    const sample = await requestOf(operation, row, party, asker)
    if (outcome === 'yes') await expectDone(asker, operation, sample)
    else if (outcome === 'own') await expectDoneElsewhere(asker, operation, sample)
    else await expectRefused(asker, operation, sample, outcome)
  }

  it('are written down for every operation', () => {
    expect([...new Set(rows.map(({ operation }) => operation))].toSorted()).toEqual(
      allOperations.map(({ id }) => id).toSorted(),
    )
    for (const { operation } of workspacePermissions) expect(operations[operation].surface).toBe('workspace')
    for (const { operation } of referralPermissions) expect(operations[operation].surface).toBe('referral')
  })

  it.each(rows)('$name', async (row) => {
    for (const asker of askers.filter((name) => row.outcome[name] !== '-')) {
      const outcome = row.outcome[asker]
      await expectOutcome(row, asker, world.home, outcome).catch((error: Error) => {
        error.message = `${asker} → ${outcome}: ${error.message}`
        throw error
      })
    }
  })

  it.each(naming)('$name, in another workspace', async (row) => {
    for (const asker of ofHome.filter((name) => row.outcome[name] !== '-')) {
      const outcome = outcomeAbroad(row, asker)
      await expectOutcome(row, asker, world.foreign, outcome).catch((error: Error) => {
        error.message = `${asker} → ${outcome}: ${error.message}`
        throw error
      })
    }
  })

  it.each(allOperations.filter(({ surface, credential }) => surface === 'workspace' && credential !== 'access-token'))(
    '$id, by a member who names a workspace that it has not joined',
    async (operation) => {
      for (const [party, names] of [
        [world.home, ['elsewhere', 'parent', 'partner']],
        [world.foreign, members.filter((name) => name !== 'elsewhere')],
      ] as const) {
        const sample = await sampleOf(operation, party)
        const before = await countEvents(server.db)
        for (const name of names) {
          const ask = (id: string) =>
            call(world.askers[name].client, operation, sample, { 'x-workspace-id': id, 'if-match': '"99"' })
          const reply = await ask(party.workspaceId)
          expectRefusal(reply, 404, 'workspace_not_found')
          expect(fingerprint(reply)).toEqual(fingerprint(await ask(randomUUID())))
        }
        expect(await countEvents(server.db)).toBe(before)
      }
    },
  )
})

/** The same request about what nobody has. */
function ofNobody(sample: Sample): Sample {
  const text = JSON.stringify(sample).replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, () => randomUUID())
  return JSON.parse(text) as Sample
}

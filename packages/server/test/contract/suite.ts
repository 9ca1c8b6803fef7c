// What the parts of the contract suite share: one server, what was seen of it, and a second workspace beside the first.
import { expect } from 'vitest'
import type { Reply } from '../client.ts'
import { countEvents as countAllEvents } from '../events.ts'
import type { TestServer } from '../test-server.ts'
import type { Observed } from './observed.ts'
import type { Party } from './party.ts'
import { requireForm, told } from './surfaces.ts'

export interface Suite {
  readonly server: TestServer
  readonly observed: Observed
  /** Those of the workspace that things are made in. */
  readonly party: Party
  /** Those of another workspace. */
  readonly stranger: Party
}

/** Set before the first test runs. */
export type SuiteOf = () => Suite

export function countEvents({ server }: Suite): Promise<number> {
  return countAllEvents(server.db)
}

/** The error body of the surface, with the request id that the header names too. */
export function expectRefusal(reply: Reply, status: number, code: string): void {
  const { message, requestId, issues, ...shown } = told(reply)
  expect([reply.status, shown.code], JSON.stringify(reply.body)).toEqual([status, code])
  requireForm(reply)
  expect(message).toEqual(expect.stringMatching(/\w/))
  expect(requestId).toBe(reply.headers.get('x-request-id'))
  if (code === 'invalid_request') expect(issues).not.toHaveLength(0)
}

/** Everything of an answer that must not tell two refusals apart. */
export function fingerprint({ status, headers, body }: Reply): unknown {
  const kept: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (name !== 'date' && name !== 'x-request-id') kept[name] = value
  })
  const requestId = headers.get('x-request-id') as string
  return { status, headers: kept, body: JSON.parse(JSON.stringify(body).replaceAll(requestId, '')) }
}

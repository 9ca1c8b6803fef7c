// What the parts of the contract suite share: one server, what was seen of it, and a second workspace beside the first.
import { expect } from 'vitest'
import type { Client, Reply } from '../client.ts'
import { countEvents as countAllEvents } from '../events.ts'
import type { TestServer } from '../test-server.ts'
import type { Observed } from './observed.ts'

export interface Suite {
  readonly server: TestServer
  readonly observed: Observed
  /** Every scope in another workspace. */
  readonly stranger: Client
}

/** Set before the first test runs. */
export type SuiteOf = () => Suite

export function countEvents({ server }: Suite): Promise<number> {
  return countAllEvents(server.db)
}

/** The error body of the contract, with the request id that the header names too. */
export function expectRefusal(reply: Reply, status: number, code: string): void {
  const shown = [reply.status, reply.body.code]
  expect(shown, JSON.stringify(reply.body)).toEqual([status, code])
  const { issues, ...rest } = reply.body
  expect(Object.keys(rest).toSorted()).toEqual(['code', 'message', 'name', 'requestId'])
  expect(rest.message).toEqual(expect.stringMatching(/\w/))
  expect(rest.requestId).toBe(reply.headers.get('x-request-id'))
  if (code === 'invalid_request') expect(issues).not.toHaveLength(0)
}

/** Everything of an answer that must not tell two refusals apart. */
export function fingerprint({ status, headers, body }: Reply): unknown {
  const kept: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (name !== 'date' && name !== 'x-request-id') kept[name] = value
  })
  const { requestId: _, ...rest } = body
  return { status, headers: kept, body: rest }
}

// Whom suites about admissions need: somebody who refers, somebody who decides, and channels that ask for an admission.
import type { Referral } from '@narthex/contract'
import type { Client } from './client.ts'
import { makeChannel, makeReferral } from './factories.ts'
import { decide } from './referrals.ts'
import type { TestServer } from './test-server.ts'

type Fields = Readonly<Record<string, unknown>>

export interface Admissions {
  /** Holds every scope. */
  readonly client: Client
  readonly workspaceId: string
  readonly referrer: Client
  readonly reviewer: Client
  /** Of a person with a fresh address unless the fields name one. */
  refer(fields?: Fields): Promise<Referral>
  decide(referral: { id: string }, status: string, fields?: Fields): Promise<void>
  /** Referred and admitted at once; `admittedUntil` as the reviewer names it. */
  admit(fields?: Fields, decision?: Fields): Promise<Referral>
}

export async function admissionsIn(
  server: TestServer,
  { client, workspaceId }: { readonly client: Client; readonly workspaceId: string } = server,
): Promise<Admissions> {
  const referrer = (await server.memberWith('owner', { workspaceId })).client
  const reviewer = (await server.memberWith('reviewer', { workspaceId })).client
  const refer = (fields: Fields = {}) => makeReferral(referrer, workspaceId, fields)
  const decideOn: Admissions['decide'] = async (referral, status, fields = {}) => {
    const reply = await decide(reviewer, referral, { status, ...fields })
    if (reply.status !== 200) throw new Error(`${status} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  }
  return {
    client,
    workspaceId,
    referrer,
    reviewer,
    refer,
    decide: decideOn,
    async admit(fields, decision) {
      const referral = await refer(fields)
      await decideOn(referral, 'ADMITTED', decision)
      return referral
    },
  }
}

/** The integrator vouches for addresses there, so that they tell who is one person. */
export const makeDoor = (client: Client, fields: Fields = {}) =>
  makeChannel(client, { kind: 'email', identifierKind: 'email', admission: 'referral', ...fields })

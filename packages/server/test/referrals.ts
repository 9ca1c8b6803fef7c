// Referring and deciding as a client of the Referral API does; fails loudly when the API refuses what a test builds on.
import { randomUUID } from 'node:crypto'
import type { Referral, ReferralDecision } from '@narthex/contract'
import type { Client, Reply } from './client.ts'

type Fields = Readonly<Record<string, unknown>>

export const freshEmail = () => `guest-${randomUUID()}@example.com`

/** Of a person with a fresh address unless the fields name one. */
export function refer(client: Client, organizationId: string, fields: Fields = {}): Promise<Reply> {
  const named = 'email' in fields || 'userId' in fields ? {} : { email: freshEmail() }
  return client.post('referral:/external-users', { organizationId, ...named, ...fields })
}

const at = ({ id }: { id: string }) => `referral:/external-users/${id}`

export async function readReferral(client: Client, referral: { id: string }): Promise<Referral> {
  return (await client.get(at(referral))).body as Referral
}

/** The version that the client is shown now, as `If-Match` wants it. */
export async function tagOf(client: Client, referral: { id: string }): Promise<Record<'if-match', string>> {
  return { 'if-match': `"${(await readReferral(client, referral)).meta.version}"` }
}

/** Over the version that the client is shown now. */
export async function decide(client: Client, referral: { id: string }, body: Fields): Promise<Reply> {
  return client.patch(at(referral), body, await tagOf(client, referral))
}

export async function withdraw(client: Client, referral: { id: string }): Promise<Reply> {
  return client.delete(at(referral), await tagOf(client, referral))
}

export async function decisionsOf(client: Client, referral: { id: string }): Promise<ReferralDecision[]> {
  return ((await client.get(`${at(referral)}/decisions`)).body as { decisions: ReferralDecision[] }).decisions
}

/** What a refusal says on the Referral API, without the part that differs with every request. */
export function refusal({ status, body }: Reply): [number, string, string] {
  const [{ code, message }] = (body as { errors: [{ code: string; message: string }] }).errors
  return [status, code, message]
}

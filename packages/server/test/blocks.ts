// What the suites about blocks do again and again: place and lift one through the API, and ask whether somebody gets in.
import type { Block } from '@narthex/contract'
import { expect } from 'vitest'
import { createClient, type Client } from './client.ts'

type Fields = Readonly<Record<string, unknown>>

export async function makeBlock(client: Client, fields: Fields): Promise<Block> {
  const reply = await client.post('/blocks', fields)
  if (reply.status !== 200) throw new Error(`POST /blocks answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply.body as Block
}

export async function lift(client: Client, id: string, reason?: string): Promise<Block> {
  const reply = await client.post(`/blocks/${id}/lift`, reason === undefined ? {} : { reason })
  expect(reply.status).toBe(200)
  return reply.body as Block
}

/** The code of the refusal, or `let in`. */
export async function authenticate(client: Client, selectors: Fields): Promise<string> {
  const { status, body } = await client.post('/external-users/authenticate', selectors)
  return status === 200 ? 'let in' : body.code
}

/** A new token of somebody who must get one. */
export async function tokenFor(client: Client, selectors: Fields): Promise<string> {
  const { status, body } = await client.post('/external-users/authenticate', selectors)
  expect([status, body.code]).toEqual([200, undefined])
  return body.accessToken
}

/** Whether a token still opens its holder's own profile. */
export async function isAlive({ address }: Client, token: string): Promise<boolean> {
  const { status } = await createClient(address, `Bearer ${token}`).get('/me')
  expect([200, 401]).toContain(status)
  return status === 200
}

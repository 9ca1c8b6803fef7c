// Verifiers as an integrator would run them, and what suites about ended tokens ask again and again.
import { createVerifier, VerifierError, type Verifier, type VerifierOptions } from '@narthex/sdk'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Client } from './client.ts'

export const testIssuer = 'https://id.example.com'

export type CutOffEntry = { before: number } & Partial<Record<'sub' | 'person' | 'channel' | 'client', string>>

export interface StatementClaims {
  readonly workspace_id: string
  readonly iat: number
  readonly exp: number
  readonly since: number | null
  readonly cursor: number
  readonly cutOffs: readonly CutOffEntry[]
  readonly tokens: readonly string[]
}

/** Checked by a stock library: signature, type, issuer and audience. */
export async function verifiedStatement(
  client: Client,
  jws: string,
  audience: string = testIssuer,
): Promise<StatementClaims> {
  const keys = createRemoteJWKSet(new URL(`${client.address}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(jws, keys, {
    issuer: testIssuer,
    audience,
    typ: 'revocations+jwt',
    algorithms: ['ES256'],
    currentDate: new Date(claimsOf(jws).iat * 1000),
  })
  return payload as unknown as StatementClaims
}

export async function statement(client: Client, since?: number, audience?: string): Promise<StatementClaims> {
  const { status, body } = await client.get(since === undefined ? '/revocations' : `/revocations?since=${since}`)
  if (status !== 200) throw new Error(`The statement was answered with ${status}: ${JSON.stringify(body)}`)
  return verifiedStatement(client, body as string, audience)
}

export function claimsOf<T = { iat: number; jti: string; sub: string; exp: number; cut_off: number }>(
  token: string,
): T {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as T
}

export function verifierOf(client: Client, options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({
    issuer: testIssuer,
    audience: testIssuer,
    baseUrl: client.address,
    apiKey: client.key,
    ...options,
  })
}

/** `good`, or the code of the refusal. */
export async function verdict(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'good'
  } catch (error) {
    if (error instanceof VerifierError) return error.code
    throw error
  }
}

/** Asks every few milliseconds until the answer is the wanted one; the last answer otherwise. */
export async function eventually<T>(ask: () => T | Promise<T>, wanted: T, withinMs = 5_000): Promise<T> {
  const until = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer === wanted || Date.now() > until) return answer
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

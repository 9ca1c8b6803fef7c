// One signed revocation statement: every field is checked before anything in it is believed.
import { readJws, verifyJws } from './jose.ts'
import type { IssuerKeys } from './issuer-keys.ts'

export interface Statement {
  readonly workspaceId: string
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly expiresAt: number
  /** null: the whole. */
  readonly since: number | null
  readonly cursor: number
  readonly cutOffs: readonly CutOff[]
  readonly tokens: readonly string[]
}

export interface CutOff {
  readonly reach: 'sub' | 'person' | 'channel' | 'client'
  readonly id: string
  readonly before: number
}

export interface Expected {
  readonly issuer: string
  readonly audience: string
  readonly keys: IssuerKeys
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Clocks of servers differ by less, and one that is further off had better be noticed. */
const toleranceSeconds = 60

/** Throws, saying why, unless the text is a statement of this issuer for this audience that is good now. */
export async function readStatement(text: string, { issuer, audience, keys, now }: Expected): Promise<Statement> {
  const jws = readJws(text, 'revocations+jwt')
  if (!jws) throw new Error('The revocation statement is malformed')
  const key = await keys.find(jws.kid, 'issuer')
  if (!key || !(await verifyJws(key, jws))) throw new Error('The revocation statement is not signed by the issuer')
  const { iss, aud, workspace_id, iat, exp, since, cursor, cutOffs, tokens } = jws.payload
  if (iss !== issuer) throw new Error('The revocation statement is of another issuer')
  if (aud !== audience) throw new Error('The revocation statement is for another audience')
  const at = Math.floor(now() / 1000)
  if (!isNumber(iat) || !isNumber(exp) || iat > at + toleranceSeconds || exp <= at - toleranceSeconds) {
    throw new Error('The revocation statement is not of this time: see the clocks')
  }
  const shaped = typeof workspace_id === 'string' && isNumber(cursor) && (since === null || isNumber(since))
  if (!shaped || (since !== null && since > cursor) || !Array.isArray(cutOffs) || !Array.isArray(tokens)) {
    throw new Error('The revocation statement is malformed')
  }
  return {
    workspaceId: workspace_id,
    issuedAt: iat,
    expiresAt: exp,
    since,
    cursor,
    cutOffs: cutOffs.map(readCutOff),
    tokens: tokens.map(readId),
  }
}

/** An entry of a kind that is not known here may end any token: a statement with one is not believed. */
function readCutOff(entry: unknown): CutOff {
  const { before, ...subject } = (entry ?? {}) as Record<string, unknown>
  const [[reach, id] = [], ...others] = Object.entries(subject)
  if (!isReach(reach) || others.length > 0 || !isNumber(before))
    throw new Error('The revocation statement has an unknown entry')
  return { reach, id: readId(id), before }
}

function isReach(name: string | undefined): name is CutOff['reach'] {
  return name === 'sub' || name === 'person' || name === 'channel' || name === 'client'
}

function readId(id: unknown): string {
  if (typeof id !== 'string') throw new Error('The revocation statement has an unknown entry')
  return id
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

// The signed revocation statement: what a verifier that works offline needs to refuse tokens that ended before their time.
import type { Context } from '../../context.ts'
import { defaultAudience } from '../workspaces/service.ts'
import { cutOffsMatterMs, revokedTokensMatterMs } from './horizon.ts'
import { findRevocations, type RevocationEntry, type Revocations } from './queries.ts'

/**
 * Beyond these a statement ends early and its cursor stops at the last entry it holds; the rest comes with `since`. One
 * of this size is 5 MB and takes some 100 ms to make. Only a workspace that ends that many tokens in a week meets it.
 */
export const entriesMax = 50_000

/** How long a statement may be believed. */
const lifeSeconds = 600
/**
 * Where nothing else changes the tag of a statement changes this often: whoever is told "not modified" holds a statement
 * that is good for as long again.
 */
const renewedEveryMs = (lifeSeconds * 1000) / 2

export type Parts = Pick<Context, 'db' | 'clock' | 'instance'>

export interface Statement {
  /** null: the whole. */
  readonly since: number | null
  /** No entry up to this number is missing. */
  readonly cursor: number
  /** There are further entries, left for the next statement. */
  readonly more: boolean
  readonly entries: readonly RevocationEntry[]
  readonly madeAt: number
  /** Equal as long as a verifier may keep the statement it has. */
  readonly tag: string
  /** The compact JWS; it is signed once, when first asked for. */
  sign(): Promise<string>
}

/** With `since` only what came after; a number from before a restore, which was never given here, gets the whole. */
export async function revocationStatement(parts: Parts, workspaceId: string, since: number | null): Promise<Statement> {
  const now = parts.clock.now()
  const found = await findRevocations(parts.db.read, workspaceId, {
    since: since ?? 0,
    cutOffsAfter: now - cutOffsMatterMs,
    tokensExpireAfter: now - revokedTokensMatterMs,
    limit: entriesMax + 1,
  })
  if (since !== null && since > found.cursor) return revocationStatement(parts, workspaceId, null)
  return statementOf(parts, { workspaceId, since, now, found })
}

interface Content {
  readonly workspaceId: string
  readonly since: number | null
  readonly now: number
  readonly found: Revocations
}

function statementOf({ instance }: Parts, { workspaceId, since, now, found }: Content): Statement {
  const more = found.entries.length > entriesMax
  const entries = more ? found.entries.slice(0, entriesMax) : found.entries
  const cursor = more ? (entries.at(-1) as RevocationEntry).number : found.cursor
  const issued = Math.floor(now / 1000)
  const cutOffs: object[] = []
  const tokens: string[] = []
  for (const { kind, subject, number } of entries) {
    if (kind === 'token') tokens.push(subject)
    else cutOffs.push({ [claims[kind]]: subject, before: number })
  }
  const aud = found.token_audience ?? defaultAudience({ instance }, workspaceId, found.first_workspace_id)
  const content = { since, cursor, cutOffs, tokens }
  let signed: Promise<string> | undefined
  return {
    since,
    cursor,
    more,
    entries,
    madeAt: now,
    get tag() {
      return JSON.stringify([aud, Math.floor(now / renewedEveryMs), content])
    },
    sign: () =>
      (signed ??= instance.signer.sign('revocations+jwt', {
        iss: instance.publicUrl,
        aud,
        workspace_id: workspaceId,
        iat: issued,
        exp: issued + lifeSeconds,
        ...content,
      })),
  }
}

/** The member of an entry that names what is cut off. */
const claims = { account: 'sub', person: 'person', channel: 'channel', client: 'client' } as const

/** Whether a statement made at `madeAt` should be followed by a new one, though nothing happened. */
export function isDueAgain(madeAt: number, now: number): boolean {
  // A clock that was set back says nothing about age.
  return now < madeAt || now - madeAt >= renewedEveryMs
}

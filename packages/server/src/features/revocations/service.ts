// The signed revocation statement: what a verifier that works offline needs to refuse tokens that ended before their time.
import type { Context } from '../../context.ts'
import { defaultAudience } from '../workspaces/service.ts'
import { cutOffsMatterMs, revokedTokensMatterMs } from './horizon.ts'
import {
  findRevocationHead,
  findRevocations,
  type RevocationEntry,
  type RevocationHead,
  type Revocations,
} from './queries.ts'
import { shared } from './sharing.ts'

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
  /** The compact JWS; it is signed once, when first asked for. */
  sign(): Promise<string>
}

export interface StatementOffer {
  /** The highest number given in the workspace. */
  readonly version: number
  /** Equal as long as a verifier may keep the statement it has. */
  readonly tag: string
  /** It may be as old as the tag, and shared with others. */
  make(): Promise<Statement>
}

/** With `since` only what came after; a number from before a restore, which was never given here, gets the whole. */
export async function revocationStatement(parts: Parts, workspaceId: string, since: number | null): Promise<Statement> {
  return (await offerStatement(parts, workspaceId, since)).make()
}

/**
 * Tells which statement is due from the workspace's row alone; its entries are read and signed only when it is made. What
 * a statement holds is decided by its tag: entries cease to matter where the tag changes with time, not in between.
 */
export async function offerStatement(parts: Parts, workspaceId: string, since: number | null): Promise<StatementOffer> {
  const { instance } = parts
  const now = parts.clock.now()
  const head = await findRevocationHead(parts.db.read, workspaceId)
  const from = since !== null && since > head.cursor ? null : since
  const slot = Math.floor(now / renewedEveryMs)
  const tag = JSON.stringify([audienceOf(parts, workspaceId, head), slot, from, head.cursor])
  const make = async () => {
    const found = await findRevocations(parts.db.read, workspaceId, {
      since: from ?? 0,
      cutOffsAfter: slot * renewedEveryMs - cutOffsMatterMs,
      tokensExpireAfter: slot * renewedEveryMs - revokedTokensMatterMs,
      limit: entriesMax + 1,
    })
    return statementOf(parts, { workspaceId, since: from, now, found })
  }
  // A key that is no longer published must not go on signing what is handed out.
  const key = JSON.stringify([workspaceId, tag, instance.signer.keyInForce()])
  return { version: head.cursor, tag, make: () => shared(instance, key, now, make) }
}

function audienceOf({ instance }: Parts, workspaceId: string, head: RevocationHead): string {
  return head.token_audience ?? defaultAudience({ instance }, workspaceId, head.first_workspace_id)
}

interface Content {
  readonly workspaceId: string
  readonly since: number | null
  readonly now: number
  readonly found: Revocations
}

function statementOf(parts: Parts, { workspaceId, since, now, found }: Content): Statement {
  const { instance } = parts
  const more = found.entries.length > entriesMax
  const entries = more ? found.entries.slice(0, entriesMax) : found.entries
  const cursor = more ? (entries.at(-1) as RevocationEntry).number : found.cursor
  const issued = Math.floor(now / 1000)
  const aud = audienceOf(parts, workspaceId, found)
  const signNow = () =>
    instance.signer.sign('revocations+jwt', {
      iss: instance.publicUrl,
      aud,
      workspace_id: workspaceId,
      iat: issued,
      exp: issued + lifeSeconds,
      since,
      cursor,
      ...claimed(entries),
    })
  let signed: Promise<string> | undefined
  const forget = () => (signed = undefined)
  return {
    since,
    cursor,
    more,
    entries,
    madeAt: now,
    sign() {
      if (!signed) {
        signed = signNow()
        // Others share it: one failure must not be theirs too.
        signed.catch(forget)
      }
      return signed
    },
  }
}

function claimed(entries: readonly RevocationEntry[]): { cutOffs: object[]; tokens: string[] } {
  const cutOffs: object[] = []
  const tokens: string[] = []
  for (const { kind, subject, number } of entries) {
    if (kind === 'token') tokens.push(subject)
    else cutOffs.push({ [claims[kind]]: subject, before: number })
  }
  return { cutOffs, tokens }
}

/** The member of an entry that names what is cut off. */
const claims = { account: 'sub', person: 'person', channel: 'channel', client: 'client' } as const

/** Whether a statement made at `madeAt` should be followed by a new one, though nothing happened. */
export function isDueAgain(madeAt: number, now: number): boolean {
  // A clock that was set back says nothing about age.
  return now < madeAt || now - madeAt >= renewedEveryMs
}

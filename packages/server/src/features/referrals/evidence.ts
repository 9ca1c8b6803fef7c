// What the runtime and the history know of a referred person, for those who decide.
import type { Evidence, IdentifierKind, ReferralStatus } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Db } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { fingerprint, fingerprintOf } from '../../lib/fingerprint.ts'
import { findBlockedPersons, listBlocksOnPerson } from '../blocks/person-queries.ts'
import { findBlockedAmong, type BlockRow } from '../blocks/queries.ts'
import {
  findUsage,
  listAccountsAlike,
  listAccountsOf,
  listHeldEmails,
  listOutcomes,
  listReferredBy,
  listRefusals,
  type AccountRow,
  type OutcomeRow,
  type RefusalRow,
} from './evidence-queries.ts'
import { userOf } from './presenter.ts'
import type { ReferralRow } from './queries.ts'
import { requireVisible } from './sight.ts'

/** Accounts of the person, accounts of others, addresses compared, refusals, blocks: more of any helps nobody to decide. */
const listedMax = 50
/** Referrals of the same referrer whose persons are looked at: the latest show how it refers now. */
const referredMax = 200
/** Addresses of these persons; hardly anybody holds two. */
const heldMax = 1_000

export async function evidenceOn(ctx: Context, id: string): Promise<Evidence> {
  const { row, sight } = await requireVisible(ctx, id)
  if (!sight.mayDecide) throw new ApiError('role_insufficient')
  const { workspace_id, super_identity_id: superIdentityId } = row
  // Long for a person, an address or a referrer with a long history, so nobody else waits for any of it.
  const db = ctx.db.aside
  const now = ctx.clock.now()
  const whose = { superIdentityId, limit: listedMax }
  const own = await listAccountsOf(db, workspace_id, whose)
  const addresses = await addressesOf(db, row, own)
  const kinds = kindsOf(ctx, row, addresses)
  const others = await listAccountsAlike(db, workspace_id, [...kinds.keys()], whose)
  const accounts = [...own, ...others]
  const persons = [...new Set([superIdentityId, ...others.map((one) => one.super_identity_id)])]
  const [blocked, refusals, blocks, usage, referrer] = await Promise.all([
    findBlockedAmong(db, workspace_id, accounts, now),
    listRefusals(db, workspace_id, persons, listedMax),
    blocksOn(ctx, db, row, addresses),
    findUsage(db, workspace_id, superIdentityId),
    referrerOf(ctx, db, row),
  ])
  return {
    accounts: accounts.map((one) => accountOf(one, kinds.get(one.identifier_fingerprint ?? ''), row, blocked)),
    refusals: refusals.map(refusalOf),
    blocks: blocks.map(blockOf),
    usage: {
      accounts: usage.accounts,
      firstSeenAt: isoOrNull(usage.first_seen_at),
      lastSeenAt: isoOrNull(usage.last_seen_at),
    },
    referrer,
  }
}

/** By it the same human may have other accounts. */
interface Address {
  readonly kind: 'email' | 'phone'
  readonly typed: string
  readonly canonical: string
}

/** E-mail addresses and numbers of the person's accounts, and the addresses that it holds without one. */
async function addressesOf(db: Db, { workspace_id, super_identity_id }: ReferralRow, own: readonly AccountRow[]) {
  const held = await listHeldEmails(db, workspace_id, [super_identity_id], listedMax)
  return [
    ...own.flatMap(({ identifier_kind: kind, identifier, identifier_canonical }): Address[] =>
      (kind === 'email' || kind === 'phone') && identifier !== null && identifier_canonical !== null
        ? [{ kind, typed: identifier, canonical: identifier_canonical }]
        : [],
    ),
    ...held.map((one): Address => ({ kind: 'email', typed: one.email, canonical: one.email_canonical })),
  ]
}

/** What an account elsewhere is recognised by, and whether that is an address or a number. */
function kindsOf({ instance }: Context, { workspace_id }: ReferralRow, addresses: readonly Address[]) {
  return new Map(
    addresses.map(({ kind, canonical }) => [fingerprint(instance.fingerprintKey, workspace_id, kind, canonical), kind]),
  )
}

const everyKind: readonly IdentifierKind[] = ['email', 'phone', 'username', 'opaque']

/** Channels of every kind may know an address by a form of their own, and the denylist may hold that one alone. */
async function blocksOn(ctx: Context, db: Db, row: ReferralRow, addresses: readonly Address[]): Promise<BlockRow[]> {
  const { workspace_id, super_identity_id: superIdentityId } = row
  const forms = addresses.flatMap(({ typed, canonical }) =>
    everyKind.flatMap((identifier_kind) => {
      const rule = { workspace_id, identifier_kind, default_country: null }
      return [typed, canonical].flatMap((text) => fingerprintOf(ctx.instance.fingerprintKey, rule, text) ?? [])
    }),
  )
  const person = { superIdentityId, fingerprints: [...new Set(forms)] }
  return listBlocksOnPerson(db, workspace_id, person, { now: ctx.clock.now(), limit: listedMax })
}

async function referrerOf(ctx: Context, db: Db, row: ReferralRow): Promise<Evidence['referrer']> {
  const now = ctx.clock.now()
  const [outcomes, personIds] = await Promise.all([listOutcomes(db, row, now), listReferredBy(db, row, referredMax)])
  const held = await listHeldEmails(db, row.workspace_id, personIds, heldMax)
  const forms = held.map((one) => ({
    superIdentityId: one.super_identity_id,
    fingerprint: fingerprint(ctx.instance.fingerprintKey, row.workspace_id, 'email', one.email_canonical),
  }))
  const blocked = await findBlockedPersons(db, row.workspace_id, { personIds, held: forms }, now)
  return { ...tallyOf(outcomes), blockedNow: blocked.size }
}

/** Admissions that are over are counted where they belong. */
function tallyOf(outcomes: readonly OutcomeRow[]) {
  const due = outcomes[0]?.due ?? 0
  const stored = (status: ReferralStatus) => outcomes.find((one) => one.status === status)?.count ?? 0
  return {
    referred: outcomes.reduce((sum, { count }) => sum + count, 0),
    admitted: stored('ADMITTED') - due,
    pending: stored('REFERRED'),
    rejected: stored('REJECTED'),
    revoked: stored('REVOKED'),
    expired: stored('EXPIRED') + due,
    withdrawn: stored('WITHDRAWN'),
  }
}

function accountOf(
  row: AccountRow,
  alike: 'email' | 'phone' | undefined,
  { super_identity_id }: ReferralRow,
  blocked: ReadonlySet<string>,
): Evidence['accounts'][number] {
  return {
    externalUserId: row.id,
    userId: row.super_identity_id,
    channelId: row.channel_id,
    channelName: row.channel_name,
    match: row.super_identity_id === super_identity_id ? 'person' : (alike as 'email' | 'phone'),
    blocked: blocked.has(row.id),
    firstSeenAt: iso(row.created_at),
    lastSeenAt: isoOrNull(row.last_seen_at),
  }
}

function refusalOf(row: RefusalRow): Evidence['refusals'][number] {
  const { member_id, firstname, lastname, email } = row
  return {
    referralId: row.referral_id,
    userId: row.super_identity_id,
    to: row.to_status,
    by: member_id === null ? null : userOf(member_id, firstname, lastname, email),
    comment: row.comment,
    at: iso(row.decided_at),
  }
}

function blockOf(row: BlockRow): Evidence['blocks'][number] {
  return {
    blockId: row.id,
    reach: row.reach,
    externalUserId: row.external_user_id,
    channelId: row.channel_id,
    reason: row.reason,
    placedAt: iso(row.created_at),
    endsAt: isoOrNull(row.ends_at),
  }
}

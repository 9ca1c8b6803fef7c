// Fills a workspace with members, a channel that they guard, and referrals in every state, as the API would have written them.
import type { Insertable } from 'kysely'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { insertMany } from '../../db/insert-many.ts'
import type { ReferralCountTable, ReferralDecisionTable, SuperIdentityEmailTable } from '../../db/schema.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { inBatches } from '../../lib/in-batches.ts'
import { Refused } from '../../lib/refused.ts'
import { channels } from '../channels/queries.ts'
import { insertChannel } from '../channels/service.ts'
import { insertCutOffs, type CutOff } from '../cut-offs/queries.ts'
import type { EventRow } from '../events/chain.ts'
import { appendHistory, newEvent, type Change } from '../events/service.ts'
import { findOrCreateVerifiedLogin } from '../members/logins.ts'
import { findMemberByEmail, members, type MemberRow } from '../members/queries.ts'
import { insertMember, requireCanonicalEmail } from '../members/service.ts'
import { countReferrals, listPresentReferrals, type ReferralRow } from '../referrals/queries.ts'
import { newReferral, referralOf } from '../referrals/refer.ts'
import { reviewBy, withAdmission } from '../referrals/review.ts'
import { changeBy, cuttingOff, decisionOf, eventOf, type Step } from '../referrals/transition.ts'
import type { PersonRow } from '../super-identities/queries.ts'
import { listedPerson, newPerson } from '../super-identities/service.ts'
import { insertUsers } from '../users/kept.ts'
import { createRandom } from './random.ts'
import { guardedChannel, teamDomain } from './referral-templates.ts'
import { demoMembers, demoReferrals, type DemoDecision, type DemoReferral } from './referral-world.ts'
import { worldAgeMs, type DemoExternalUser } from './world.ts'

/**
 * Referrals in one transaction. Each has its place in some forty indexes, all over them, so that a commit of many writes
 * fewer pages for each; other writers wait the longer, a second or so, and whoever loads that many knows.
 */
const batchSizeOf = (size: number) => (size > 20_000 ? 5_000 : 1_000)

export interface DemoReferralsOptions {
  readonly seed: string
  readonly size: number
  /** When the world begins: its members are as old as its settings. */
  readonly beginning: number
  readonly externalUsers: Iterable<DemoExternalUser>
  readonly onReferrals: (referrals: number) => void
}

export interface DemoReferralsReport {
  /** The channel that only admitted persons come in by. */
  readonly guardedChannel: string
  readonly referrals: number
  readonly created: number
}

/** Goes on where an earlier call of the same seed ended. */
export async function loadReferrals(ctx: Context, options: DemoReferralsOptions): Promise<DemoReferralsReport> {
  const { seed, size, beginning, externalUsers, onReferrals } = options
  const scope = ctx.principal.workspaceId
  const then: Context = { ...ctx, clock: { now: () => beginning } }
  const channelId = await ctx.db.write((tx) => ensureChannel(tx, then, seed))
  const team = await ctx.db.write((tx) => ensureMembers(tx, then, seed))
  let done = 0
  let created = 0
  const made = demoReferrals({ seed, scope, size, now: beginning + worldAgeMs, externalUsers })
  for (const batch of inBatches(made, batchSizeOf(size))) {
    created += await insertMissing(ctx, team, batch)
    done += batch.length
    onReferrals(done)
  }
  return { guardedChannel: channelId, referrals: done, created }
}

async function ensureChannel(tx: Tx, ctx: Context, seed: string): Promise<string> {
  const { workspaceId } = ctx.principal
  const id = createRandom(`${seed}\n${workspaceId}\nguarded channel`).uuid()
  if (!(await channels.find(tx, workspaceId, id))) await insertChannel(tx, ctx, guardedChannel, id)
  return id
}

/** By the keys of their templates. Whoever has one of the addresses already is taken for the member. */
async function ensureMembers(tx: Tx, ctx: Context, seed: string): Promise<ReadonlyMap<string, MemberRow>> {
  const { workspaceId } = ctx.principal
  const team = new Map<string, MemberRow>()
  for (const { key, id, ...names } of demoMembers({ seed, scope: workspaceId })) {
    const email = `${key}@${teamDomain}`
    const known =
      (await members.find(tx, workspaceId, id)) ??
      (await findMemberByEmail(tx, workspaceId, requireCanonicalEmail(email)))
    if (known) {
      team.set(key, known)
      continue
    }
    const login = await findOrCreateVerifiedLogin(tx, ctx, email)
    team.set(key, await insertMember(tx, ctx, { id, email, ...names }, login.id))
  }
  return team
}

/** All that one referral is in the database. */
interface Rows {
  readonly person: PersonRow
  readonly held: Insertable<SuperIdentityEmailTable>
  readonly referral: ReferralRow
  readonly decisions: Insertable<ReferralDecisionTable>[]
  readonly cutOff: CutOff | null
  readonly events: Change[]
}

function rowsOf(workspaceId: string, team: ReadonlyMap<string, MemberRow>, referral: DemoReferral): Rows {
  const { id, superIdentityId, firstname, lastname, email, referredAt } = referral
  const person: PersonRow = {
    ...newPerson(workspaceId, superIdentityId, referredAt),
    firstname,
    lastname,
    search_text: searchTextOf([`${firstname} ${lastname}`]),
    version: 2,
  }
  const referrer = team.get(referral.referrer) as MemberRow
  const times = { proposedUntil: null, provisionalUntil: null, now: referredAt }
  let row = newReferral({ id, person, email, referrer, comment: referral.referrerComment, ...times })
  const events: Change[] = [{ ...referralOf(row, { firstname, lastname }), occurredAt: referredAt }]
  const decisions: Insertable<ReferralDecisionTable>[] = []
  let cutOff: CutOff | null = null
  for (const decision of referral.decisions) {
    const step = stepOf(decision, team)
    const moved = { ...row, ...changeBy(row, step, step.at), version: row.version + 1 } as ReferralRow
    decisions.push(decisionOf(row, step, step.at))
    events.push({ ...eventOf(row, moved, step), occurredAt: step.at })
    if (cuttingOff.has(step.to)) cutOff = { reach: 'person', subjectId: superIdentityId, now: step.at }
    row = moved
  }
  const held = { workspace_id: workspaceId, email_canonical: requireCanonicalEmail(email), email }
  return { person, held: { ...held, super_identity_id: person.id }, referral: row, decisions, cutOff, events }
}

function stepOf({ to, by, comment, admittedUntil, at }: DemoDecision, team: ReadonlyMap<string, MemberRow>): Step {
  const member = by === null ? null : (team.get(by) as MemberRow)
  const step: Step = {
    to,
    by: member && { id: member.id, workspaceId: member.workspace_id },
    comment,
    admittedUntil,
    at,
    // Taking a referral back reviews nothing, and neither does the clock.
    ...(member && to !== 'WITHDRAWN' && { change: reviewBy(member, comment, at) }),
  }
  return withAdmission(step, at)
}

async function insertMissing(
  ctx: Context,
  team: ReadonlyMap<string, MemberRow>,
  batch: readonly DemoReferral[],
): Promise<number> {
  const { workspaceId } = ctx.principal
  const ids = batch.map(({ id }) => id)
  const present = await listPresentReferrals(ctx.db.read, workspaceId, ids)
  const rows = batch.filter(({ id }) => !present.has(id)).map((referral) => rowsOf(workspaceId, team, referral))
  const events = rows.flatMap((row) => row.events.map((change) => newEvent(ctx, change)))
  if (rows.length > 0) await refusingClash(() => ctx.db.writeAside((tx) => insertRows(tx, ctx, rows, events)))
  return rows.length
}

/** The rows were made before the transaction, which holds up other writers no longer than it must. */
async function insertRows(tx: Tx, ctx: Context, rows: readonly Rows[], events: readonly EventRow[]): Promise<void> {
  const { workspaceId } = ctx.principal
  const cutOffs = rows.flatMap(({ cutOff }) => cutOff ?? [])
  await insertMany(
    tx,
    'super_identities',
    rows.map(({ person }) => person),
  )
  await insertMany(
    tx,
    'super_identity_emails',
    rows.map(({ held }) => held),
  )
  await insertUsers(
    tx,
    rows.map(({ person, held }) => listedPerson(person, held.email)),
  )
  await insertMany(
    tx,
    'referrals',
    rows.map(({ referral }) => referral),
  )
  await insertMany(
    tx,
    'referral_decisions',
    rows.flatMap(({ decisions }) => decisions),
  )
  await countReferrals(tx, workspaceId, countsOf(rows))
  if (cutOffs.length > 0) await insertCutOffs(tx, workspaceId, cutOffs)
  await appendHistory(tx, ctx, events)
}

function countsOf(rows: readonly Rows[]): ReferralCountTable[] {
  const counts = new Map<string, ReferralCountTable>()
  for (const { workspace_id, referrer_id, status } of rows.map(({ referral }) => referral)) {
    const key = `${referrer_id} ${status}`
    const before = counts.get(key)?.count ?? 0
    counts.set(key, { workspace_id, referrer_id, status, count: before + 1 })
  }
  return [...counts.values()]
}

async function refusingClash(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    throw new Refused(
      'The workspace knows persons by the addresses of the demo already, perhaps of another seed: make a workspace for it ' +
        'with `narthex workspace create` and name it with --workspace',
    )
  }
}

// Explaining access: the same decision as the gate's, with its reasons, for now or for a past moment.
import { errorCodes, type Access } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { iso, isoOrNull } from '../../lib/clock.ts'
import { eligibility, type Eligibility, type Reach, type Standing } from '../access-tokens/eligibility.ts'
import { presentBlock } from '../blocks/presenter.ts'
import { findBlocksAt, findBlocksOn, type BlockRow } from '../blocks/queries.ts'
import { externalUsers } from '../external-users/queries.ts'
import { admissionsOf, type Admissions } from './admissions.ts'
import { factsAt, factsNow, tierAt, tierNow, type Facts } from './facts.ts'

/** `at` null is now. A moment before the account existed knows no such external user. */
export async function explainAccess(ctx: Context, id: string, moment: number | null): Promise<Access> {
  const { workspaceId } = ctx.principal
  const now = ctx.clock.now()
  if (moment !== null && moment > now) throw invalid('at', 'must not be in the future')
  const user = await externalUsers.find(ctx.db.read, workspaceId, id)
  const at = moment ?? now
  const facts = user && (moment === null ? await factsNow(ctx, user) : await factsAt(ctx, id, at))
  if (!facts) throw new ApiError('external_user_not_found')
  const target = {
    id,
    super_identity_id: facts.superIdentityId,
    channel_id: facts.channelId,
    identifier_fingerprint: facts.fingerprint,
    identifier_block_ids: facts.identifierBlockIds,
  }
  const blocks = await (moment === null ? findBlocksOn : findBlocksAt)(ctx.db.read, workspaceId, target, at)
  const admissions = await admissionsOf(ctx.db.read, workspaceId, facts.superIdentityId, { at, moment })
  const { entry, ...decided } = decision(facts, blocks, admissions, at)
  const provisional = entry?.provisional ?? false
  const { tier, tokenLifetimeSeconds } = await effectiveTier(ctx, facts, provisional, moment)
  return {
    ...decided,
    at: iso(at),
    channel: { id: facts.channelId, admission: facts.admission, archivedAt: isoOrNull(facts.archivedAt) },
    externalUserGroupId: facts.groupId,
    superIdentityId: facts.superIdentityId,
    tier,
    tokenLifetimeSeconds,
    blocks: blocks.map((block) => presentBlock(block, at)),
    admission: presentAdmission(admissions),
    provisional,
    referrals: admissions.referrals,
    cutOff: facts.cutOff,
  }
}

function presentAdmission({ current }: Admissions): Access['admission'] {
  return current && { id: current.id, admittedAt: iso(current.since), admittedUntil: isoOrNull(current.until) }
}

type Decision = Pick<Access, 'allowed' | 'reasons'> & Pick<Eligibility, 'entry'>

/** The gate decides; this only adds the words. */
function decision(facts: Facts, blocks: readonly BlockRow[], admissions: Admissions, at: number): Decision {
  const ofReach = (reach: Reach) => blocks.find((block) => block.reach === reach)
  const until = (reach: Reach) => {
    const ends = blocks.filter((block) => block.reach === reach).map((block) => block.ends_at ?? Infinity)
    return ends.length > 0 ? Math.max(...ends) : null
  }
  const standing: Standing = {
    channelAdmission: facts.admission,
    channelArchivedAt: facts.archivedAt,
    erasedAt: facts.erasedAt,
    blockedUntil: { 'external-user': until('external-user'), person: until('person'), identifier: until('identifier') },
    admission: admissions.current,
    provisionalUntil: facts.provisionalTierId === null ? null : admissions.provisionalUntil,
    everAdmitted: admissions.everAdmitted,
  }
  const { allowed, reasons, entry } = eligibility(standing, at)
  return {
    allowed,
    entry,
    reasons: reasons.map(({ code, reach }) => {
      const block = reach && ofReach(reach)
      return { code, message: errorCodes[code][1], ...(block && { blockId: block.id }) }
    }),
  }
}

/** The policy's while access is provisional; the user's own tier, else its group's, else its channel's, else the workspace's. */
async function effectiveTier(ctx: Context, facts: Facts, provisional: boolean, moment: number | null) {
  const { workspaceId } = ctx.principal
  const { tierIds, lifetimeSeconds } = facts
  const places = [
    ['provisional-access', provisional ? facts.provisionalTierId : null],
    ['external-user', tierIds.user],
    ['external-user-group', tierIds.group],
    ['channel', tierIds.channel],
    ['workspace', tierIds.workspace],
  ] as const
  const [source, id] = places.find(([, tierId]) => tierId !== null) ?? []
  const read = ctx.db.read
  const tier = id
    ? await (moment === null ? tierNow(read, workspaceId, id) : tierAt(read, workspaceId, id, moment))
    : null
  const tokenLifetimeSeconds = tier?.lifetimeSeconds ?? lifetimeSeconds.channel ?? lifetimeSeconds.workspace
  const shown = tier && id && source ? { id, name: tier.name, limits: tier.limits, source } : null
  return { tier: shown, tokenLifetimeSeconds }
}

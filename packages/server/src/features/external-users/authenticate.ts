// Authenticating an external user: find it by any selector, or let it in for the first time, and hand out a token.
import type { Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { LRUCache } from 'lru-cache'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import type { Canonical } from '../../lib/canonical.ts'
import { findDoor, type Access, type Door, type Selector } from '../access-tokens/queries.ts'
import { eligibilityOf, issueAccessToken, requireEntry, requireLiveClient } from '../access-tokens/service.ts'
import { isStrangerBlocked } from '../blocks/queries.ts'
import { channels, type ChannelRow } from '../channels/queries.ts'
import { findHolder } from '../super-identities/queries.ts'
import {
  createExternalUser,
  fingerprintOn,
  requireCanonical,
  requireOpenChannel,
  vouchesForAddresses,
} from './create.ts'
import { presentAsJson, timesForgotten } from './presenter.ts'
import { isSeenLately, noteSight } from './sights.ts'

type Body = Input<Operations['externalUsers.authenticate']>['body']

/** The account and its token, as JSON. */
export async function authenticateExternalUser(ctx: Context, body: Body): Promise<string> {
  const before = timesForgotten()
  const access = await letIn(ctx, body)
  const accessToken = await issueAccessToken(ctx, access)
  const keep = isSeenLately(access, ctx.clock.now()) && before === timesForgotten()
  // A token is made of letters, digits, dashes, underscores and dots only (RFC 7515 section 3.1).
  return `{"accessToken":"${accessToken}",${presentAsJson(access, false, keep).slice(1)}`
}

/** The one way in, whoever vouches for the selectors: finds or provisions the account, asks whether it may, notes the sight. */
export async function letIn(ctx: Context, body: Body): Promise<Access> {
  if (!body.id && !body.externalId && !body.identifier)
    throw invalid('id', 'is required unless externalId or identifier is given')
  const access = (await findBySelectors(ctx, body)) ?? (await provision(ctx, await openChannel(ctx, body), body))
  const { allowed, reasons } = eligibilityOf(access, ctx.clock.now())
  if (!allowed) throw new ApiError(reasons[0]?.code ?? 'external_user_blocked')
  requireLiveClient(access)
  await noteSight(ctx, access)
  return access
}

async function openChannel({ db, principal }: Context, { channelId }: Body): Promise<ChannelRow> {
  return requireOpenChannel(await channels.find(db.read, principal.workspaceId, channelId))
}

/** The account that any selector names; refuses when another selector names a different one, or nobody. */
async function findBySelectors(ctx: Context, body: Body): Promise<Access | null> {
  const form = body.identifier ? await formOf(ctx, body, body.identifier) : null
  const selectors = selectorsOf(body, form?.canonical)
  for (const selector of selectors) {
    const found = await findDoor(ctx.db.read, ctx.principal.workspaceId, selector, ctx.principal.id as string)
    if (!found || found.door.channel_archived_at !== null) throw new ApiError('channel_not_found')
    if (form && !isRuleOf(form.rule, found.door)) {
      rules.delete(body.channelId)
      return findBySelectors(ctx, body)
    }
    const { access } = found
    if (!access) continue
    if (selectors.some(({ column, value }) => access[column] !== value)) throw new ApiError('selectors_disagree')
    return access
  }
  return null
}

/** The given selectors, each by the column that it is unique in. */
function selectorsOf({ channelId, id, externalId }: Body, canonical: string | undefined): Selector[] {
  const values = { id: id?.toLowerCase(), external_id: externalId, identifier_canonical: canonical }
  return Object.entries(values).flatMap(([column, value]) =>
    value ? [{ channelId, column: column as Selector['column'], value }] : [],
  )
}

type Rule = Pick<ChannelRow, 'identifier_kind' | 'default_country'>

/**
 * How channels made identifiers canonical when last seen. It spares a look-up and decides nothing: the statement that looks
 * for the account tells the channel's rule too, and where that is another one by now, everything begins again.
 */
const rules = new LRUCache<string, Rule>({ max: 10_000 })

/** The forms of identifiers under a rule, which never change: people come back, and a telephone number takes long to read. */
const forms = new LRUCache<string, Canonical>({ max: 10_000 })

/** All of them: nobody knows in how many ways somebody who was erased spelled an identifier. */
export function forgetForms(): void {
  forms.clear()
}

function formUnder({ identifier_kind, default_country }: Rule, identifier: string): Canonical {
  const key = `${identifier_kind} ${default_country} ${identifier}`
  let form = forms.get(key)
  if (!form) {
    form = canonicalIdentifier(identifier_kind, identifier, default_country)
    forms.set(key, form)
  }
  return form
}

function isRuleOf(rule: Rule, door: Door): boolean {
  return rule.identifier_kind === door.channel_identifier_kind && rule.default_country === door.channel_default_country
}

/** The form by which the identifier is looked for. What the rule last seen refuses, the one in force may take. */
async function formOf(ctx: Context, body: Body, identifier: string): Promise<{ rule: Rule; canonical: string }> {
  const seen = rules.get(body.channelId)
  const form = seen && formUnder(seen, identifier)
  if (form && 'canonical' in form) return { rule: seen, canonical: form.canonical }
  const channel = await openChannel(ctx, body)
  rules.set(channel.id, { identifier_kind: channel.identifier_kind, default_country: channel.default_country })
  return { rule: channel, canonical: requireCanonical(channel, identifier) }
}

/** First sight. A refused stranger creates nothing, and of two first sights at once the second finds the first. */
async function provision(ctx: Context, channel: ChannelRow, body: Body): Promise<Access> {
  const { externalId, identifier } = body
  if (channel.provisioning === 'manual' || (!externalId && !identifier)) throw new ApiError('external_user_not_found')
  const canonical = identifier ? requireCanonical(channel, identifier) : undefined
  const holder =
    canonical !== undefined && vouchesForAddresses(channel)
      ? ((await findHolder(ctx.db.read, channel.workspace_id, canonical)) ?? null)
      : null
  const stranger = {
    superIdentityId: holder,
    fingerprint: canonical === undefined ? null : fingerprintOn(ctx, channel, canonical),
    channelId: channel.id,
  }
  if (await isStrangerBlocked(ctx.db.read, ctx.principal.workspaceId, stranger, ctx.clock.now())) {
    throw new ApiError('external_user_blocked')
  }
  await requireEntry(ctx.db.read, channel, holder, ctx.clock.now())
  try {
    const lastSeenAt = ctx.clock.now()
    await createExternalUser(ctx, { channelId: channel.id, externalId, identifier, lastSeenAt })
  } catch (error) {
    const raced = error instanceof ApiError && (error.code === 'identifier_taken' || error.code === 'external_id_taken')
    if (!raced) throw error
  }
  const access = await findBySelectors(ctx, { ...body, id: null })
  if (!access) throw new ApiError('external_user_not_found')
  return access
}
